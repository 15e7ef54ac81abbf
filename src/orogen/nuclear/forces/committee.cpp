#include "orogen/nuclear/forces/committee.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"

namespace orogen::nuclear {

using nlohmann::json;

namespace {

constexpr const char* version_key = "orogen_committee";
constexpr int version = 1;

double& part(BlockPhases& p, int c) { return c == 1 ? p.epsilon : p.delta[c / 2]; }

}  // namespace

MeanSpread mean_and_spread(std::span<const double> values) {
  const double n = double(values.size());
  MeanSpread m;
  for (const double x : values) m.mean += x / n;
  for (const double x : values) m.spread += (x - m.mean) * (x - m.mean);
  m.spread = n > 1 ? std::sqrt(m.spread / (n - 1)) : 0;
  return m;
}

Committee::Committee(std::vector<std::unique_ptr<TwoNucleonForce>> members) : members_(std::move(members)) {
  title_ = members_.at(0)->title();
  if (size() > 1) title_ += fmt::format(" ({} members)", size());
}

std::vector<PhaseTable> Committee::phases(Pair pair, int most_J, std::span<const double> T_lab) const {
  std::vector<PhaseTable> all;
  for (const auto& m : members_) all.push_back(m->phases(pair, most_J, T_lab));
  return all;
}

PhaseFile mean_phases(const std::vector<PhaseTable>& tables) {
  PhaseFile out;
  out.phases = tables.at(0);
  out.present.assign(3 * out.phases.value.size(), 1);
  out.has_error.assign(out.present.size(), tables.size() > 1);
  out.error.assign(out.present.size(), 0.0);
  std::vector<double> values(tables.size());
  for (std::size_t i = 0; i < out.present.size(); ++i) {
    for (std::size_t m = 0; m < tables.size(); ++m) {
      BlockPhases p = tables[m].value.at(i / 3);
      values[m] = part(p, int(i % 3));
    }
    const MeanSpread found = mean_and_spread(values);
    part(out.phases.value[i / 3], int(i % 3)) = found.mean;
    out.error[i] = found.spread;
  }
  return out;
}

bool is_committee(const std::string& force) { return force.ends_with(".json"); }

void write_committee(const std::filesystem::path& path, const std::vector<std::string>& files) {
  write_atomically(path, json{{version_key, version}, {"members", files}}.dump(1) + "\n");
}

std::vector<std::string> read_committee(const std::filesystem::path& path) {
  const json found = json::parse(read_file(path), nullptr, false);
  if (!found.is_object() || !found.contains(version_key))
    throw InputError(fmt::format("{}: not a list of forces (\"{}\" expected in it)", path.string(), version_key));
  if (found[version_key] != version)
    throw InputError(
        fmt::format("{}: version {} of the format; expected {}", path.string(), found[version_key].dump(), version));
  std::vector<std::string> files;
  const auto members = found.find("members");
  for (const json& m : members != found.end() && members->is_array() ? *members : json::array()) {
    if (!m.is_string()) throw InputError(path.string() + ": members: " + m.dump() + "; expected names of files");
    files.push_back((path.parent_path() / m.get<std::string>()).string());
  }
  if (files.empty()) throw InputError(path.string() + ": lists no members");
  return files;
}

Committee make_committee(const ForceChoice& choice) {
  std::vector<std::unique_ptr<TwoNucleonForce>> members;
  ForceChoice one = choice;
  for (const auto& file : is_committee(choice.force) ? read_committee(choice.force) : std::vector{choice.force}) {
    one.force = file;
    members.push_back(make_force(one));
  }
  return Committee(std::move(members));
}

}  // namespace orogen::nuclear
