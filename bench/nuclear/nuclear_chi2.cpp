// χ²/N of a table of phases on scattering data, by observable and energy, and the time of residuals and derivatives.
//   orogen_nuclear_chi2 PHASES.csv DATA.csv [option=value …]
//     pair=np|pp  least=0.1  most=350 (MeV)  observables=sgt,dsg,…  high=16 (most J of one-pion waves; 0: none)
// worst=0 (experiments to list)
//     nodes=table|nijmegen|recommended: the energies of the phases: all; those between which tables of NN-OnLine are
// linear; 40 interpolated from these
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <sstream>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/observables/data/chi_squared.hpp"
#include "orogen/nuclear/observables/data/phase_file.hpp"

using namespace orogen;
using namespace orogen::nuclear;

namespace {

std::vector<double> nijmegen_energies() {
  std::vector<double> T;
  const auto range = [&](int first, int last, int step, double unit) {
    for (int k = first; k <= last; k += step) T.push_back(k * unit);
  };
  for (int k = 1; k <= 9; ++k) T.push_back(k / 10.0);
  range(1, 10, 1, 1), range(12, 24, 2, 1), range(25, 26, 1, 1), range(28, 30, 2, 1), range(35, 100, 5, 1);
  range(110, 350, 10, 1);
  return T;
}

std::vector<Observable> listed(const std::string& text) {
  std::vector<Observable> all;
  std::stringstream in(text);
  for (std::string code; std::getline(in, code, ',');) {
    const auto o = find_observable(code);
    if (!o) throw InputError("observable '" + code + "' is not computed");
    all.push_back(*o);
  }
  return all;
}

void print(const std::vector<Chi2Line>& lines) {
  for (const auto& l : lines)
    if (l.data) fmt::print("  {:<14} {:6}  {:10.1f}  {:8.3f}\n", l.name, l.data, l.chi2, l.chi2 / double(l.data));
}

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

void run(const std::string& phases, const std::string& data, std::map<std::string, std::string> option) {
  const Pair pair = nuclear::pair(option["pair"]);
  PhaseFile file = read_phases(phases, pair);
  if (option["nodes"] != "table") file = at_energies(file, nijmegen_energies());
  PhaseTable table = complete(file, chiral_constants);
  if (option["nodes"] == "recommended")
    table = PhaseInterpolation(table.T_lab, pair, chiral_constants)(table, recommended_energies());
  const ScatteringData all = read_scattering(data, pair);
  const ScatteringData some =
      select(all, std::stod(option["least"]), std::stod(option["most"]), listed(option["observables"]));
  fmt::print("{} data, {} rejected, {} of {} experiments chosen", all.size(), all.rejected, some.experiments.size(),
             all.experiments.size());
  for (const auto& [code, n] : all.not_fitted) fmt::print(", {} {} not fitted", n, code);
  LikelihoodOptions options;
  options.high_waves.most_J = std::stoi(option["high"]);
  double start = seconds();
  const ScatteringLikelihood likelihood(some, table.T_lab, table.blocks.back().J, options);
  fmt::print("\n{} data, {} residuals, {} nodes, {} blocks; prepared in {:.3f} s\n", likelihood.data(),
             likelihood.residuals(), table.T_lab.size(), table.blocks.size(), seconds() - start);
  const std::vector<double> edges = {0, 0.5, 2, 10, 35, 125, 183, 290, 350};
  const Chi2Summary s = likelihood.summary(table, edges);
  fmt::print("  {:<14} {:6}  {:10.1f}  {:8.3f}\n", "all", s.data, s.chi2, s.chi2 / double(s.data));
  print(s.by_observable);
  print(s.by_energy);
  std::vector<ExperimentChi2> worst = s.experiments;
  std::sort(worst.begin(), worst.end(), [](const auto& a, const auto& b) { return a.chi2 - a.data > b.chi2 - b.data; });
  worst.resize(std::min(worst.size(), std::size_t(std::stoi(option["worst"]))));
  for (const auto& e : worst)
    fmt::print("  experiment {:4} {:<5} {:4} data  chi2 {:8.1f}  z {:.4f}{}\n", e.id, name(e.observable), e.data,
               e.chi2, e.normalisation, e.floated ? " free" : "");
  std::vector<double> r, g;
  r.resize(std::size_t(likelihood.residuals())), g.resize(std::size_t(likelihood.parameters()));
  start = seconds(), likelihood.evaluate(table, r);
  const double plain = seconds() - start;
  Eigen::MatrixXd jacobian;
  start = seconds(), likelihood.evaluate(table, r, &jacobian);
  const double full = seconds() - start;
  start = seconds(), likelihood.gradient(table, g);
  fmt::print("residuals {:.4f} s, with Jacobian ({} x {}) {:.3f} s, gradient {:.4f} s\n", plain, jacobian.rows(),
             jacobian.cols(), full, seconds() - start);
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3) throw InputError("usage: orogen_nuclear_chi2 PHASES.csv DATA.csv [option=value …]");
  std::map<std::string, std::string> option = {{"pair", "np"},     {"least", "0.1"},    {"most", "350"}, {"high", "16"},
                                               {"nodes", "table"}, {"observables", ""}, {"worst", "0"}};
  for (int k = 3; k < argc; ++k) {
    const std::string text = argv[k], key = text.substr(0, text.find('='));
    if (!option.count(key) || key.size() == text.size()) throw InputError("option '" + text + "' is not known");
    option[key] = text.substr(key.size() + 1);
  }
  run(argv[1], argv[2], option);
} catch (const std::exception& e) {
  fmt::print(stderr, "{}\n", e.what());
  return 1;
}
