#include "orogen/dynamics/files/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

constexpr std::size_t write_at = 1 << 20;

}  // namespace

void sync_file(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  const bool done = file >= 0 && (::fsync(file) == 0 || errno == EINVAL);  // EINVAL: a pipe or the like, without a disk
  const int reason = errno;
  if (file >= 0) ::close(file);
  if (!done) throw InputError(fmt::format("{}: the disk refuses it: {}", path.string(), std::strerror(reason)));
}

void require_length(const std::string& name, const std::filesystem::path& path, std::uint64_t bytes) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error || size < bytes)
    throw InputError(
        fmt::format("{}: the restart file says that it holds {} bytes, it {}; restore it or start over (resume=false)",
                    name, bytes, error ? "cannot be read" : fmt::format("holds {}", size)));
}

OutputFile::OutputFile(const std::filesystem::path& path, std::uint64_t keep) : path_(path) {
  if (keep > 0) {
    require_length(path.string(), path, keep);
    std::error_code error;
    std::filesystem::resize_file(path, keep, error);
    if (error) fail("cut");
  }
  file_ = std::fopen(path.c_str(), keep > 0 ? "ab" : "wb");
  if (!file_) fail("open");
  bytes_ = keep;
}

OutputFile::~OutputFile() {
  if (!file_) return;
  try {
    write_out();
  } catch (...) {  // a destructor may not throw; flush() reports
  }
  std::fclose(file_);
}

OutputFile::OutputFile(OutputFile&& other) noexcept { *this = std::move(other); }

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(file_, other.file_);
  std::swap(bytes_, other.bytes_);
  std::swap(text_, other.text_);
  return *this;
}

void OutputFile::fail(const char* doing) const {
  throw InputError(fmt::format("{}: cannot {} this file: {}", path_.string(), doing, std::strerror(errno)));
}

void OutputFile::grown() {
  if (text_.size() >= write_at) write_out();
}

void OutputFile::flush() {
  if (file_) write_out();
}

void OutputFile::sync() {
  if (!file_) return;
  write_out();
  sync_file(path_);
}

void OutputFile::write_out() {
  if (text_.empty()) return;
  if (std::fwrite(text_.data(), 1, text_.size(), file_) != text_.size() || std::fflush(file_) != 0) fail("write");
  bytes_ += text_.size();
  text_.clear();
}

}  // namespace orogen
