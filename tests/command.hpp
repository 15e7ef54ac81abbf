// Runs a program and keeps what it said.
#pragma once
#include <sys/wait.h>

#include <cstdlib>
#include <string>

#include "orogen/base/atomic_file.hpp"
#include "scratch_folder.hpp"

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
