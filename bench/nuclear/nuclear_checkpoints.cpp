// Two nucleons against numbers of an independent implementation: one JSON line per kind of number, with the worst
// deviation, where it is, and its bar.
//   orogen_nuclear_checkpoints FOLDER      FOLDER holds pwa93_np_phases.csv, toy_eft_D1_5pct.csv and checkpoints/
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/nuclear/toy_eft.hpp"
#include "common/nuclear/yamaguchi.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/inference/truncation.hpp"
#include "orogen/nuclear/local/deuteron.hpp"
#include "orogen/nuclear/local/forces/argonne.hpp"
#include "orogen/nuclear/local/forces/minnesota.hpp"
#include "orogen/nuclear/local/scattering.hpp"
#include "orogen/nuclear/momentum/forces/chiral.hpp"
#include "orogen/nuclear/momentum/solvers/deuteron_momentum.hpp"
#include "orogen/nuclear/momentum/solvers/scattering.hpp"
#include "orogen/nuclear/observables/data/csv.hpp"
#include "orogen/nuclear/observables/data/phase_file.hpp"
#include "orogen/nuclear/observables/observable.hpp"
#include "orogen/nuclear/phases/effective_range.hpp"

using namespace orogen;
using namespace orogen::nuclear;
namespace fs = std::filesystem;

namespace {

/// The largest deviation of one kind of number.
struct Worst {
  std::string what, unit;
  double bar;
  double value = 0;
  long numbers = 0;
  std::string at = {};

  void take(double deviation, const std::string& where) {
    ++numbers;
    if (!(std::abs(deviation) <= value)) value = std::abs(deviation), at = where;  // a NaN is the worst
  }
  void print() const {
    const nlohmann::json line = {{"what", what},   {"unit", unit},       {"bar", bar},
                                 {"worst", value}, {"numbers", numbers}, {"at", at}};
    fmt::print("{}\n", line.dump());
  }
};

/// Rows of a file by column; blank cells are NaN where numbers are asked for.
struct Table {
  CsvTable csv;
  explicit Table(const fs::path& path) : csv(read_csv(path)) {}
  const std::string& text(std::size_t row, const std::string& column) const {
    const int k = csv.column(column);
    if (k < 0) throw InputError(csv.source + ": no column " + column);
    return csv.rows[row].cells[std::size_t(k)];
  }
  bool has(std::size_t row, const std::string& column) const { return !text(row, column).empty(); }
  double number(std::size_t row, const std::string& column) const {
    return csv_number(csv, csv.rows[row], csv.column(column));
  }
  std::size_t size() const { return csv.rows.size(); }
};

int order_of(const std::string& name) { return name == "LO" ? 0 : name == "NLO" ? 2 : 3; }

double degrees(const BlockPhases& p, int c) { return (c == 1 ? p.epsilon : p.delta[c / 2]) / degree; }

using Phases = std::function<PhaseTable(std::span<const double>)>;

/// Columns NAME + suffix of consecutive rows against continuous phases at their energies.
void compare_phases(const Table& t, std::size_t first, std::size_t last, const Phases& phases,
                    const std::string& suffix, const std::string& force, Worst& worst) {
  std::vector<double> T;
  for (std::size_t r = first; r < last; ++r) T.push_back(t.number(r, "T_lab_MeV"));
  const PhaseTable p = phases(T);
  for (std::size_t r = first; r < last; ++r)
    for (std::size_t b = 0; b < p.blocks.size(); ++b) {
      const auto names = phase_names(p.blocks[b]);
      for (std::size_t c = 0; c < names.size(); ++c) {
        const std::string column = names[c] + suffix;
        if (t.csv.column(column) < 0 || !t.has(r, column)) continue;
        worst.take(degrees(p.at(r - first, b), int(c)) - t.number(r, column),
                   fmt::format("{} {} {:g} MeV", force, names[c], T[r - first]));
      }
    }
}

Worst av18_phases(const fs::path& folder) {
  Worst worst{"phases, AV18", "deg", 0.001};
  const Table t(folder / "ck_av18_np_phases.csv");
  for (const bool electromagnetic : {false, true}) {
    const LocalInteraction force = argonne_v18(electromagnetic);
    const LocalSolver solver(force, Pair::np, 4);
    compare_phases(
        t, 0, t.size(), [&](auto T) { return solver.phases(T); }, electromagnetic ? "_withEM_deg" : "_deg", force.title,
        worst);
  }
  return worst;
}

Worst chiral_phases(const fs::path& folder) {
  Worst worst{"phases, EMN LO, NLO, N2LO", "deg", 0.001};
  const Table t(folder / "ck_emn_np_phases.csv");
  const auto key = [&](std::size_t r) { return t.text(r, "order") + "(" + t.text(r, "Lambda_MeV") + ")"; };
  for (std::size_t first = 0, last = 0; first < t.size(); first = last) {
    while (last < t.size() && key(last) == key(first)) ++last;
    const MomentumInteraction force = chiral_emn(order_of(t.text(first, "order")), t.number(first, "Lambda_MeV"));
    const MomentumSolver solver(force, Pair::np, 4, {80, 700});
    compare_phases(
        t, first, last, [&](auto T) { return solver.phases(T); }, "_deg", key(first), worst);
  }
  return worst;
}

Worst yamaguchi_phases(const fs::path& folder) {
  Worst worst{"phases, Yamaguchi", "deg", 0.001};
  const Table t(folder / "ck_yamaguchi.csv");
  const double M = mass(Pair::np, chiral_constants), range = 1.4488 * chiral_constants.hbarc;
  MomentumInteraction force("Yamaguchi", chiral_constants);
  force += std::make_unique<Yamaguchi>(Yamaguchi::binding_strength(2.224575, range, M), range);
  const MomentumSolver solver(force, Pair::np, 1, {80, 700});
  std::vector<double> T;
  for (std::size_t r = 0; r < t.size(); ++r) T.push_back(t.number(r, "T_lab_MeV"));
  const PhaseTable p = solver.phases(T);
  const auto b = std::size_t(p.find(block_of(wave("3S1"))));
  for (std::size_t r = 0; r < t.size(); ++r)
    worst.take(degrees(p.at(r, b), 0) - t.number(r, "delta_deg"), fmt::format("3S1 {:g} MeV", T[r]));
  return worst;
}

Worst minnesota_phases(const fs::path& folder) {
  Worst worst{"phases, Minnesota", "deg", 0.001};
  const Table t(folder / "ck_minnesota.csv");
  const LocalInteraction force = minnesota();
  const LocalSolver solver(force, Pair::np, 1);
  for (const char* name : {"1S0", "3S1"}) {
    std::vector<double> T, expected;
    for (std::size_t r = 0; r < t.size(); ++r)
      if (t.text(r, "kind") == "phase" && t.text(r, "wave") == name) {
        T.push_back(2 * t.number(r, "E_cm_MeV"));
        expected.push_back(t.number(r, "value_MeV_or_deg"));
      }
    const PhaseTable p = solver.phases(T);
    const auto b = std::size_t(p.find(block_of(wave(name))));
    for (std::size_t r = 0; r < T.size(); ++r)
      worst.take(degrees(p.at(r, b), 0) - expected[r], fmt::format("{} {:g} MeV", name, T[r]));
  }
  return worst;
}

/// "EMN NLO Lambda=450" as an interaction; nothing for other names.
std::unique_ptr<MomentumInteraction> chiral_named(const std::string& name) {
  std::istringstream words(name);
  std::string emn, order, cutoff;
  words >> emn >> order >> cutoff;
  if (emn != "EMN") return nullptr;
  return std::make_unique<MomentumInteraction>(chiral_emn(order_of(order), std::stod(cutoff.substr(7))));
}

void deuterons(const fs::path& folder, std::vector<Worst>& out) {
  Worst energy{"deuteron: energy", "MeV", 1e-6}, state{"deuteron: P_D", "%", 1e-4}, radius{"deuteron: r_d", "fm", 1e-4},
      moment{"deuteron: Q", "fm2", 1e-4}, s{"deuteron: A_S", "fm^-1/2", 1e-4}, eta{"deuteron: eta", "", 1e-4};
  const Table t(folder / "ck_deuteron.csv");
  for (std::size_t r = 0; r < t.size(); ++r) {
    const std::string& name = t.text(r, "potential");
    const auto emn = chiral_named(name);
    const Deuteron d = (emn ? momentum_deuteron(*emn) : deuteron(argonne_v18(name == "AV18 with EM"))).value();
    energy.take(d.energy - t.number(r, "E_MeV"), name);
    state.take(100 * d.d_state - t.number(r, "P_D_percent"), name);
    radius.take(d.radius - t.number(r, "r_d_fm"), name);
    moment.take(d.quadrupole - t.number(r, "Q_fm2"), name);
    s.take(d.asymptotic_s - t.number(r, "A_S_fm-1/2"), name);
    eta.take(d.eta - t.number(r, "eta"), name);
  }
  const Table minnesota_table(folder / "ck_minnesota.csv");
  energy.take(deuteron(minnesota())->energy - minnesota_table.number(0, "value_MeV_or_deg"), "Minnesota");
  out.insert(out.end(), {energy, state, radius, moment, s, eta});
}

Worst effective_ranges(const fs::path& folder) {
  Worst worst{"scattering lengths and effective ranges", "fm", 0.001};
  const Table t(folder / "ck_effective_range.csv");
  for (std::size_t r = 0; r < t.size(); ++r) {
    const std::string& name = t.text(r, "potential");
    for (const char* w : {"1S0", "3S1"}) {
      const Block block = block_of(wave(w));
      EffectiveRange e{};
      if (const auto emn = chiral_named(name)) {
        e = effective_range(MomentumSolver(*emn, Pair::np, 1, {80, 700}), block);
      } else {
        const LocalInteraction force = argonne_v18(name == "AV18 strong+EM");
        const LocalSolver solver(force, Pair::np, 1);
        e = effective_range(
            block, [&](double T) { return solver.solve(block, T); }, Pair::np, force.constants);
      }
      worst.take(e.a - t.number(r, fmt::format("a_{}_fm", w)), name + " a " + w);
      worst.take(e.r - t.number(r, fmt::format("r_{}_fm", w)), name + " r " + w);
    }
  }
  return worst;
}

/// The parts of a chiral force that the name lists: "ope", "tpe", "ct", "ope+tpe+ct".
MomentumInteraction chiral_part(const std::string& parts, int order, double cutoff) {
  const ChiralForm form = emn_form(order, cutoff);
  MomentumInteraction force(parts, form.constants);
  const auto has = [&](const char* part) { return parts.find(part) != parts.npos; };
  if (has("ope"))
    force += std::make_unique<OnePionExchange>(form.constants, form.pions, Regulator{cutoff, form.one_pion_power});
  if (has("tpe") && order > 0)
    force +=
        std::make_unique<TwoPionExchange>(form.constants, form.pions, Regulator{cutoff, form.two_pion_power}, order);
  if (has("ct")) force += std::make_unique<Contacts>(form.constants, form.contacts, emn_constants(order, cutoff));
  return force;
}

Worst matrix_elements(const fs::path& folder) {
  Worst worst{"matrix elements, EMN", "relative", 1e-8};
  const Table t(folder / "ck_emn_matrix_elements.csv");
  for (std::size_t r = 0; r < t.size(); ++r) {
    const int J = int(t.number(r, "J"));
    const double out = t.number(r, "pprime_MeV"), in = t.number(r, "p_MeV");
    const MomentumInteraction v =
        chiral_part(t.text(r, "part"), order_of(t.text(r, "order")), t.number(r, "Lambda_MeV"));
    const auto check = [&](const char* column, const Block& b, int row, int col) {
      if (!t.has(r, column)) return;
      Eigen::MatrixXd V = Eigen::MatrixXd::Zero(b.waves, b.waves);
      v.add_between(b, Pair::np, std::span(&out, 1), std::span(&in, 1), V);
      const double expected = t.number(r, column);
      worst.take((V(row, col) - expected) / std::abs(expected),
                 fmt::format("{}({}) {} {} J={} <{}|{}>", t.text(r, "order"), t.text(r, "Lambda_MeV"),
                             t.text(r, "part"), column, J, out, in));
    };
    check("V_singlet", {J, 0, 1, {J, 0}}, 0, 0);
    if (J == 0) {
      check("V_Jp1_Jp1", {0, 1, 1, {1, 0}}, 0, 0);
      continue;
    }
    check("V_triplet_LeqJ", {J, 1, 1, {J, 0}}, 0, 0);
    const Block coupled{J, 1, 2, {J - 1, J + 1}};
    check("V_Jm1_Jm1", coupled, 0, 0), check("V_Jp1_Jp1", coupled, 1, 1);
    check("V_Jp1_Jm1", coupled, 1, 0), check("V_Jm1_Jp1", coupled, 0, 1);
  }
  return worst;
}

/// Waves that the table lacks are zero in the checkpoints.
double of_table(const PhaseTable& p, Observable o, double theta) {
  const SElements s = s_elements(p.blocks, p.value);
  return ObservableAt(o, p.T_lab[0], theta, p.blocks, p.pair, chiral_constants, {0, {}}).value(s);
}

void observables_of_pwa93(const fs::path& data, std::vector<Worst>& out) {
  const PhaseFile pwa = read_phases(data / "pwa93_np_phases.csv");
  const auto at = [&](double T) { return at_energies(pwa, std::span(&T, 1)).phases; };
  Worst cross{"dsg at 50 MeV, PWA93", "relative", 1e-4}, spin{"P, Ayy, Axx, Azz, D at 50 MeV, PWA93", "", 1e-4};
  const Table t(data / "checkpoints" / "ck_np_observables_50MeV.csv");
  const PhaseTable p = at(50);
  for (std::size_t r = 0; r < t.size(); ++r) {
    const double theta = t.number(r, "theta_cm_deg");
    const auto take = [&](Observable o, const char* column, Worst& worst, double scale) {
      worst.take((of_table(p, o, theta * degree) - t.number(r, column)) / scale, fmt::format("{} {}°", column, theta));
    };
    take(Observable::dsg, "dsg_mb_per_sr", cross, t.number(r, "dsg_mb_per_sr"));
    take(Observable::p, "P", spin, 1), take(Observable::ayy, "Ayy", spin, 1), take(Observable::axx, "Axx", spin, 1);
    take(Observable::azz, "Azz", spin, 1), take(Observable::d, "D", spin, 1);
  }
  Worst total{"sigma_tot, PWA93", "relative", 1e-5};
  const Table sums(data / "checkpoints" / "ck_sigma_tot_from_pwa93.csv");
  for (std::size_t r = 0; r < sums.size(); ++r) {
    const double T = sums.number(r, "T_lab_MeV"), expected = sums.number(r, "sigma_from_table_phases_mb");
    total.take((of_table(at(T), Observable::sgt, 0) - expected) / expected, fmt::format("{:g} MeV", T));
  }
  out.insert(out.end(), {cross, spin, total});
}

Worst toy_theory(const fs::path& data) {
  Worst worst{"toy effective theory: means, errors, evidence", "relative to 1 + size", 1e-4};
  const Table d(data / "toy_eft_D1_5pct.csv");
  ToyData toy;
  for (std::size_t r = 0; r < d.size(); ++r) {
    toy.x.push_back(d.number(r, "x")), toy.value.push_back(d.number(r, "g"));
    toy.sigma.push_back(d.number(r, "sigma"));
  }
  const Table t(data / "checkpoints" / "ck_toy_eft_fit.csv");
  for (std::size_t r = 0; r < t.size(); ++r) {
    const bool flat = t.text(r, "abar") == "flat";
    const int degree_of = int(t.number(r, "kmax"));
    const ToyFit fit = fit_toy(toy, degree_of, flat ? 0 : t.number(r, "abar"));
    const std::string where = fmt::format("degree {}, natural {}", degree_of, t.text(r, "abar"));
    const auto take = [&](double value, const std::string& column) {
      if (!t.has(r, column)) return;
      const double expected = t.number(r, column);
      worst.take((value - expected) / (1 + std::abs(expected)), where + " " + column);
    };
    take(fit.chi2_per_degree, "chi2_per_dof");
    take(fit.posterior.log_evidence, "ln_evidence");
    for (int k = 0; k <= std::min(3, degree_of); ++k) {
      take(fit.posterior.mean[std::size_t(k)], fmt::format("a{}", k));
      take(fit.posterior.sd(k), fmt::format("a{}_sd", k));
    }
  }
  return worst;
}

Worst truncation(const fs::path& folder) {
  Worst worst{"truncation errors: half widths", "", 1e-6};
  const Table t(folder / "ck_truncation_dob.csv");
  constexpr double Q = 0.33;
  for (std::size_t r = 0; r < t.size(); ++r) {
    std::istringstream words(t.text(r, "c0 c1 c2"));
    std::vector<double> c(3);
    words >> c[0] >> c[1] >> c[2];
    for (const int percent : {68, 95}) {
      const double p = percent / 100.0;
      const auto take = [&](double width, const std::string& column) {
        worst.take(width - t.number(r, fmt::format("{}_{}", column, percent)), column + " " + t.text(r, "c0 c1 c2"));
      };
      take(set_a_half_width(c, 1, Q, 2, p), "setA_first_omitted");
      take(set_c_half_width(c, 1e-3, 1e3, 1, Q, 2, p), "setC_wide");
      take(set_c_half_width(c, 0.25, 10, 1, Q, 2, p), "setC_0.25_10");
      take(conjugate_half_width(learn({}, c), 1, Q, 2, p), "conjugate_nu0_0");
    }
  }
  return worst;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 2) throw InputError("usage: orogen_nuclear_checkpoints FOLDER");
  const fs::path data = argv[1], folder = data / "checkpoints";
  std::vector<Worst> all{av18_phases(folder), chiral_phases(folder), yamaguchi_phases(folder),
                         minnesota_phases(folder)};
  deuterons(folder, all);
  all.insert(all.end(), {effective_ranges(folder), matrix_elements(folder)});
  observables_of_pwa93(data, all);
  all.insert(all.end(), {toy_theory(data), truncation(folder)});
  for (const Worst& w : all) w.print();
} catch (const std::exception& e) {
  fmt::print(stderr, "{}\n", e.what());
  return 1;
}
