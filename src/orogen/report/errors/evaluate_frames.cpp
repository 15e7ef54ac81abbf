#include "orogen/report/errors/evaluate_frames.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

namespace orogen {

bool evaluate_frames(Potential& potential, FrameSource& frames, const std::string& set, ErrorCollector& errors,
                     ProgressSink& progress) {
  constexpr std::size_t at_once = 32;
  for (std::size_t begin = 0; begin < frames.size(); begin += at_once) {
    if (progress.stop_requested()) return false;
    const std::size_t count = std::min(at_once, frames.size() - begin);
    std::vector<Frame> part;
    std::vector<Structure> structures;
    for (std::size_t k = 0; k < count; ++k) structures.push_back(part.emplace_back(frames.read(begin + k)).structure);
    std::vector<Evaluation> answers(count);
    potential.forget();  // a slot that met another frame may hold that frame's bonds
    potential.evaluate(structures, {.uncertainty = true}, answers);
    for (std::size_t k = 0; k < count; ++k) errors.add(part[k], answers[k], set);
    progress.update("evaluate " + set, double(begin + count), double(frames.size()), "frames");
  }
  return true;
}

double time_per_atom(Potential& potential, FrameSource& frames) {
  using Clock = std::chrono::steady_clock;
  std::vector<Structure> structures;
  double atoms = 0;
  for (std::size_t k = 0; k < std::min<std::size_t>(frames.size(), 32); ++k)
    structures.push_back(frames.read(k).structure), atoms += structures.back().size();
  if (structures.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::vector<Evaluation> answers(structures.size());
  std::vector<double> times;
  potential.forget();
  for (int repeat = 0; repeat < 7; ++repeat) {
    const auto start = Clock::now();
    potential.evaluate(structures, {}, answers);
    times.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  std::sort(times.begin(), times.end());
  return times[3] / atoms * 1e6;
}

}  // namespace orogen
