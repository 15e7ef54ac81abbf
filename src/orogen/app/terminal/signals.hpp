// Ctrl-C and its relatives, turned into requests that long computations look at.
#pragma once

namespace orogen {

/// From now on SIGINT, SIGTERM and SIGHUP ask the program to end cleanly (the second one kills it) and SIGUSR1 asks
/// the present stage to finish early.
void catch_signals();

bool stop_signalled();
/// True once per SIGUSR1 (or per several that came before it was asked).
bool take_early_stop_signal();

}  // namespace orogen
