#include "orogen/nuclear/neural/forces/short_range_force.hpp"

#include "orogen/nuclear/neural/forces/force_file.hpp"

namespace orogen::nuclear {
namespace {

using nlohmann::json;

json of(const NeuralMomentumOptions& o) {
  json names = json::array();
  for (int f = 0; f < short_range_functions(o.order); ++f) names.push_back(name(ShortRange(f)));
  return {{"kind", "neural short range"},
          {"order", o.order},
          {"width", o.width},
          {"breakdown", o.breakdown},
          {"natural", o.natural},
          {"cutoff", o.regulator.cutoff},
          {"power", o.regulator.power},
          {"points", o.points},
          {"seed", o.seed},
          {"functions", names}};
}

ShortRangeForce force_from(const json& j) {
  const json &pions = j.at("terms").at(0), &charge = j.at("terms").at(1), &net = j.at("terms").at(2);
  ShortRangeForce f{j.at("title"), pions.at("order"), pions.at("cutoff"), charge.at("pp"), charge.at("nn"), {}, {}, {}};
  f.network = {net.at("order"),
               net.at("width"),
               net.at("breakdown"),
               net.at("natural"),
               Regulator{net.at("cutoff"), net.at("power")},
               net.at("points"),
               net.at("seed")};
  f.fit = j.at("fit").get<std::map<std::string, std::string>>();
  return f;
}

}  // namespace

ChiralForm form(const ShortRangeForce& f) { return emn_form(f.order, f.cutoff); }

MomentumInteraction interaction(const ShortRangeForce& f) {
  const ChiralForm pions = form(f);
  MomentumInteraction sum = chiral_pions(pions);
  sum.title = f.title;
  std::vector<double> contacts(contact_names(pions.contacts.order).size(), 0.0);
  contacts[1] = f.pp, contacts[2] = f.nn;  // Ct_1S0pp, Ct_1S0nn
  sum += std::make_unique<Contacts>(pions.constants, pions.contacts, contacts);
  auto learned = std::make_unique<NeuralMomentumTerm>(f.network, pions.constants);
  if (!f.theta.empty()) learned->set_parameters(f.theta);
  sum += std::move(learned);
  return sum;
}

void save(const ShortRangeForce& f, const std::filesystem::path& path) {
  const json pions = {{"kind", "chiral pions"}, {"family", "emn"}, {"order", f.order}, {"cutoff", f.cutoff}};
  const json charge = {{"kind", "charge dependence of 1S0"}, {"pp", f.pp}, {"nn", f.nn}};
  write_force_file(path,
                   {{"form", "momentum"},
                    {"title", f.title},
                    {"units", "MeV"},
                    {"terms", json::array({pions, charge, of(f.network)})},
                    {"fit", f.fit}},
                   f.theta);
}

bool is_in_momentum_space(const std::filesystem::path& path) {
  return read_force_file(path, "").description.value("form", "local") == "momentum";
}

ShortRangeForce load_short_range_force(const std::filesystem::path& path) {
  ForceFile file = read_force_file(path, "momentum");
  ShortRangeForce force = described(path, [&] { return force_from(file.description); });
  force.theta = std::move(file.theta);
  interaction(force);  // refuses parameters that do not fit
  return force;
}

}  // namespace orogen::nuclear
