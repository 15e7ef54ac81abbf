#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "orogen/app/nuclear/options/force_options.hpp"
#include "orogen/app/nuclear/reports/curve_report.hpp"
#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"

namespace orogen {
namespace {

using namespace nuclear;

struct Quantity {
  std::string name, symbol, unit;
  double value;
  int decimals;
};

std::vector<Quantity> quantities(const Deuteron& d) {
  return {{"energy", "E", "MeV", d.energy, 7},
          {"d_state", "P_D", "%", 100 * d.d_state, 4},
          {"radius", "r_d", "fm", d.radius, 5},
          {"quadrupole", "Q", "fm²", d.quadrupole, 5},
          {"asymptotic_s", "A_S", "fm^-1/2", d.asymptotic_s, 5},
          {"eta", "η", "", d.eta, 5},
          {"moment", "μ_d", "μ_N", d.moment, 5}};
}

std::vector<Quantity> quantities(const TwoNucleonForce& force, const Deuteron& d) {
  std::vector<Quantity> all = quantities(d);
  for (const char* name : {"1S0", "3S1"}) {
    const LowEnergy low = force.low_energy(block_of(wave(name)), Pair::np);
    all.push_back({fmt::format("scattering_length_{}", name), fmt::format("a({})", name), "fm", low.a, 4});
    all.push_back({fmt::format("effective_range_{}", name), fmt::format("r({})", name), "fm", low.r, 4});
  }
  return all;
}

/// A wave at a radius up to the last of its own: the cubic through four of them around it, and 0 at the origin.
double at(double radius, const std::vector<double>& r, const std::vector<double>& wave) {
  const auto above = std::lower_bound(r.begin(), r.end(), radius);
  if (above != r.end() && *above == radius) return wave[std::size_t(above - r.begin())];
  const long origin = r[0] > 0 ? -1 : 0;  // where it is no radius of its own, it is that before the first
  const long first = std::clamp(long(above - r.begin()) - 2, origin, long(r.size()) - 4);
  const auto x = [&](long k) { return k < 0 ? 0.0 : r[std::size_t(k)]; };
  double sum = 0;
  for (long i = first; i < first + 4; ++i) {
    double term = i < 0 ? 0.0 : wave[std::size_t(i)];
    for (long j = first; j < first + 4; ++j)
      if (j != i) term *= (radius - x(j)) / (x(i) - x(j));
    sum += term;
  }
  return sum;
}

/// The means of u and w over the members, with their spreads where there are several; of members of different forms at
/// the radii that end first.
NumberTable waves(const std::vector<Deuteron>& members) {
  NumberTable table{{"r_fm", "u_fm^-1/2", "w_fm^-1/2"}, {}};
  if (members.size() > 1) table.header.insert(table.header.end(), {"u_spread_fm^-1/2", "w_spread_fm^-1/2"});
  const auto shortest = std::min_element(members.begin(), members.end(),
                                         [](const auto& a, const auto& b) { return a.r.back() < b.r.back(); });
  const std::vector<double>& r = shortest->r;
  for (std::size_t i = 0; i < r.size(); ++i) {
    std::vector<double> u, w;
    for (const Deuteron& d : members) u.push_back(at(r[i], d.r, d.u)), w.push_back(at(r[i], d.r, d.w));
    const MeanSpread of_u = mean_and_spread(u), of_w = mean_and_spread(w);
    auto& row = table.rows.emplace_back(std::vector<double>{r[i], of_u.mean, of_w.mean});
    if (members.size() > 1) row.insert(row.end(), {of_u.spread, of_w.spread});
  }
  return table;
}

std::string wave_csv(const std::string& title, const NumberTable& waves) {
  TextRows rows;
  for (const auto& numbers : waves.rows) {
    auto& row = rows.emplace_back(std::vector{fmt::format("{:.6g}", numbers[0])});
    for (std::size_t k = 1; k < numbers.size(); ++k) row.push_back(fmt::format("{:.9e}", numbers[k]));
  }
  return csv_text({title + ": radial wave functions of the deuteron, integral of u^2 + w^2 over r is 1"}, waves.header,
                  rows);
}

class DeuteronVerb : public Verb {
 public:
  std::string name() const override { return "nuclear deuteron"; }
  std::string summary() const override { return "the deuteron of a force, and its scattering lengths"; }
  std::string example() const override { return "orogen nuclear deuteron force=av18em out=deuteron"; }
  std::vector<std::string> file_keys() const override { return {}; }
  void describe(OptionTable& table) override {
    orogen::describe(table, force_);
    table.add("out", out_, "", "folder for deuteron.csv, wave.csv (u and w), report.html and input.toml");
  }

  Outcome run(const Context& context) override {
    const Committee force = chosen_force(force_, context.options);
    std::vector<Deuteron> members;
    std::vector<std::vector<Quantity>> found;
    for (std::size_t m = 0; m < force.size(); ++m) {
      const std::optional<Deuteron> d = force[m].deuteron();
      if (!d)
        throw NumericalError(fmt::format(
            "{}: neutron and proton are not bound: no bound state in 3S1-3D1; the force needs more attraction",
            force[m].title()));
      found.push_back(quantities(force[m], *d));
      members.push_back(*d);
    }
    context.save_input(out_);
    show(force, waves(members), found, context);
    return Outcome::done;
  }

 private:
  void show(const Committee& force, const NumberTable& waves, const std::vector<std::vector<Quantity>>& members,
            const Context& context) const {
    const std::filesystem::path folder = out_;
    const bool several = members.size() > 1;
    TextRows shown, file;
    nlohmann::json json = {{"force", force.title()},
                           {"members", members.size()},
                           {"wave", (folder / "wave.csv").string()},
                           {"report", (folder / "report.html").string()}};
    for (std::size_t k = 0; k < members[0].size(); ++k) {
      const Quantity& q = members[0][k];
      std::vector<double> values;
      for (const auto& m : members) values.push_back(m[k].value);
      const MeanSpread all = mean_and_spread(values);
      std::vector<std::string> numbers{fmt::format("{:.{}f}", all.mean, q.decimals)};
      if (several) numbers.push_back(fmt::format("{:.{}f}", all.spread, q.decimals));
      const auto add = [&](TextRows& rows, const std::string& name) {
        auto& row = rows.emplace_back(std::vector{name});
        row.insert(row.end(), numbers.begin(), numbers.end());
        row.push_back(q.unit);
      };
      add(shown, q.symbol), add(file, q.name);
      json[q.name] = all.mean;
      if (several) json[q.name + "_spread"] = all.spread;
    }
    const auto header = [&](const std::string& first) {
      return several ? std::vector<std::string>{first, "value", "spread", "unit"}
                     : std::vector<std::string>{first, "value", "unit"};
    };
    write_atomically(folder / "deuteron.csv", csv_text({force.title()}, header("quantity"), file));
    write_atomically(folder / "wave.csv", wave_csv(force.title(), waves));
    write_atomically(folder / "report.html", deuteron_page(force.title(), shown, waves, context.options.toml()));
    context.terminal.result(text_table(header(force.title()), shown) + "wave functions: " +
                                json["wave"].get<std::string>() + "\nreport: " + json["report"].get<std::string>(),
                            json);
  }

  ForceChoice force_;
  std::string out_ = "deuteron";
};

}  // namespace

std::unique_ptr<Verb> nuclear_deuteron_verb() { return std::make_unique<DeuteronVerb>(); }

}  // namespace orogen
