#include "nuclear_grey_phases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "orogen/nuclear/inference/truncation.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/observables/data/csv.hpp"
#include "orogen/nuclear/observables/data/phase_file.hpp"

namespace orogen::nuclear::grey_box {

using Eigen::MatrixXd;
using Eigen::VectorXd;

static const std::vector<std::string> waves{"1S0", "3P0", "1P1", "3P1", "3S1", "E1",
                                            "3D1", "1D2", "3D2", "3P2", "E2",  "3F2"};

void print(const nlohmann::json& line) {
  fmt::print("{}\n", line.dump());
  std::fflush(stdout);
}

const char* order_name(int order) { return order == 0 ? "LO" : order == 2 ? "NLO" : "N2LO"; }

Phases Phases::where(const std::function<bool(std::size_t)>& wanted) const {
  Phases some;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (!wanted(i)) continue;
    some.points.push_back(points[i]);
    some.data.push_back(data[i]);
    some.names.push_back(names[i]);
    some.part.push_back(part[i]);
  }
  return some;
}

double threshold_size(const PhasePoint& p, double q) {
  const int powers = p.part == 1 ? p.block.L[0] + p.block.L[1] : 2 * p.block.L[p.part / 2];
  return powers == 0 ? 1 : std::pow(q / std::hypot(q, soft_pion_mass), powers + 1);
}

Phases read(const std::filesystem::path& folder) {
  const CsvTable spreads = read_csv(folder / "phases_spread_np.csv");
  std::map<std::pair<std::string, double>, double> spread;
  for (const auto& row : spreads.rows)
    spread[{row.cells[std::size_t(spreads.column("wave"))], csv_number(spreads, row, spreads.column("T_lab_MeV"))}] =
        csv_number(spreads, row, spreads.column("spread_deg")) * degree;
  const PhaseFile file = read_phases(folder / "granada2013_np_phases.csv");
  Phases all;
  for (std::size_t e = 0; e < file.phases.T_lab.size(); ++e)
    for (std::size_t w = 0; w < waves.size(); ++w) {
      const double T = file.phases.T_lab[e], q = relative_momentum(T, Pair::np, chiral_constants);
      const PhasePoint p = phase_point(waves[w], T);
      const std::size_t b = std::size_t(file.phases.find(p.block));
      const std::size_t k = file.index(e, b, p.part);
      if (!file.present[k]) continue;
      const BlockPhases& found = file.phases.at(e, b);
      const double phase = p.part == 1 ? found.epsilon : found.delta[p.part / 2];
      const double error = std::max({file.error[k], spread[{waves[w], T}], 1e-4 * degree});
      all.points.push_back(p);
      all.data.push_back({int(w), T, q, phase, error});
      all.names.push_back(waves[w]);
      all.part.push_back(int(e + w) % folds);
    }
  return all;
}

std::vector<std::string> constants_of(int contact_order, const Block& b) {
  const ContactForm form{.order = contact_order};
  std::vector<std::string> names;
  for (const auto& entry : contact_basis(form, b, Pair::np).entries)
    names.push_back(contact_names(contact_order)[entry.constant]);
  return names;
}

ContactPhases model_of(int order, int contact_order, const std::vector<PhasePoint>& points,
                       const std::vector<std::string>& free) {
  ChiralForm form = emn_form(order, cutoff);
  form.contacts.order = contact_order;
  std::vector<double> values = emn_constants(order, cutoff);
  values.resize(contact_names(contact_order).size(), 0.0);
  return {form, Pair::np, points, values, free, mesh};
}

std::vector<double> published(int order, const std::vector<std::string>& free) {
  const auto names = contact_names(order);
  const auto values = emn_constants(order, cutoff), units = natural_units(free, breakdown);
  std::vector<double> a;
  for (std::size_t k = 0; k < free.size(); ++k) {
    const auto at = std::find(names.begin(), names.end(), free[k]);
    a.push_back(at == names.end() ? 0 : values[std::size_t(at - names.begin())] / units[k]);
  }
  return a;
}

VectorXd values(const PhaseModel& model, const VectorXd& a, const std::vector<double>& unit) {
  std::vector<double> constants(unit.size());
  for (std::size_t k = 0; k < unit.size(); ++k) constants[k] = a[long(k)] * unit[k];
  VectorXd phase(model.size());
  MatrixXd J(model.size(), model.constants());
  model.phases(constants, {phase.data(), std::size_t(phase.size())}, J);
  return phase;
}

GaussianPrior prior_of(std::size_t n, double size) { return power_counting(std::vector<int>(n, 0), 1.0, size); }

}  // namespace orogen::nuclear::grey_box
