// A local force with parameters, for tests of derivatives.
#pragma once
#include <cmath>

#include "orogen/nuclear/interaction.hpp"

namespace orogen::nuclear {

// A force with parameters in every operator, strong enough to distort.
class Adjustable final : public LocalTerm {
 public:
  void add(const Block& b, Pair, std::span<const double> r, std::span<double> v) const override {
    for (std::size_t i = 0; i < r.size(); ++i)
      for (std::size_t k = 0; k < theta_.size(); ++k)
        for (std::size_t c = 0; c < 3; ++c) v[3 * i + c] += theta_[k] * shape(b, k, c, r[i]);
  }
  std::span<const double> parameters() const override { return theta_; }
  void set_parameters(std::span<const double> theta) override { theta_.assign(theta.begin(), theta.end()); }
  void pull(const Block& b, Pair, std::span<const double> r, std::span<const double> w,
            std::span<double> gradient) const override {
    for (std::size_t i = 0; i < r.size(); ++i)
      for (std::size_t k = 0; k < theta_.size(); ++k)
        for (std::size_t c = 0; c < 3; ++c) gradient[k] += w[3 * i + c] * shape(b, k, c, r[i]);
  }

 private:
  static double shape(const Block& b, std::size_t k, std::size_t c, double r) {
    const double unit = c == 0 || (c == 2 && b.coupled()) ? 1 : 0;
    const double op = k < 2 ? unit : k == 2 ? tensor(b).value[c] : spin_orbit(b).value[c];
    return op * std::exp(-r * r / (k == 0 ? 0.3 : 1.0 + double(k)));
  }
  std::vector<double> theta_{900, -90, -35, -20};
};

}  // namespace orogen::nuclear
