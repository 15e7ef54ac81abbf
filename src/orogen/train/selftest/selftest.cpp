#include "orogen/train/selftest/selftest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "orogen/potential/check_derivatives.hpp"
#include "orogen/potential/learned/learned_potential.hpp"
#include "orogen/potential/learned/site_network.hpp"
#include "orogen/system/elements.hpp"

namespace orogen {
namespace {

SelftestResult result(std::string name, double value, std::string unit, double limit) {
  return {std::move(name), value, std::move(unit), limit, value <= limit};
}

double worst_force_difference(const Evaluation& a, const Evaluation& b) {
  double worst = 0;
  for (std::size_t i = 0; i < a.forces.size(); ++i) worst = std::max(worst, (a.forces[i] - b.forces[i]).norm());
  return worst;
}
double force_scale(const Evaluation& e) {
  double largest = 1;
  for (const Vec3& f : e.forces) largest = std::max(largest, f.norm());
  return largest;
}

void add_derivatives(const Model& model, const Structure& s, DerivativeOptions options,
                     std::vector<SelftestResult>& out) {
  const auto potential = make_learned_potential(model, {1, 0.5, "float64"});
  for (const Deviation& d : check_derivatives(*potential, s, options).deviations)
    out.push_back({d.promise, d.worst, d.unit, d.tolerance, d.kept()});
}

void add_precision_and_threads(const Model& model, const Structure& s, int threads, std::vector<SelftestResult>& out) {
  const Evaluation reference = make_learned_potential(model, {1, 0.5, "float64"})->evaluate(s);
  const Evaluation single = make_learned_potential(model, {1, 0.5, "float32"})->evaluate(s);
  const Evaluation many = make_learned_potential(model, {std::max(2, threads), 0.5, "float64"})->evaluate(s);
  const double scale = force_scale(reference);
  out.push_back(result("float32 against float64: energy", std::abs(single.energy - reference.energy) / s.size(),
                       "eV/atom", 2e-5));
  out.push_back(
      result("float32 against float64: forces", worst_force_difference(single, reference), "eV/Å", 2e-4 * scale));
  out.push_back(
      result("one thread against several: forces", worst_force_difference(many, reference), "eV/Å", 1e-10 * scale));
}

/// Every instruction set that this CPU runs against the plain reference, in double.
void add_instruction_sets(const Model& model, const Structure& s, std::vector<SelftestResult>& out) {
  const Parameterization parameters = model.parameterization();
  std::vector<float> network(parameters.network_size());
  parameters.expand(model.members[0].data(), network.data());
  const std::vector<double> theta(network.begin(), network.end());
  auto gradient = [&](const kernel::KernelTable& table) {
    SiteNetwork<double> net(model.shape, table);
    net.set_parameters(theta);
    NeighborList list(model.shape.cutoff, 0.0, false);
    Graph graph;
    const std::vector<int> type = model.type_of();
    graph.set(list.update(s), type);
    SiteNetwork<double>::Memory memory;
    SweepResult sweep;
    net.forces(graph, memory, nullptr, sweep);
    return sweep.position_gradient;
  };
  const auto reference = gradient(*kernel::kernels_named("plain"));
  double scale = 1;
  for (double g : reference) scale = std::max(scale, std::abs(g));
  for (const char* name : {"v2", "v3", "v4"}) {
    const kernel::KernelTable* table = kernel::kernels_named(name);
    if (!table) continue;
    const auto g = gradient(*table);
    double worst = 0;
    for (std::size_t i = 0; i < g.size(); ++i) worst = std::max(worst, std::abs(g[i] - reference[i]));
    out.push_back(result(fmt::format("instruction set {} against plain: forces", name), worst, "eV/Å", 1e-10 * scale));
  }
}

/// Two atoms must repel at short distance: the curve from 1 Å inwards to contact must end above its value at the outer
/// end.
void add_dissociation(const Model& model, std::vector<SelftestResult>& out) {
  for (std::size_t a = 0; a < model.elements.size(); ++a)
    for (std::size_t b = a; b < model.elements.size(); ++b) {
      const int z1 = model.elements[a], z2 = model.elements[b];
      const double contact = 0.7 * (covalent_radius(z1) + covalent_radius(z2));
      const std::vector<double> r{0.15 * contact, 0.3 * contact, model.shape.cutoff - 1e-4, model.shape.cutoff + 1e-4};
      const auto e = dissociation_curve(model, z1, z2, r);
      const std::string pair = fmt::format("{}–{}", symbol(z1), symbol(z2));
      SelftestResult repels{pair + " repels at 0.15 of contact (energy lost towards 0.3)", e[1] - e[0], "eV", 0,
                            e[0] > e[1]};
      if (model.has_term("zbl")) out.push_back(repels);
      out.push_back(result(pair + " joins smoothly at the cut-off", std::abs(e[2] - e[3]), "eV", 1e-6));
    }
}

}  // namespace

std::vector<double> dissociation_curve(const Model& model, int z1, int z2, std::span<const double> distances) {
  const auto potential = make_learned_potential(model, {1, 0.5, "float64"});
  auto energy = [&](double r) {
    Structure s;
    s.species = {z1, z2}, s.positions = {Vec3::Zero(), Vec3(r, 0, 0)};
    return potential->evaluate(s).energy;
  };
  const double apart = energy(3 * model.shape.cutoff);
  std::vector<double> e;
  for (double r : distances) e.push_back(energy(r) - apart);
  return e;
}

std::vector<DissociationCurve> dissociation_curves(const Model& model) {
  constexpr int points = 120;
  std::vector<DissociationCurve> curves;
  for (std::size_t a = 0; a < model.elements.size(); ++a)
    for (std::size_t b = a; b < model.elements.size(); ++b) {
      const int z1 = model.elements[a], z2 = model.elements[b];
      const double first = (covalent_radius(z1) + covalent_radius(z2)) / 3, last = model.shape.cutoff;
      DissociationCurve c{fmt::format("{}–{}", symbol(z1), symbol(z2)), {}, {}};
      for (int i = 0; i < points; ++i) c.distance.push_back(first + (last - first) * i / (points - 1));
      c.energy = dissociation_curve(model, z1, z2, c.distance);
      curves.push_back(std::move(c));
    }
  return curves;
}

std::vector<SelftestResult> full_selftest(const Model& model, const Structure& structure, int threads) {
  std::vector<SelftestResult> out;
  add_derivatives(model, structure, {}, out);
  add_precision_and_threads(model, structure, threads, out);
  add_instruction_sets(model, structure, out);
  add_dissociation(model, out);
  return out;
}

std::vector<SelftestResult> brief_selftest(const Model& model, FrameSource& frames, int threads) {
  Structure smallest;  // of more than one atom
  for (std::size_t k = 0; k < frames.size(); ++k) {
    const Structure s = frames.read(k).structure;
    if (s.size() > 1 && (smallest.size() == 0 || s.size() < smallest.size())) smallest = s;
  }
  std::vector<SelftestResult> out;
  if (smallest.size() == 0) return out;
  DerivativeOptions few;
  few.atoms = 3;
  few.supercells = smallest.size() <= 64;
  add_derivatives(model, smallest, few, out);
  add_precision_and_threads(model, smallest, threads, out);
  add_dissociation(model, out);
  return out;
}

}  // namespace orogen
