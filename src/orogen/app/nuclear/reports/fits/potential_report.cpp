#include "orogen/app/nuclear/reports/fits/potential_report.hpp"

#include <functional>

#include "orogen/app/nuclear/reports/curve_report.hpp"
#include "orogen/nuclear/forces/committee.hpp"
#include "orogen/nuclear/local/forces/argonne.hpp"
#include "orogen/nuclear/neural/forces/neural_force.hpp"
#include "orogen/report/page/page.hpp"

namespace orogen {
namespace {

using namespace nuclear;

constexpr double first_radius = 0.02, last_radius = 3, radius_step = 0.02;  // fm

std::vector<double> radii() {
  std::vector<double> r;
  for (double x = first_radius; x < last_radius; x += radius_step) r.push_back(x);
  return r;
}

/// An element of the potential of a block: 0 first wave, 1 between both, 2 second wave.
struct Element {
  const char* name;
  Wave wave;
  int part;
};
const std::vector<Element> elements = {{"1S0", {0, 0, 0}, 0}, {"3S1", {0, 1, 1}, 0}, {"3S1–3D1", {0, 1, 1}, 1},
                                       {"3D1", {0, 1, 1}, 2}, {"3P0", {1, 1, 0}, 0}, {"1P1", {1, 0, 1}, 0},
                                       {"3P1", {1, 1, 1}, 0}, {"3P2", {1, 1, 2}, 0}};

/// V(r) of one element [MeV].
std::vector<double> potential(const LocalInteraction& force, const Element& e, const std::vector<double>& r) {
  std::vector<double> v(3 * r.size(), 0.0), out;
  force.add(block_of(e.wave), Pair::np, r, v);
  for (std::size_t i = 0; i < r.size(); ++i) out.push_back(v[3 * i + std::size_t(e.part)]);
  return out;
}

using Function = std::function<std::vector<double>(const LocalInteraction&)>;

BandCurve over_members(const std::string& name, const std::vector<LocalInteraction>& members,
                       const std::vector<double>& r, const Function& function) {
  BandCurve curve{name, r, {}, {}};
  std::vector<std::vector<double>> all;
  for (const auto& m : members) all.push_back(function(m));
  std::vector<double> values(members.size());
  for (std::size_t i = 0; i < r.size(); ++i) {
    for (std::size_t m = 0; m < all.size(); ++m) values[m] = all[m][i];
    const MeanSpread found = mean_and_spread(values);
    curve.y.push_back(found.mean), curve.half.push_back(found.spread);
  }
  return curve;
}

svg::Plot plot(const std::string& title) {
  return {.title = title, .x = {.label = "r", .unit = "fm"}, .y = {.label = "V", .unit = "MeV"}};
}

}  // namespace

std::string potential_sections(const std::vector<LocalInteraction>& members) {
  const LocalInteraction v18 = argonne_v18(true);
  const std::vector<double> r = radii();
  std::string waves, functions;
  for (const Element& e : elements)
    waves += curve_figure(plot(e.name),
                          {over_members("learned", members, r, [&](const auto& f) { return potential(f, e, r); }),
                           {"Argonne v18", r, potential(v18, e, r), std::vector<double>(r.size(), 0.0)}});
  const int count = learned_term(members.at(0)).functions();
  for (int p = 0; p < count; ++p) {
    const auto one = [&](const LocalInteraction& f) {
      std::vector<double> all(r.size() * std::size_t(count)), own;
      learned_term(f).evaluate(r, all);
      for (std::size_t i = 0; i < r.size(); ++i) own.push_back(all[i * std::size_t(count) + std::size_t(p)]);
      return own;
    };
    functions += curve_figure(plot(name(Radial(p))), {over_members("", members, r, one)});
  }
  return report::section("Potentials of partial waves (np)", report::figure_grid(waves)) +
         report::section(
             "Learned functions, without the pion",
             report::paragraphs("Projected on spin and isospin: c11 is the central function of S = T = 1; t tensor, "
                                "ls spin–orbit, l2 L², q (L·S)².") +
                 report::figure_grid(functions));
}

}  // namespace orogen
