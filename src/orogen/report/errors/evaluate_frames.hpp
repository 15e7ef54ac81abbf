// Evaluation of labelled frames: the errors of a potential, and its speed.
#pragma once
#include <string>

#include "orogen/base/progress.hpp"
#include "orogen/potential/potential.hpp"
#include "orogen/report/errors/error_table.hpp"
#include "orogen/system/files/frame_source.hpp"

namespace orogen {

/// Adds every frame's errors to the collector under the name `set`. False when a stop was requested: the errors are
/// then those of some frames only, and not to be recorded.
[[nodiscard]] bool evaluate_frames(Potential& potential, FrameSource& frames, const std::string& set,
                                   ErrorCollector& errors, ProgressSink& progress);
/// Median µs per atom over repeated evaluations of the first frames, each in a slot of its own; NaN without frames.
double time_per_atom(Potential& potential, FrameSource& frames);

}  // namespace orogen
