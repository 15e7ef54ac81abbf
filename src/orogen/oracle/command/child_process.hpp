// A program as a child of this process, in a process group of its own that can be ended as a whole.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace orogen {

/// One run of a program. The end of this object ends everything that the program started and left running.
class ChildProcess {
 public:
  /// Starts words[0] with the other words as its arguments, in `folder`, with nothing to read and with everything that
  /// it prints going to `output`. No shell is involved. When this process is killed the program is killed, too. Throws
  /// NumericalError that says what the system refuses.
  ChildProcess(const std::vector<std::string>& words, const std::filesystem::path& folder,
               const std::filesystem::path& output);
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;

  /// Nothing while it runs; then "" for exit code 0, else "exit code 3" or "signal 9 (Killed)".
  std::optional<std::string> ended();
  /// Asks the whole group to end (SIGTERM) and kills it when it does not within `patience` seconds.
  void end(double patience);

 private:
  void reap(int status);
  pid_t pid_ = -1;
  std::optional<std::string> how_;
};

}  // namespace orogen
