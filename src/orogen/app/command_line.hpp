// The command line: orogen VERB [input.toml] [files] [key=value …] [flags].
#pragma once

namespace orogen {

/// What the shell sees; `orogen --help` prints the same list.
enum ExitCode { exit_ok = 0, exit_computation = 1, exit_input = 2, exit_internal = 3, exit_interrupted = 130 };

/// Runs the whole program and returns its exit code. Every exception ends here.
int run_command_line(int argc, char** argv);

}  // namespace orogen
