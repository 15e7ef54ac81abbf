// A census in words and in JSON.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "orogen/system/elements.hpp"
#include "orogen/train/census/census.hpp"

namespace orogen {
namespace {

std::string elements_text(const std::map<int, long>& elements) {
  std::string out;
  for (const auto& [z, atoms] : elements) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", symbol(z), atoms);
  return out;
}

std::string range_text(const char* name, const char* unit, const Statistic& s, bool with_rms = true) {
  if (s.count == 0) return "";
  std::string out = fmt::format("  {:<26} {:>13.6g} to {:<13.6g} mean {:<12.6g}", name, s.min, s.max, s.mean);
  if (with_rms) out += fmt::format(" rms {:<12.6g}", s.rms);
  return out + unit + "\n";
}

std::string label_text(const char* name, const LabelCoverage& label, const KeysTaken::Counts& keys) {
  std::string out = fmt::format("  {:<8} {:>5.1f} % of frames", name, label.percent);
  for (const auto& [key, count] : keys) out += fmt::format(", {} from {}", count, key);
  if (label.all_zero())
    out += ", ALL ZERO";
  else if (label.zero_frames > 0)
    out += fmt::format(", {} frames all zero", label.zero_frames);
  return out + "\n";
}

std::string reference_text(const char* name, const std::map<int, double>& energies) {
  if (energies.empty()) return "";
  std::string out = fmt::format("  {:<14}", name);
  for (const auto& [z, e] : energies) out += fmt::format(" {} {:.6f}", symbol(z), e);
  return out + "\n";
}

std::string references_text(const CensusReferences& r) {
  if (r.isolated.empty() && r.fitted.empty() && r.given.empty()) return "";
  std::string out = "reference energies [eV]\n";
  out += reference_text("isolated atoms", r.isolated) + reference_text("least squares", r.fitted) +
         reference_text("given", r.given);
  if (!r.fitted.empty())
    out += fmt::format("  rank {} of {}, rms residual {:.4g} eV/atom\n", r.rank, r.fitted.size(), r.residual);
  for (const auto& line : r.undetermined)
    out += fmt::format("  left open by the compositions (smallest solution taken): {}\n", line);
  return out;
}

std::string nearest_text(const std::vector<NearestPair>& nearest) {
  std::string out = nearest.empty() ? "" : "nearest distances [Å]\n ";
  std::size_t shown = 0;
  for (const auto& p : nearest) {
    if (shown == 60) return out + fmt::format("\n  … and {} more pairs\n", nearest.size() - shown);
    if (shown > 0 && shown % 6 == 0) out += "\n ";
    out += fmt::format(" {:<7}{:.3f}  ", fmt::format("{}-{}", symbol(p.a), symbol(p.b)), p.distance);
    ++shown;
  }
  return out + (nearest.empty() ? "" : "\n");
}

std::string duplicates_text(const Duplicates& d) {
  std::string out;
  if (d.same_structure > 0) {
    out += fmt::format("duplicates: {} frames repeat an earlier one", d.same_structure);
    if (d.other_energy > 0) out += fmt::format(", {} of them with another energy", d.other_energy);
    out += fmt::format(" (frame {} = frame {})\n", d.examples[0].second, d.examples[0].first);
  }
  if (d.same_energy > 0) out += fmt::format("identical energies in different structures: {}\n", d.same_energy);
  return out;
}

std::string outliers_text(const Census& c) {
  std::string out;
  for (const auto& o : c.energy_outliers)
    out += fmt::format("outlier: frame {} ({}): {:.4g} eV/atom beyond the references, {:.1f} robust σ\n", o.frame,
                       o.source, o.value, o.score);
  for (std::size_t k = 0; k < c.largest_forces.size() && k < 3; ++k) {
    const auto& o = c.largest_forces[k];
    out += fmt::format("large force: frame {} ({}), atom {}: {:.4g} eV/Å\n", o.frame, o.source, o.atom, o.value);
  }
  return out;
}

nlohmann::json json_of(const Statistic& s) {
  if (s.count == 0) return nullptr;
  return {{"count", s.count}, {"min", s.min}, {"max", s.max}, {"mean", s.mean}, {"rms", s.rms}};
}
nlohmann::json json_of(const LabelCoverage& l, const KeysTaken::Counts& keys) {
  return {{"frames", l.frames}, {"percent", l.percent}, {"zero_frames", l.zero_frames}, {"keys", keys}};
}
nlohmann::json json_of(const std::map<int, double>& energies) {
  auto out = nlohmann::json::object();
  for (const auto& [z, e] : energies) out[std::string(symbol(z))] = e;
  return out;
}
nlohmann::json json_of(const std::vector<Outlier>& outliers) {
  auto out = nlohmann::json::array();
  for (const auto& o : outliers) {
    nlohmann::json one = {{"frame", o.frame}, {"source", o.source}, {"value", o.value}};
    if (o.atom >= 0)
      one["atom"] = o.atom;
    else
      one["score"] = o.score;
    out.push_back(one);
  }
  return out;
}

}  // namespace

std::string text(const Census& c) {
  std::string out = fmt::format("{} frames, {} atoms: {}\n", c.frames, c.atoms, elements_text(c.elements));
  out += fmt::format("  periodic {}, molecules {}, other {}; atoms per frame {:.0f} to {:.0f}, mean {:.1f}\n",
                     c.periodic, c.molecules, c.frames - c.periodic - c.molecules, c.atoms_per_frame.min,
                     c.atoms_per_frame.max, c.atoms_per_frame.mean);
  std::string types;
  for (const auto& [type, frames] : c.config_types)
    types += fmt::format("{}{} {}", types.empty() ? "" : ", ", type, frames);
  out += fmt::format("  config_type: {}\n", types);
  out += "labels\n" + label_text("energy", c.energy, c.keys.energy) + label_text("forces", c.forces, c.keys.forces) +
         label_text("stress", c.stress, c.keys.stress);
  for (const auto& [key, count] : c.keys.passed_over) out += fmt::format("  not taken: {} ({} frames)\n", key, count);
  for (const auto& [column, count] : c.keys.skipped_columns)
    out += fmt::format("  column not read: {} ({} frames)\n", column, count);
  for (const auto& [note, count] : c.keys.notes) out += fmt::format("  note: {} ({} frames)\n", note, count);
  out += "values\n" + range_text("energy per atom", "eV", c.energy_per_atom, false) +
         range_text("beyond references", "eV/atom", c.energy_beyond_references) + range_text("|F|", "eV/Å", c.force) +
         range_text("|ΣF| per frame", "eV/Å", c.net_force) + range_text("pressure", "eV/Å³", c.pressure) +
         range_text("|stress component|", "eV/Å³", c.stress_component);
  out += references_text(c.references) + nearest_text(c.nearest) + duplicates_text(c.duplicates) + outliers_text(c);
  for (const auto& s : c.suspicions)
    out += fmt::format("SUSPECTED: {}\n  because {}\n  remedy: {}\n", s.what, s.reason, s.fix);
  return out;
}

nlohmann::json to_json(const Census& c) {
  auto elements = nlohmann::json::object(), nearest = nlohmann::json::array(), suspicions = nlohmann::json::array();
  for (const auto& [z, atoms] : c.elements) elements[std::string(symbol(z))] = atoms;
  for (const auto& p : c.nearest)
    nearest.push_back({{"pair", {symbol(p.a), symbol(p.b)}}, {"distance", p.distance}, {"frame", p.frame}});
  for (const auto& s : c.suspicions) suspicions.push_back({{"what", s.what}, {"reason", s.reason}, {"fix", s.fix}});
  return {{"frames", c.frames},
          {"atoms", c.atoms},
          {"elements", elements},
          {"config_types", c.config_types},
          {"periodic", c.periodic},
          {"molecules", c.molecules},
          {"atoms_per_frame", json_of(c.atoms_per_frame)},
          {"labels",
           {{"energy", json_of(c.energy, c.keys.energy)},
            {"forces", json_of(c.forces, c.keys.forces)},
            {"stress", json_of(c.stress, c.keys.stress)},
            {"not_taken", c.keys.passed_over},
            {"columns_not_read", c.keys.skipped_columns},
            {"notes", c.keys.notes}}},
          {"energy_per_atom", json_of(c.energy_per_atom)},
          {"energy_beyond_references", json_of(c.energy_beyond_references)},
          {"force", json_of(c.force)},
          {"net_force", json_of(c.net_force)},
          {"pressure", json_of(c.pressure)},
          {"stress_component", json_of(c.stress_component)},
          {"nearest", nearest},
          {"duplicates",
           {{"same_structure", c.duplicates.same_structure},
            {"other_energy", c.duplicates.other_energy},
            {"same_energy", c.duplicates.same_energy},
            {"examples", c.duplicates.examples}}},
          {"energy_outliers", json_of(c.energy_outliers)},
          {"largest_forces", json_of(c.largest_forces)},
          {"reference_energies",
           {{"isolated", json_of(c.references.isolated)},
            {"fitted", json_of(c.references.fitted)},
            {"given", json_of(c.references.given)},
            {"rank", c.references.rank},
            {"undetermined", c.references.undetermined},
            {"residual", c.references.residual}}},
          {"suspicions", suspicions}};
}

}  // namespace orogen
