#include "orogen/oracle/command/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

[[noreturn]] void refuse(const std::string& program, const char* step, int error) {
  throw NumericalError(fmt::format("cannot start {}: {}: {}", program, step, std::strerror(error)));
}

/// What happens between fork and exec, where only plain system calls are allowed. A failure is reported as errno.
[[noreturn]] void become(char* const* words, const char* folder, int output, int report, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (::getppid() == parent && nothing >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0 &&
      ::dup2(output, STDOUT_FILENO) >= 0 && ::dup2(output, STDERR_FILENO) >= 0 && ::chdir(folder) == 0) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGUSR1}) ::signal(signal, SIG_DFL);
    ::execvp(words[0], words);
  }
  const int error = errno;
  if (::write(report, &error, sizeof error) < 0) ::_exit(126);
  ::_exit(127);
}

void sleep_milliseconds(int n) { std::this_thread::sleep_for(std::chrono::milliseconds(n)); }

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& words, const std::filesystem::path& folder,
                           const std::filesystem::path& output) {
  std::vector<char*> pointers;
  for (const auto& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  const int log = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (log < 0) refuse(words[0], output.c_str(), errno);
  int report[2];  // closes by itself when exec succeeds
  if (::pipe2(report, O_CLOEXEC) != 0) {
    ::close(log);
    refuse(words[0], "pipe", errno);
  }
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) become(pointers.data(), folder.c_str(), log, report[1], parent);
  const int fork_error = errno;
  ::close(log), ::close(report[1]);
  int error = 0;
  ssize_t got = 0;
  if (pid_ > 0) {
    ::setpgid(pid_, pid_);  // here, too: whoever comes first
    while ((got = ::read(report[0], &error, sizeof error)) < 0 && errno == EINTR) {
    }
  }
  ::close(report[0]);
  if (pid_ < 0) refuse(words[0], "fork", fork_error);
  if (got > 0) {
    ::waitpid(std::exchange(pid_, -1), nullptr, 0);
    refuse(words[0], "exec", error);
  }
}

ChildProcess::~ChildProcess() { end(0.5); }

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), how_(std::move(other.how_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(how_, other.how_);
  return *this;
}

std::optional<std::string> ChildProcess::ended() {
  if (pid_ < 0) return how_;
  siginfo_t info{};
  if (::waitid(P_PID, id_t(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return {};
  ::kill(-pid_, SIGKILL);  // what it left behind; before it is reaped the number of its group cannot be another's
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  reap(status);
  return how_;
}

void ChildProcess::reap(int status) {
  pid_ = -1;
  if (WIFSIGNALED(status))
    how_ = fmt::format("signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
  else
    how_ = WEXITSTATUS(status) == 0 ? "" : fmt::format("exit code {}", WEXITSTATUS(status));
}

void ChildProcess::end(double patience) {
  if (pid_ < 0 || ended()) return;
  ::kill(-pid_, SIGTERM);
  for (int waited = 0; waited < int(1000 * patience) && !ended(); waited += 10) sleep_milliseconds(10);
  if (pid_ < 0) return;
  ::kill(-pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  reap(status);
}

}  // namespace orogen
