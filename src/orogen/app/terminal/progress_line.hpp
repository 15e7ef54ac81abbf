// The text of one line of progress.
#pragma once
#include <string>
#include <string_view>

namespace orogen {

/// How far a stage has come.
struct ProgressState {
  std::string stage;   ///< "md"
  double first = 0;    ///< what was done when this process began (a resumed run does not start at 0)
  double done = 0;     ///< now
  double total = 0;    ///< ≤ 0 = unknown
  double seconds = 0;  ///< since this process began the stage
  std::string line;    ///< free text with units
};

/// Work per second, 0 when not known yet.
double progress_rate(const ProgressState& state);
/// Seconds to go, negative when not known.
double progress_eta(const ProgressState& state);

/// "42 s", "3:05 min", "2:03:05 h", "1 d 02:03 h".
std::string duration_text(double seconds);

/// One line: stage, bar when `bar`, share, count, rate, time to go, free text.
std::string progress_line(const ProgressState& state, bool bar);

/// The first `width` terminal columns of UTF-8 text made of one-column characters.
std::string cut_to_columns(std::string_view text, int width);

}  // namespace orogen
