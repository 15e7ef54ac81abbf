#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "orogen/app/nuclear/force_choice.hpp"
#include "orogen/app/nuclear/text_table.hpp"
#include "orogen/app/verb_list.hpp"
#include "orogen/base/atomic_file.hpp"

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

std::string wave_csv(const std::string& title, const Deuteron& d) {
  TextRows rows;
  for (std::size_t i = 0; i < d.r.size(); ++i)
    rows.push_back({fmt::format("{:.6g}", d.r[i]), fmt::format("{:.9e}", d.u[i]), fmt::format("{:.9e}", d.w[i])});
  return csv_text({title + ": radial wave functions of the deuteron, integral of u^2 + w^2 over r is 1"},
                  {"r_fm", "u_fm^-1/2", "w_fm^-1/2"}, rows);
}

class DeuteronVerb : public Verb {
 public:
  std::string name() const override { return "nuclear deuteron"; }
  std::string summary() const override { return "the deuteron of a force, and its scattering lengths"; }
  std::string example() const override { return "orogen nuclear deuteron force=av18em out=deuteron"; }
  std::vector<std::string> file_keys() const override { return {}; }
  void describe(OptionTable& table) override {
    orogen::describe(table, force_);
    table.add("out", out_, "", "folder for deuteron.csv, wave.csv (u and w) and input.toml");
  }

  Outcome run(const Context& context) override {
    const auto force = make_force(force_, context.options);
    const Deuteron d = force->deuteron();
    std::vector<Quantity> all = quantities(d);
    for (const char* name : {"1S0", "3S1"}) {
      const LowEnergy low = force->low_energy(block_of(wave(name)));
      all.push_back({fmt::format("scattering_length_{}", name), fmt::format("a({})", name), "fm", low.a, 4});
      all.push_back({fmt::format("effective_range_{}", name), fmt::format("r({})", name), "fm", low.r, 4});
    }
    context.save_input(out_);
    const std::filesystem::path folder = out_;
    TextRows shown, file;
    nlohmann::json json;
    for (const Quantity& q : all) {
      const std::string number = fmt::format("{:.{}f}", q.value, q.decimals);
      shown.push_back({q.symbol, number, q.unit});
      file.push_back({q.name, number, q.unit});
      json[q.name] = q.value;
    }
    write_atomically(folder / "deuteron.csv", csv_text({force->title()}, {"quantity", "value", "unit"}, file));
    write_atomically(folder / "wave.csv", wave_csv(force->title(), d));
    json["force"] = force->title();
    json["wave"] = (folder / "wave.csv").string();
    context.terminal.result(
        text_table({force->title(), "value", "unit"}, shown) + "wave functions: " + json["wave"].get<std::string>(),
        json);
    return Outcome::done;
  }

 private:
  ForceOptions force_;
  std::string out_ = "deuteron";
};

}  // namespace

std::unique_ptr<Verb> nuclear_deuteron_verb() { return std::make_unique<DeuteronVerb>(); }

}  // namespace orogen
