// What long computations report and ask while they run; the layers below `app` print nothing themselves.
#pragma once
#include <string_view>

namespace orogen {

/// How important a message is.
enum class Level { note, warning };

/// Receives the progress of a long computation and carries the request to end it. Called from one thread.
class ProgressSink {
 public:
  virtual ~ProgressSink() = default;
  /// `done` of `total` units of `stage` ("train", "md") are finished; total ≤ 0 = unknown. `line` is free text with
  /// units ("T 300.1 K, E -12.3456 eV"). May be called at every step: the sink decides how often it shows.
  virtual void update(std::string_view stage, double done, double total, std::string_view line) = 0;
  /// A message that must be seen, whole lines without a line break at the end.
  virtual void message(Level level, std::string_view text) = 0;
  /// True when the user wants the program to end soon: write a restart file and return.
  virtual bool stop_requested() const { return false; }
  /// True once for every request of the user that this stage finish early with its results (training: that the present
  /// member go to its last phase now). Asking uses the request up, so that it does not reach the next stage.
  virtual bool take_early_stop() { return false; }
};

/// Shows nothing, asks for nothing.
class SilentProgress : public ProgressSink {
 public:
  void update(std::string_view, double, double, std::string_view) override {}
  void message(Level, std::string_view) override {}
};

}  // namespace orogen
