// Runs a program and keeps what it said.
#pragma once
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "common/scratch_folder.hpp"
#include "orogen/base/files/atomic_file.hpp"

struct CommandResult {
  int code;  ///< exit code; 128 + signal when killed
  std::string out, err;
};

/// Runs a shell command line inside `folder`.
inline CommandResult run_shell(const ScratchFolder& folder, const std::string& command) {
  const std::string files = " >'" + (folder / ".out").string() + "' 2>'" + (folder / ".err").string() + "'";
  const int status = std::system(("cd '" + folder.path().string() + "' && { " + command + "; }" + files).c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), orogen::read_file(folder / ".out"),
          orogen::read_file(folder / ".err")};
}

/// Runs `orogen WORDS` inside `folder`.
inline CommandResult run_orogen(const ScratchFolder& folder, const std::string& words) {
  return run_shell(folder, std::string(OROGEN_BINARY) + " " + words);
}

/// Runs a shell command line inside `folder` with a terminal of 120 columns for everything; `out` is what the terminal
/// got.
inline CommandResult run_on_terminal(const ScratchFolder& folder, const std::string& command) {
  winsize size{};
  size.ws_row = 24, size.ws_col = 120;
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  if (child == 0) {
    if (::chdir(folder.path().c_str()) == 0) ::execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    ::_exit(127);
  }
  CommandResult result{-1, "", ""};
  char block[4096];
  for (ssize_t n; (n = ::read(terminal, block, sizeof block)) > 0;) result.out.append(block, std::size_t(n));
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(terminal);
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}
