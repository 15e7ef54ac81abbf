// Ctrl-C and its relatives, turned into wishes that long computations ask for.
#pragma once

namespace orogen {

/// From now on SIGINT, SIGTERM and SIGHUP wish the program to end cleanly (the second one kills it) and SIGUSR1 wishes
/// the present stage to finish early.
void catch_signals();

bool stop_signalled();
/// True once per SIGUSR1 (or per several that came before it was asked).
bool take_early_stop_signal();

}  // namespace orogen
