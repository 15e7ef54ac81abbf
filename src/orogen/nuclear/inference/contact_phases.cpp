#include "orogen/nuclear/inference/contact_phases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics.hpp"

namespace orogen::nuclear {
namespace {

using Eigen::MatrixXd;

constexpr double lowest_3S1 = -20 * degree;

Resolvent pions_on(const MomentumInteraction& pions, const Block& b, Pair pair, const Quadrature& mesh, double mass) {
  const long n = b.waves * long(mesh.x.size());
  MatrixXd V = MatrixXd::Zero(n, n);
  pions.add(b, pair, mesh.x, V);
  return Resolvent(V, b.waves, mesh, mass);
}

ContactPhases::PionsAt pions_at(const MomentumInteraction& pions, const Block& b, Pair pair,
                                std::span<const double> mesh, double q) {
  ContactPhases::PionsAt v{MatrixXd::Zero(b.waves * long(mesh.size()), b.waves), MatrixXd::Zero(b.waves, b.waves)};
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
    const PhasePoint& point = points[std::size_t(i)];
    const auto same = std::find_if(shells_.begin(), shells_.end(),
                                   [&](const Shell& s) { return s.block == point.block && s.T_lab == point.T_lab; });
    if (same != shells_.end()) {
      same->parts.push_back({point.part, i});
      continue;
    }
    auto known =
        std::find_if(resolvents.begin(), resolvents.end(), [&](const auto& r) { return r.first == point.block; });
    if (known == resolvents.end())
      known = resolvents.insert(resolvents.end(), {point.block, pions_on(pions, point.block, pair, k, mass_)});
    Shell s{point.block,
            point.T_lab,
            relative_momentum(point.T_lab, pair, form.constants),
            contact_basis(form.contacts, point.block, pair),
            {},
            {},
            {},
            {{point.part, i}}};
    solve(s, known->second, pions_at(pions, s.block, pair, k.x, s.q), k.x);
    shells_.push_back(std::move(s));
  }
}

void ContactPhases::solve(Shell& s, const Resolvent& r, const PionsAt& v, std::span<const double> mesh) const {
  const OnShellSolution y = solve_on_shell(r, s.q, v.column, v.corner);
  s.K0 = y.K;
  if (s.basis.empty()) return;
  // x = Gᵀ y; H = Gᵀ D X: the mesh's part, and the on-shell point's, whose own x̃ = shell⁻¹ x is without the pole.
  const MatrixXd G = s.basis.functions(s.block.waves, mesh, mass_), turned = r.turn(G);
  s.x = y.shell.transpose() * s.basis.functions(s.block.waves, {&s.q, 1}, mass_) + y.mesh.transpose() * G;
  s.H = turned.transpose() * r.solve(s.q * s.q / mass_, turned) +
        r.on_shell_weight(s.q) * y.shell.transpose().partialPivLu().solve(s.x).transpose() * s.x;
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
