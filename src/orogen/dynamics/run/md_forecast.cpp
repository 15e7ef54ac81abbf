#include "orogen/dynamics/run/md_forecast.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

namespace orogen {
namespace {

constexpr double gibibyte = 1024.0 * 1024 * 1024;

std::string duration(double seconds) {
  if (seconds < 120) return fmt::format("{:.0f} s", seconds);
  if (seconds < 7200) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{:.1f} h", seconds / 3600);
  return fmt::format("{:.1f} days", seconds / 86400);
}

/// Largest memory of the process so far [GiB]: after one evaluation the potential holds what it needs.
double peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_maxrss) * 1024 / gibibyte;
}

}  // namespace

std::string Forecast::text() const {
  return fmt::format(
      "{} atoms, {} steps of {} fs: about {} ({:.3g} s per step, {:.3g} µs per atom and step), memory {:.2f} GiB, "
      "restart files of {:.3f} GiB",
      atoms, steps, timestep, duration(double(steps) * seconds), seconds, 1e6 * seconds / double(atoms), peak_memory(),
      double(atoms) * 52 / gibibyte);
}

}  // namespace orogen
