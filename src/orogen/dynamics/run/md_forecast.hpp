// What a run will cost, estimated before it starts.
#pragma once
#include <string>

namespace orogen {

struct Forecast {
  long atoms, steps;
  double timestep;  ///< fs
  double seconds;   ///< that the first evaluation took

  /// Small and short runs need no forecast.
  bool worth_telling() const { return atoms >= 20000 || double(steps) * seconds > 60; }
  /// "1000000 atoms, 2000 steps of 2 fs: about 5.6 h (10 s per step), memory 3.1 GiB now, restart files of 0.05 GiB".
  std::string text() const;
};

}  // namespace orogen
