// The neural nucleon–nucleon force, fitted to neutron–proton scattering (pp=yes: and to proton–proton scattering) from
// one-pion exchange alone, and
// what it is worth on experiments that no fit has seen.
//
//   orogen_nuclear_fit [data=FOLDER] [out=FILE] [members=1] [seed=1] [width=16] [range=1.2] [prior=5] [steps=75]
//                      [spread1=0.5] [spread0=0.5] [unseen=yes] [folds=0] [apart=0.1] [pp=no] [threads=2] [moment=no]
//
// data: the folder with granada_scattering_np.csv, granada_scattering_pp.csv, pwa93_np_phases.csv and
// phases_spread_np.csv ($OROGEN_SHARED/data/nuclear or
// ../shared/data/nuclear). out: forces are written to FILE1, FILE2, … (one per member, after every few steps) and read
// again if they are
// there. A start is fitted to the phases of PWA93; then come the data, the deuteron, and as weak data the mean phases
// of seven analyses:
// spread1, spread0 are their errors for isospin 1 (but 1S0), which proton–proton data determine, and for all others, in
// units of the spread
// of the analyses (0: left out). Those analyses have seen old experiments that are kept apart here: spread0=0 is the
// strict test.
// unseen=no leaves the kept-apart experiments alone: for choices by validation. folds=K instead fits K times without
// one K-th of all
// experiments, so that every experiment is predicted by a fit that has not seen it. apart=0 fits everything: for a
// force to be used. pp=yes
// leaves the phases of isospin 1 out of the weak data, whatever spread1 is: the protons themselves determine them.
// moment=yes
// adds the amplitude of the neutron's moment to np.
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/nuclear/local/deuteron.hpp"
#include "orogen/nuclear/local/forces/argonne.hpp"
#include "orogen/nuclear/neural/fits/force_fit.hpp"
#include "orogen/nuclear/observables/data/csv.hpp"

using namespace orogen;
using namespace orogen::nuclear;

namespace {

constexpr double least_T = 0.1, most_T = 350;
const std::vector<double> edges{0, 35, 125, 200, 350};

struct Watch : SilentProgress {
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); }
  void update(std::string_view, double, double, std::string_view line) override {
    fmt::print("  {:6.1f} s  {}\n", seconds(), line);
    std::fflush(stdout);
  }
};

using Settings = std::map<std::string, std::string>;

Settings settings(int argc, char** argv) {
  const char* shared = std::getenv("OROGEN_SHARED");
  Settings s{{"data", std::string(shared ? shared : "../shared") + "/data/nuclear"},
             {"out", ""},
             {"members", "1"},
             {"seed", "1"},
             {"width", "16"},
             {"range", "1.2"},
             {"prior", "5"},
             {"steps", "75"},
             {"spread1", "0.5"},
             {"spread0", "0.5"},
             {"folds", "0"},
             {"apart", "0.1"},
             {"unseen", "yes"},
             {"pp", "no"},
             {"threads", "2"},
             {"moment", "no"}};
  for (int k = 1; k < argc; ++k) {
    const std::string word = argv[k];
    const auto at = word.find('=');
    if (at == std::string::npos || !s.count(word.substr(0, at)))
      throw InputError("'" + word +
                       "': expected key=value with one of the keys named at the head of bench/nuclear_fit.cpp");
    s[word.substr(0, at)] = word.substr(at + 1);
  }
  return s;
}

using Sets = std::vector<ScatteringData>;  // np, and perhaps pp

struct Data {
  Sets train, validation, unseen;
};

Sets read_all(const Settings& s) {
  Sets all{select(read_scattering(s.at("data") + "/granada_scattering_np.csv"), least_T, most_T)};
  if (s.at("pp") == "yes")
    all.push_back(select(read_scattering(s.at("data") + "/granada_scattering_pp.csv", Pair::pp), least_T, most_T));
  return all;
}

/// A share of the experiments is kept apart, the same share of the rest is for choices.
Data read_data(const Settings& s) {
  const double share = std::stod(s.at("apart"));
  Data out;
  for (const ScatteringData& all : read_all(s)) {
    auto [rest, unseen] = split_by_experiment(all, share, 1);
    auto [train, validation] = split_by_experiment(rest, share, 2);
    out.train.push_back(train), out.validation.push_back(validation), out.unseen.push_back(unseen);
  }
  return out;
}

struct Sum {
  double chi2 = 0;
  long data = 0;
  void add(const Chi2Summary& s) { chi2 += s.chi2, data += s.data; }
  double per_datum() const { return chi2 / double(data); }
};

void print_line(const char* force, const char* set, const ScatteringLikelihood& data, const PhaseTable& phases) {
  const Chi2Summary s = data.summary(phases, edges);
  fmt::print("{:8} {:10} {} chi2/N {:.4f} (N {})", force, set, name(phases.pair), s.chi2 / double(s.data), s.data);
  for (const auto& line : s.by_energy)
    fmt::print("  {}: {:.3f} ({})", line.name, line.chi2 / double(std::max(1l, line.data)), line.data);
  fmt::print("\n");
  std::fflush(stdout);
}

void print_observables(const ScatteringLikelihood& data, const PhaseTable& phases) {
  for (const auto& line : data.summary(phases, edges).by_observable)
    fmt::print("  {:5} {:.3f} ({})", line.name, line.chi2 / double(line.data), line.data);
  fmt::print("\n");
}

void print_deuteron(const char* force, const LocalInteraction& sum) {
  const Deuteron d = deuteron(sum);
  fmt::print(
      "{:8} deuteron E {:.6f} MeV  P_D {:.3f}%  r_d {:.5f} fm  Q {:.5f} fm2  A_S {:.5f}  eta {:.5f}  mu {:.5f}\n",
      force, d.energy, 100 * d.d_state, d.radius, d.quadrupole, d.asymptotic_s, d.eta, d.moment);
}

/// The waves of `like` from an analysis, at its energies.
PhaseTable analysis(const PhaseFile& file, const PhaseTable& like) {
  const PhaseTable all = complete(file, argonne_constants);
  const PhaseTable there = PhaseInterpolation(all.T_lab, all.pair, argonne_constants)(all, like.T_lab);
  PhaseTable out = like;
  for (std::size_t e = 0; e < like.T_lab.size(); ++e)
    for (std::size_t b = 0; b < like.blocks.size(); ++b)
      out.at(e, b) = there.at(e, std::size_t(there.find(like.blocks[b])));
  return out;
}

/// Deviations from the mean of seven analyses, in units of their spread.
void print_spread(const char* force, const std::string& folder, const LocalInteraction& sum) {
  const CsvTable table = read_csv(folder + "/phases_spread_np.csv");
  const int T = table.column("T_lab_MeV"), wave_at = table.column("wave"), phase = table.column("phase_deg"),
            spread = table.column("spread_deg");
  const LocalSolver solver(sum, Pair::np, 5);
  std::map<std::string, std::vector<double>> by_wave;
  std::map<double, PhaseTable> at;
  long within = 0, within_two = 0, n = 0;
  for (const auto& row : table.rows) {
    const double energy = csv_number(table, row, T);
    if (!at.count(energy)) {
      std::vector<double> up;
      for (double x : fit_energies())
        if (x < energy) up.push_back(x);
      up.push_back(energy);
      at[energy] = solver.phases(up);
    }
    const PhaseTable& phases = at[energy];
    const std::string wanted = row.cells[std::size_t(wave_at)];
    for (std::size_t b = 0; b < phases.blocks.size(); ++b) {
      const auto names = phase_names(phases.blocks[b]);
      for (std::size_t c = 0; c < names.size(); ++c) {
        if (names[c] != wanted) continue;
        const BlockPhases& p = phases.at(phases.T_lab.size() - 1, b);
        const double value = (names.size() == 1 || c == 0 ? p.delta[0] : c == 1 ? p.epsilon : p.delta[1]) / degree;
        const double d = (value - csv_number(table, row, phase)) / csv_number(table, row, spread);
        by_wave[wanted].push_back(d);
        ++n, within += std::abs(d) < 1, within_two += std::abs(d) < 2;
      }
    }
  }
  fmt::print("{:8} phases against the mean of seven analyses: {} of {} within their spread, {} within twice\n", force,
             within, n, within_two);
  for (const auto& [wave, list] : by_wave) {
    fmt::print("  {:4}", wave);
    for (double d : list) fmt::print(" {:6.2f}", d);
    fmt::print("\n");
  }
}

/// The mean phases of seven analyses with spread1 or spread0 times their spread.
std::vector<TargetPhase> known_phases(const Settings& s) {
  const double one = s.at("pp") == "yes" ? 0 : std::stod(s.at("spread1")), zero = std::stod(s.at("spread0"));
  std::vector<TargetPhase> out;
  for (TargetPhase d : read_phase_spread(s.at("data") + "/phases_spread_np.csv", 0.005)) {
    const bool from_pp = d.block.isospin() == 1 && d.block != Block{0, 0, 1, {0, 0}};
    const double times = from_pp ? one : zero;
    if (times == 0) continue;
    d.error *= times;
    out.push_back(d);
  }
  return out;
}

/// Fits one member, or goes on from its file.
std::unique_ptr<ForceFit> fit(const Settings& s, int member, const Data& data, ThreadPool& threads) {
  NeuralForce start;
  start.title = "neural force, member " + std::to_string(member);
  start.network.width = std::stoi(s.at("width"));
  start.network.range = std::stod(s.at("range"));
  start.network.charge_dependence = s.at("pp") == "yes";
  start.network.seed = std::stoull(s.at("seed")) + std::uint64_t(member - 1);
  const std::string path = s.at("out").empty() ? "" : s.at("out") + std::to_string(member);
  const bool resumed = !path.empty() && std::filesystem::exists(path);
  if (resumed) start = load_neural_force(path);
  ForceFitOptions options;
  options.prior = std::stod(s.at("prior"));
  options.neutron_moment = s.at("moment") == "yes";
  auto fit = std::make_unique<ForceFit>(start, data.train, options, threads);
  Watch watch;
  const auto keep = [&](const GaussNewtonResult& r) {
    if (path.empty()) return;
    NeuralForce now = fit->force();
    now.fit = {{"data", s.at("pp") == "yes" ? "np and pp scattering, 0.1 to 350 MeV" : "np scattering, 0.1 to 350 MeV"},
               {"prior", s.at("prior")},
               {"objective", fmt::format("{:.6f}", r.objective)},
               {"state", r.end}};
    save(now, path);
  };
  const auto analysis = with_errors(read_phases(s.at("data") + "/pwa93_np_phases.csv"), 0.1, 0.01);
  if (!resumed) keep(fit->fit_phases(analysis, 30, &watch));
  const auto known = known_phases(s);
  for (int left = std::stoi(s.at("steps")); left > 0; left -= options.restart) {
    const GaussNewtonResult r = fit->fit_data(known, std::min(left, options.restart), &watch);
    keep(r);
    if (r.end != "no more steps") break;
  }
  return fit;
}

struct Mean {
  double sum = 0, squares = 0;
  int n = 0;
  void add(double x) { sum += x, squares += x * x, ++n; }
  double mean() const { return sum / n; }
  double spread() const { return n > 1 ? std::sqrt(std::max(0.0, (squares - sum * sum / n) / (n - 1))) : 0; }
};

void print_bands(const std::vector<std::unique_ptr<ForceFit>>& members) {
  fmt::print("bands of {} members: mean (spread)\n  r/fm ", members.size());
  for (int p = 0; p < charge_independent_functions; ++p) fmt::print(" {:>15}", name(Radial(p)));
  for (double r : {0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.4, 1.7, 2.0, 2.5, 3.0}) {
    std::vector<Mean> f(charge_independent_functions);
    for (const auto& m : members) {
      std::vector<double> values(f.size());
      learned_term(m->current()).evaluate(std::span(&r, 1), values);
      for (std::size_t p = 0; p < f.size(); ++p) f[p].add(values[p]);
    }
    fmt::print("\n  {:4.1f} ", r);
    for (const Mean& x : f) fmt::print(" {:8.2f} ({:.2f})", x.mean(), x.spread());
  }
  fmt::print("\n  T/MeV  phase mean (spread) in degrees\n");
  const PhaseTable& like = members[0]->phases();
  for (double T : {1.0, 10.0, 50.0, 100.0, 200.0, 300.0, 350.0}) {
    std::size_t e = 0;
    while (e + 1 < like.T_lab.size() && like.T_lab[e] < T) ++e;
    fmt::print("  {:5}", T);
    for (std::size_t b = 0; b < like.blocks.size() && like.blocks[b].J <= 3; ++b) {
      const auto names = phase_names(like.blocks[b]);
      for (std::size_t c = 0; c < names.size(); ++c) {
        Mean x;
        for (const auto& m : members) {
          const BlockPhases& p = m->phases().at(e, b);
          x.add((names.size() == 1 || c == 0 ? p.delta[0] : c == 1 ? p.epsilon : p.delta[1]) / degree);
        }
        fmt::print(" {} {:.3f} ({:.3f})", names[c], x.mean(), x.spread());
      }
    }
    fmt::print("\n");
  }
}

/// Phases averaged over the members.
PhaseTable mean_phases(const std::vector<std::unique_ptr<ForceFit>>& members, Pair pair) {
  PhaseTable mean = members[0]->phases(pair);
  const double share = 1 / double(members.size());
  for (auto& p : mean.value) p = {};
  for (const auto& m : members)
    for (std::size_t k = 0; k < mean.value.size(); ++k) {
      const BlockPhases& p = m->phases(pair).value[k];
      for (int c = 0; c < 2; ++c) mean.value[k].delta[c] += share * p.delta[c];
      mean.value[k].epsilon += share * p.epsilon;
    }
  return mean;
}

/// Experiment by experiment into one of the folds, the same at every call.
Data fold(const Sets& all, int k, int folds) {
  Data out;
  const auto of = [&](const Experiment& e) { return int(Random(7, std::uint64_t(e.id)).below(std::uint64_t(folds))); };
  for (const ScatteringData& data : all) {
    ScatteringData& train = out.train.emplace_back(data);
    ScatteringData& unseen = out.unseen.emplace_back(data);
    std::erase_if(train.experiments, [&](const Experiment& e) { return of(e) == k; });
    std::erase_if(unseen.experiments, [&](const Experiment& e) { return of(e) != k; });
  }
  return out;
}

/// Phases that the learned force is compared with, of one pair.
struct Peer {
  std::string name;
  PhaseTable phases;
};
std::vector<Peer> peers(const Settings& s, const LocalInteraction& v18, Pair pair) {
  std::vector<Peer> all{{"AV18", LocalSolver(v18, pair, 6).phases(fit_energies())}};
  if (pair == Pair::np)
    all.push_back({"PWA93", analysis(read_phases(s.at("data") + "/pwa93_np_phases.csv"), all[0].phases)});
  return all;
}

/// "neural np", … → what they are on all data judged so far.
using Sums = std::map<std::string, Sum>;

void print_sums(const char* set, const Sums& sums) {
  for (const auto& [who, sum] : sums)
    fmt::print("so far chi2/N {} {}: {:.4f} (N {})\n", set, who, sum.per_datum(), sum.data);
  std::fflush(stdout);
}

/// Every force on one set of every pair; adds to the sums.
void judge(const char* set, const std::vector<std::unique_ptr<ForceFit>>& members, const Sets& sets,
           const std::vector<std::vector<Peer>>& others, Sums& sums) {
  for (std::size_t k = 0; k < sets.size(); ++k) {
    if (sets[k].experiments.empty()) continue;
    const Pair pair = sets[k].pair;
    const ScatteringLikelihood likelihood = members[0]->likelihood(sets[k]);
    LikelihoodOptions with_moments;
    with_moments.constants = argonne_constants;
    with_moments.photons = photons(members[0]->options().neutron_moment, true);
    const ScatteringLikelihood of_v18(sets[k], fit_energies(), 6, with_moments);
    const auto add = [&](const std::string& who, const PhaseTable& phases) {
      const ScatteringLikelihood& own = who == "AV18" ? of_v18 : likelihood;
      print_line(who.c_str(), set, own, phases);
      const Chi2Summary s = own.summary(phases, edges);
      sums[who + " " + name(pair)].add(s);
      if (sets.size() > 1 && who != "PWA93") sums[who + " np+pp"].add(s);
    };
    add("neural", members[0]->phases(pair));
    for (std::size_t m = 1; m < members.size(); ++m) print_line("neural", set, likelihood, members[m]->phases(pair));
    if (members.size() > 1) add("mean", mean_phases(members, pair));
    for (const Peer& p : others[k]) add(p.name, p.phases);
  }
}

/// Every experiment by a fit without it.
void cross_validate(const Settings& s, int folds) {
  const Sets all = read_all(s);
  ThreadPool threads(std::min(std::stoi(s.at("threads")), default_threads()));
  const LocalInteraction v18 = argonne_v18(true);
  std::vector<std::vector<Peer>> others;
  for (const ScatteringData& data : all) others.push_back(peers(s, v18, data.pair));
  Sums sums;
  for (int k = 0; k < folds; ++k) {
    const Data data = fold(all, k, folds);
    std::vector<std::unique_ptr<ForceFit>> one;
    one.push_back(fit(s, k + 1, data, threads));
    judge("unseen", one, data.unseen, others, sums);
    print_deuteron("neural", one[0]->current());
    fmt::print("{} of {} folds\n", k + 1, folds);
    print_sums("unseen", sums);
  }
}

void run(const Settings& s) {
  const Data data = read_data(s);
  ThreadPool threads(std::min(std::stoi(s.at("threads")), default_threads()));
  std::vector<std::unique_ptr<ForceFit>> members;
  for (int m = 1; m <= std::stoi(s.at("members")); ++m) {
    fmt::print("member {}\n", m);
    members.push_back(fit(s, m, data, threads));
  }
  ForceFit& first = *members[0];
  const LocalInteraction v18 = argonne_v18(true);
  std::vector<std::vector<Peer>> others;
  for (const ScatteringData& d : data.train) others.push_back(peers(s, v18, d.pair));
  fmt::print("{} parameters\n", first.theta().size());
  const std::pair<const char*, const Sets&> sets[] = {
      {"train", data.train}, {"validation", data.validation}, {"unseen", data.unseen}};
  for (const auto& [set, of_pairs] : sets) {
    if (set == std::string("unseen") && s.at("unseen") != "yes") continue;
    Sums sums;
    judge(set, members, of_pairs, others, sums);
    print_sums(set, sums);
  }
  for (const ScatteringData& d : data.train) {
    fmt::print("neural, train, {}, by observable:\n", name(d.pair));
    print_observables(first.likelihood(d.pair), first.phases(d.pair));
  }
  for (auto& m : members) print_deuteron("neural", m->current());
  print_deuteron("AV18", v18);
  print_spread("neural", s.at("data"), first.current());
  print_spread("AV18", s.at("data"), v18);
  if (members.size() > 1) print_bands(members);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Settings s = settings(argc, argv);
    const int folds = std::stoi(s.at("folds"));
    folds > 1 ? cross_validate(s, folds) : run(s);
  } catch (const std::exception& e) {
    fmt::print(stderr, "orogen_nuclear_fit: {}\n", e.what());
    return 1;
  }
}
