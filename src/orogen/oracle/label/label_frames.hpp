// Frames through a potential: labels for training, resumable, failures kept apart.
#pragma once
#include <filesystem>
#include <span>
#include <string>

#include "orogen/base/options/run_inputs.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/potential/potential.hpp"
#include "orogen/system/structure.hpp"

namespace orogen {

struct LabelOptions {
  std::string out = "labels";  ///< folder
  bool resume = true;
  bool stress = true;  ///< ask for the virial of frames that are periodic in three directions
  int processes = 1;   ///< among which the frames are shared, each with a copy of the potential
};

struct LabelCounts {
  long labelled = 0, failed = 0, total = 0;
  std::string first_error;  ///< of this run
  bool complete() const { return labelled + failed == total; }
};

/// Where the answers lie in the folder.
struct LabelFiles {
  std::filesystem::path labelled, partial, failed, record;
  explicit LabelFiles(const std::filesystem::path& folder)
      : labelled(folder / "labelled.xyz"),
        partial(folder / "labelled.partial.xyz"),
        failed(folder / "failed.xyz"),
        record(folder / "label.json") {}
};

/// Gives every frame energy, forces and, when it is periodic in three directions, the virial. Answers are appended one
/// by one to labelled.partial.xyz, frames without an answer to failed.xyz with the reason as label_error; the partial
/// file is renamed to labelled.xyz when all frames are done. `inputs` are what the answers depend on, with values as
/// JSON texts; they are stored as label.json. With `resume` a run that was cut off goes on where it ended. Throws
/// InputError when the folder holds answers of a run with other inputs, naming what changed. A ForeignCode (i-PI
/// clients, a command) gets the frames as a batch and runs as many at a time as there are; anything else runs in
/// `processes` processes: this one only, or children, for codes that can run only once in a process.
LabelCounts label_frames(Potential& potential, std::span<const Frame> frames, const RunInputs& inputs,
                         const LabelOptions& options, ProgressSink& sink);

}  // namespace orogen
