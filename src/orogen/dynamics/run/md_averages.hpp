// Means of thermo rows and the slope of the conserved quantity, without the rows being stored.
#pragma once
#include "orogen/dynamics/files/md_output.hpp"
#include "orogen/dynamics/run/md.hpp"

namespace orogen {

class MdAverages {
 public:
  /// Every row counts for the slope, those that `count` for the means as well.
  void add(const ThermoRow& r, bool count) {
    if (rows_ == 0) first_ = r.conserved;
    const double t = r.time * 1e-3, e = r.conserved - first_;
    ++rows_, t_ += t, e_ += e, tt_ += t * t, te_ += t * e;
    if (!count) return;
    ++counted_, temperature_ += r.temperature, pressure_ += r.pressure, volume_ += r.volume;
  }
  void report(MdResult& result, long atoms) const {
    if (counted_ > 0) {
      result.mean_temperature = temperature_ / double(counted_);
      result.mean_pressure = pressure_ / double(counted_);
      result.mean_volume = volume_ / double(counted_);
    }
    const double spread = double(rows_) * tt_ - t_ * t_;
    if (spread > 0) result.drift = 1e3 * (double(rows_) * te_ - t_ * e_) / spread / double(atoms);
  }

 private:
  long rows_ = 0, counted_ = 0;
  double first_ = 0, t_ = 0, e_ = 0, tt_ = 0, te_ = 0, temperature_ = 0, pressure_ = 0, volume_ = 0;
};

}  // namespace orogen
