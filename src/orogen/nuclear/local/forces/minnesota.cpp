#include "orogen/nuclear/local/forces/minnesota.hpp"

#include <cmath>

namespace orogen::nuclear {
namespace {

class Minnesota final : public LocalTerm {
 public:
  void add(const Block& b, Pair, std::span<const double> r, std::span<double> v) const override {
    if (b.L[0] % 2) return;  // (1 + P_r)/2 = 0
    for (std::size_t i = 0; i < r.size(); ++i) {
      const double x = r[i] * r[i];
      const double attraction = b.S ? -178 * std::exp(-0.639 * x) : -91.85 * std::exp(-0.465 * x);
      const double V = 200 * std::exp(-1.487 * x) + attraction;
      v[3 * i] += V;
      if (b.coupled()) v[3 * i + 2] += V;
    }
  }
};

Constants equal_masses() {
  Constants c;
  c.proton = c.neutron = c.hbarc * c.hbarc / 41.47;
  return c;
}

}  // namespace

LocalInteraction minnesota() {
  LocalInteraction sum("Minnesota", equal_masses());
  sum += std::make_unique<Minnesota>();
  return sum;
}

}  // namespace orogen::nuclear
