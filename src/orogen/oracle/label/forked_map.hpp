// Work items shared among processes, for codes that can run only once in a process.
#pragma once
#include <functional>
#include <string>

namespace orogen {

/// Calls work(i) for i in [first, end) in `processes` child processes (item i in process i mod processes; with one
/// process, in this one) and delivers the answers in order: deliver(i, answer) is called here. `deliver` returns
/// false to end early. Call it while this process has one thread. `work` must not throw. Throws NumericalError when a
/// child dies, naming the item, and when one cannot be started; no child outlives the call.
void forked_map(long first, long end, int processes, const std::function<std::string(long)>& work,
                const std::function<bool(long, const std::string&)>& deliver);

}  // namespace orogen
