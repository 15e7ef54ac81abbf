#include "orogen/app/nuclear/reports/fits/phase_fit_report.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "orogen/app/nuclear/reports/text_table.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/nuclear/forces/committee.hpp"

namespace orogen {

using namespace nuclear;

std::string report_phase_fit(const PhaseRun& run, const std::optional<NamedPhases>& reference,
                             const std::filesystem::path& folder, const std::string& input_toml, nlohmann::json& json) {
  const auto forces = run.phases();
  TextRows rows;
  for (const auto& [name, table] : forces)
    for (const auto& [set, some] : {std::pair{"fitted", &run.data().known}, {"kept apart", &run.data().apart}}) {
      const PhaseScore s = score(table, *some);
      if (s.n == 0) continue;
      rows.push_back(
          {name, set, std::to_string(s.n), fmt::format("{:.3f}", s.rms()), fmt::format("{:.3f}", s.per_datum())});
      json[set][name] = {{"data", s.n}, {"rms_deg", s.rms()}, {"chi2_per_datum", s.per_datum()}};
    }
  const std::optional<double> energy = run.deuteron_energy();
  if (energy) json["deuteron_energy_MeV"] = *energy;
  write_phases(folder / "phases.csv", forces[0].second);
  std::vector<NamedPhases> shown;
  for (const auto& [name, table] : forces) shown.push_back({name, mean_phases({table})});
  const std::filesystem::path page = folder / "report.html";
  write_atomically(page, phase_page(run.title(), shown, reference, input_toml));
  json["report"] = page.string();
  return text_table({run.title(), "phases", "data", "rms [°]", "χ²/N"}, rows) +
         (energy ? fmt::format("deuteron {:.6f} MeV", *energy) : "the deuteron is not bound") +
         fmt::format("\nforce: {}\nreport: {}", json["force"].get<std::string>(), page.string());
}

}  // namespace orogen
