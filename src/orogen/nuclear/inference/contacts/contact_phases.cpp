#include "orogen/nuclear/inference/contacts/contact_phases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {
namespace {

using Eigen::MatrixXd;

constexpr double lowest_3S1 = -20 * degree;

std::vector<double> energies(std::span<const PhasePoint> points) {
  std::vector<double> T;
  for (const auto& p : points) T.push_back(p.T_lab);
  std::sort(T.begin(), T.end());
  T.erase(std::unique(T.begin(), T.end()), T.end());
  return T;
}

int most_J(std::span<const PhasePoint> points) {
  int J = 0;
  for (const auto& p : points) J = std::max(J, p.block.J);
  return J;
}

}  // namespace

void take_bound_branch(const Block& b, BlockPhases& phases, PhaseDerivative& d) {
  if (!(b == block_of({0, 1, 1})) || phases.delta[0] > lowest_3S1) return;
  phases.delta[0] += std::numbers::pi;
  phases.epsilon = -phases.epsilon;
  for (double& x : d.value[1]) x = -x;
}

PhasePoint phase_point(std::string_view name, double T_lab) {
  if (name.size() == 2 && name[0] == 'E' && name[1] >= '1' && name[1] <= '9') {
    const int J = name[1] - '0';
    return {block_of({J - 1, 1, J}), 1, T_lab};
  }
  const Wave w = wave(name);
  const Block b = block_of(w);
  return {b, b.coupled() && b.L[1] == w.L ? 2 : 0, T_lab};
}

std::vector<double> natural_units(std::span<const std::string> names, double breakdown_scale) {
  std::vector<double> units;
  for (const auto& name : names) {
    const int powers = name.starts_with("Ct_") ? 0 : name.starts_with("C_") ? 2 : 4;
    units.push_back(natural_unit(powers, breakdown_scale) / (1e-2 * std::pow(1e-3, powers)));
  }
  return units;
}

ContactPhases::ContactPhases(const ChiralForm& form, Pair pair, std::vector<PhasePoint> points,
                             std::vector<double> values, std::span<const std::string> free, MomentumMesh mesh)
    : emulator_(chiral_pions(form), form.contacts, pair, most_J(points), energies(points), mesh),
      values_(std::move(values)),
      points_(long(points.size())) {
  const auto names = contact_names(form.contacts.order);
  if (values_.size() != names.size())
    throw InputError(fmt::format("phases of contacts: {} constants; expected {}", values_.size(), names.size()));
  for (const auto& name : free) {
    const auto it = std::find(names.begin(), names.end(), name);
    if (it == names.end())
      throw InputError(fmt::format("phases of contacts: no constant '{}'; there are {}", name, fmt::join(names, ", ")));
    free_.push_back(std::size_t(it - names.begin()));
  }
  const auto& T = emulator_.energies();
  const auto& blocks = emulator_.blocks();
  for (long i = 0; i < points_; ++i) {
    const PhasePoint& p = points[std::size_t(i)];
    const std::size_t block = std::size_t(std::find(blocks.begin(), blocks.end(), p.block) - blocks.begin());
    const std::size_t energy = std::size_t(std::find(T.begin(), T.end(), p.T_lab) - T.begin());
    if (block == blocks.size())
      throw InputError(
          fmt::format("phases of contacts: {} is no block of {}", nuclear::name(p.block), nuclear::name(pair)));
    auto shell = std::find_if(shells_.begin(), shells_.end(),
                              [&](const Shell& s) { return s.block == block && s.energy == energy; });
    if (shell == shells_.end()) shell = shells_.insert(shells_.end(), {block, energy, {}});
    shell->parts.push_back({p.part, i});
  }
}

void ContactPhases::phases(std::span<const double> constants, std::span<double> phase,
                           Eigen::Ref<MatrixXd> jacobian) const {
  std::vector<double> values = values_;
  for (std::size_t k = 0; k < free_.size(); ++k) values[free_[k]] = constants[k];
  MatrixXd dR;
  for (const Shell& s : shells_) {
    const Block& block = emulator_.blocks()[s.block];
    const OnShell R = emulator_.solve(s.block, s.energy, values, dR);
    BlockPhases found = stapp(block, R);
    PhaseDerivative d = stapp_derivative(block, R);
    take_bound_branch(block, found, d);
    for (const auto& [part, i] : s.parts) {
      phase[std::size_t(i)] = part == 1 ? found.epsilon : found.delta[part / 2];
      for (std::size_t k = 0; k < free_.size(); ++k) {
        const auto column = dR.col(long(free_[k]));
        jacobian(i, long(k)) =
            d.value[part][0] * column[0] + d.value[part][1] * column[1] + d.value[part][2] * column[2];
      }
    }
  }
}

}  // namespace orogen::nuclear
