// Frames through a potential: labels for training, resumable, failures kept apart.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "orogen/app/inputs/potential_choice.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/system/structure.hpp"

namespace orogen {

struct LabelOptions {
  std::vector<std::string> data;  ///< extended XYZ files
  std::string out = "labels";     ///< folder
  bool resume = true;
  bool stress = true;  ///< ask for the virial of frames that are periodic in three directions
  PotentialOptions potential;
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
/// file is renamed to labelled.xyz when all frames are done. With `resume` a run that was cut off goes on where it
/// ended. Throws InputError when the folder holds answers for other frames or another potential, naming what changed.
/// An embedded quantum code runs in `threads` processes, a learned potential with as many threads; codes outside (i-PI
/// clients, a command) run as many at a time as there are.
LabelCounts label_frames(const LabelOptions& options, int threads, ProgressSink& sink);

}  // namespace orogen
