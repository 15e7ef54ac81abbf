#include "orogen/nuclear/inference/contact_phases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics.hpp"
#include "orogen/nuclear/momentum/resolvent.hpp"

namespace orogen::nuclear {
namespace {

using Eigen::MatrixXd;

constexpr double lowest_3S1 = -20 * degree;

/// Columns of a (waves · momenta) matrix at one momentum: waves × waves.
struct PionsAt {
  MatrixXd column, corner;
};
PionsAt pions_at(const MomentumInteraction& pions, const Block& b, Pair pair, std::span<const double> mesh, double q) {
  PionsAt v{MatrixXd::Zero(b.waves * long(mesh.size()), b.waves), MatrixXd::Zero(b.waves, b.waves)};
  pions.add_between(b, pair, mesh, {&q, 1}, v.column);
  pions.add_between(b, pair, {&q, 1}, {&q, 1}, v.corner);
  return v;
}

/// δ1 of 3S1 is that of one bound state; a half turn of it changes the sign of ε. [T13.4]
void take_bound_branch(const Block& b, BlockPhases& phases, PhaseDerivative& d) {
  if (!(b == block_of({0, 1, 1})) || phases.delta[0] > lowest_3S1) return;
  phases.delta[0] += std::numbers::pi;
  phases.epsilon = -phases.epsilon;
  for (double& x : d.value[1]) x = -x;
}

}  // namespace

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
    : values_(std::move(values)), mass_(mass(pair, form.constants)), points_(long(points.size())) {
  const auto names = contact_names(form.contacts.order);
  if (values_.size() != names.size())
    throw InputError(fmt::format("phases of contacts: {} constants; expected {}", values_.size(), names.size()));
  argument_.assign(names.size(), -1);
  for (const auto& name : free) {
    const auto it = std::find(names.begin(), names.end(), name);
    if (it == names.end())
      throw InputError(fmt::format("phases of contacts: no constant '{}'; there are {}", name, fmt::join(names, ", ")));
    argument_[std::size_t(it - names.begin())] = long(free_.size());
    free_.push_back(std::size_t(it - names.begin()));
  }
  const MomentumInteraction pions = chiral_pions(form);
  const Quadrature k = momentum_points(mesh);
  std::vector<std::pair<Block, Resolvent>> resolvents;
  for (long i = 0; i < points_; ++i) {
    const auto& [block, part, T_lab] = points[std::size_t(i)];
    const auto same = std::find_if(shells_.begin(), shells_.end(), [&](const Shell& s) {
      return s.block == points[i].block && s.T_lab == points[i].T_lab;
    });
    if (same != shells_.end()) {
      same->parts.push_back({part, i});
      continue;
    }
    auto known =
        std::find_if(resolvents.begin(), resolvents.end(), [&](const auto& r) { return r.first == points[i].block; });
    if (known == resolvents.end()) {
      MatrixXd V = MatrixXd::Zero(block.waves * long(k.x.size()), block.waves * long(k.x.size()));
      pions.add(block, pair, k.x, V);
      known = resolvents.insert(resolvents.end(), {block, Resolvent(V, block.waves, k, mass_)});
    }
    const Resolvent& r = known->second;
    const double q = relative_momentum(T_lab, pair, form.constants);
    const PionsAt v = pions_at(pions, block, pair, k.x, q);
    const OnShellSolution y = solve_on_shell(r, q, v.column, v.corner);
    Shell s{block, T_lab, q, contact_basis(form.contacts, block, pair), y.K, {}, {}, {{part, i}}};
    if (!s.basis.empty()) {
      // x = Gᵀ y; H = Gᵀ D X: the mesh's part, and the on-shell point's, whose own x̃ = shell⁻¹ x is without the pole.
      const MatrixXd G = s.basis.functions(block.waves, k.x, mass_), turned = r.turn(G);
      s.x = y.shell.transpose() * s.basis.functions(block.waves, {&q, 1}, mass_) + y.mesh.transpose() * G;
      s.H = turned.transpose() * r.solve(q * q / mass_, turned) +
            r.on_shell_weight(q) * y.shell.transpose().partialPivLu().solve(s.x).transpose() * s.x;
    }
    shells_.push_back(std::move(s));
  }
}

void ContactPhases::phases(std::span<const double> constants, std::span<double> phase,
                           Eigen::Ref<MatrixXd> jacobian) const {
  std::vector<double> values = values_;
  for (std::size_t k = 0; k < free_.size(); ++k) values[free_[k]] = constants[k];
  jacobian.setZero();
  for (const Shell& s : shells_) {
    MatrixXd K = s.K0, w;
    if (!s.basis.empty()) {
      const MatrixXd C = s.basis.coupling(values);
      const MatrixXd A = MatrixXd::Identity(C.rows(), C.cols()) - C * s.H;
      w = A.transpose().partialPivLu().solve(s.x.transpose()).transpose();  // x (1 − CH)⁻¹: dK = w dC wᵀ
      K += w * C * s.x.transpose();
    }
    const OnShell R = reaction_matrix(K, s.q, mass_);
    BlockPhases found = stapp(s.block, R);
    PhaseDerivative d = stapp_derivative(s.block, R);
    take_bound_branch(s.block, found, d);
    for (const auto& [part, i] : s.parts) phase[std::size_t(i)] = part == 1 ? found.epsilon : found.delta[part / 2];
    const double factor = -std::numbers::pi / 2 * mass_ * s.q;
    const int last = s.block.waves - 1;
    for (const auto& e : s.basis.entries) {
      const long column = argument_[e.constant];
      if (column < 0) continue;
      const auto dK = [&](int a, int b) {
        return e.unit * (w(a, e.a) * w(b, e.b) + (e.a == e.b ? 0 : w(a, e.b) * w(b, e.a)));
      };
      const double dR[3] = {factor * dK(0, 0), factor * dK(0, last), factor * dK(last, last)};
      for (const auto& [part, i] : s.parts)
        for (int c = 0; c < (last ? 3 : 1); ++c) jacobian(i, column) += d.value[part][c] * dR[c];
    }
  }
}

}  // namespace orogen::nuclear
