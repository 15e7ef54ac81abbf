#include "orogen/oracle/label/forked_map.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <vector>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

bool read_all(int fd, char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::read(fd, bytes, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes += n, size -= std::size_t(n);
  }
  return true;
}

bool write_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t n = ::write(fd, bytes, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes += n, size -= std::size_t(n);
  }
  return true;
}

/// The child processes and the pipes on which they answer. Every pipe carries: u64 length, bytes.
class Children {
 public:
  using Work = std::function<std::string(long)>;

  /// Delegates, so that the destructor ends the children that run already when a later one cannot be started.
  Children(long first, long end, int count, const Work& work) : Children() {
    for (int child = 0; child < count; ++child) start(first, end, count, child, work);
  }
  ~Children() {
    for (const int fd : pipes_) ::close(fd);
    for (const pid_t pid : pids_) ::kill(pid, SIGTERM);
    for (const pid_t pid : pids_) ::waitpid(pid, nullptr, 0);
  }
  Children(const Children&) = delete;
  Children& operator=(const Children&) = delete;

  std::string answer(long item) {
    const int fd = pipes_[std::size_t(item) % pipes_.size()];
    std::uint64_t length = 0;
    std::string text;
    if (!read_all(fd, reinterpret_cast<char*>(&length), sizeof length)) died(item);
    text.resize(length);
    if (!read_all(fd, text.data(), length)) died(item);
    return text;
  }

 private:
  Children() = default;
  void start(long first, long end, int count, int child, const Work& work) {
    int ends[2];
    if (::pipe(ends) != 0) throw NumericalError(fmt::format("cannot open a pipe: {}", std::strerror(errno)));
    const pid_t pid = ::fork();
    if (pid < 0) {
      const int reason = errno;
      ::close(ends[0]), ::close(ends[1]);
      throw NumericalError(fmt::format("cannot start process {} of {}: {}", child + 1, count, std::strerror(reason)));
    }
    if (pid == 0) {
      ::close(ends[0]);
      for (const int fd : pipes_) ::close(fd);  // else a sibling would keep writing for a parent that is gone
      serve(first, end, count, child, work, ends[1]);
    }
    ::close(ends[1]);
    pipes_.push_back(ends[0]);
    pids_.push_back(pid);
  }

  /// The child's life. Ctrl-C reaches all processes of a terminal: only the parent may react to it.
  [[noreturn]] static void serve(long first, long end, int count, int child, const Work& work, int fd) {
    ::signal(SIGINT, SIG_IGN);
    ::signal(SIGHUP, SIG_IGN);
    ::signal(SIGTERM, SIG_DFL);
    for (long item = first; item < end; ++item) {
      if (item % count != child) continue;
      const std::string text = work(item);
      const std::uint64_t length = text.size();
      if (!write_all(fd, reinterpret_cast<const char*>(&length), sizeof length) ||
          !write_all(fd, text.data(), text.size()))
        break;
    }
    ::_exit(0);
  }

  [[noreturn]] void died(long item) {
    const std::size_t child = std::size_t(item) % pids_.size();
    int status = 0;
    ::waitpid(pids_[child], &status, 0);
    pids_.erase(pids_.begin() + long(child));  // it is gone: no one may signal its number any more
    const std::string how = WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status))
                                                : fmt::format("exit code {}", WEXITSTATUS(status));
    throw NumericalError(fmt::format("the process that worked on item {} ended unexpectedly ({})", item + 1, how));
  }

  std::vector<int> pipes_;
  std::vector<pid_t> pids_;
};

}  // namespace

void forked_map(long first, long end, int processes, const std::function<std::string(long)>& work,
                const std::function<bool(long, const std::string&)>& deliver) {
  const int count = int(std::clamp<long>(processes, 1, std::max(1L, end - first)));
  if (count == 1) {
    for (long item = first; item < end; ++item)
      if (!deliver(item, work(item))) return;
    return;
  }
  Children children(first, end, count, work);
  for (long item = first; item < end; ++item)
    if (!deliver(item, children.answer(item))) return;
}

}  // namespace orogen
