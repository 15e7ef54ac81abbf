#include "orogen/base/files/atomic_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

constexpr const char *reading = "cannot read", *writing = "cannot write";

[[noreturn]] void fail(const char* what, const std::filesystem::path& path, int reason) {
  std::string hint;
  const auto folder = path.parent_path();
  if (reason == ENOENT && !folder.empty() && !std::filesystem::exists(folder))
    hint = fmt::format("; the folder {} does not exist{}", folder.string(), what == writing ? ", create it first" : "");
  throw InputError(fmt::format("{}: {}: {}{}", path.string(), what, std::strerror(reason), hint));
}

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags, int mode = 0) : fd_(::open(path.c_str(), flags, mode)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return fd_; }
  /// Closes now and tells whether the system accepted all data (network file systems report a full disk only here).
  bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(std::size_t(n));
  }
  return true;
}

/// A name of its own for every write, so that two threads or processes never share one.
std::filesystem::path temporary_name(const std::filesystem::path& path) {
  static std::atomic<unsigned> count{0};
  return path.string() + fmt::format(".{}-{}.tmp", ::getpid(), count++);
}

/// Makes the rename itself durable; a file system that cannot flush a folder is no reason to fail.
void flush_folder(const std::filesystem::path& path) {
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  Descriptor descriptor(folder, O_RDONLY | O_DIRECTORY);
  if (descriptor.number() >= 0) ::fsync(descriptor.number());
}

}  // namespace

void write_atomically(const std::filesystem::path& path, std::string_view bytes) {
  if (path.empty()) throw InputError("cannot write a file without a name; give a path");
  if (std::filesystem::is_directory(path)) fail(writing, path, EISDIR);
  const auto temporary = temporary_name(path);
  Descriptor file(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file.number() < 0) fail(writing, path, errno);
  const bool written = write_all(file.number(), bytes) && ::fsync(file.number()) == 0 && file.close() &&
                       ::rename(temporary.c_str(), path.c_str()) == 0;
  if (!written) {
    const int reason = errno;
    ::unlink(temporary.c_str());
    fail(writing, path, reason);
  }
  flush_folder(path);
}

std::string read_file(const std::filesystem::path& path) {
  Descriptor file(path, O_RDONLY | O_CLOEXEC);
  if (file.number() < 0) fail(reading, path, errno);
  struct stat status {};
  std::string text;
  if (::fstat(file.number(), &status) == 0 && status.st_size > 0) text.reserve(std::size_t(status.st_size));
  char block[1 << 16];
  while (true) {
    const ssize_t n = ::read(file.number(), block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(reading, path, errno);
    if (n == 0) return text;
    text.append(block, std::size_t(n));
  }
}

}  // namespace orogen
