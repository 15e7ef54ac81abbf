// Runs code of a library that writes files where it stands, somewhere else.
#pragma once
#include <functional>

namespace orogen {

/// Calls `work` on a thread of its own whose working directory is a new temporary folder, waits, removes the folder and
/// rethrows what `work` threw. The working directory of the process is untouched. Where the system forbids a thread a
/// directory of its own (some containers do), `work` runs in the present one.
void in_scratch_folder(const std::function<void()>& work);

}  // namespace orogen
