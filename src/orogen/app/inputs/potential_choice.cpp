#include "orogen/app/inputs/potential_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "orogen/app/inputs/potential_kinds.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/sha256.hpp"
#include "orogen/base/options/nearest_name.hpp"
#include "orogen/potential/sum_potential.hpp"

namespace orogen {
namespace {

/// "a model file, xtb:gfn2, … or command (a program of yours)".
std::string meanings() {
  std::string text;
  const auto& kinds = potential_kinds();
  for (std::size_t k = 0; k < kinds.size(); ++k)
    text += (k == 0 ? "" : k + 1 < kinds.size() ? ", " : " or ") + kinds[k].meaning;
  return text;
}

[[noreturn]] void refuse(const std::string& potential, const std::string& term) {
  if (const auto model = std::filesystem::path(term) / "model.safetensors"; std::filesystem::exists(model))
    throw InputError(fmt::format("potential = \"{}\": is a folder; its model is {}", term, model.string()));
  std::vector<std::string> names;
  for (const PotentialKind& kind : potential_kinds()) names.push_back(kind.learned() ? "MODEL.safetensors" : kind.name);
  throw InputError(fmt::format("potential = \"{}\": no such potential{}{}", potential,
                               term == potential ? "" : " as \"" + term + "\"", suggestion(term, names)));
}

}  // namespace

void describe(OptionTable& table, PotentialOptions& o) {
  table
      .add("potential", o.potential, "",
           "what gives energies and forces: " + meanings() + "; several, added up, are joined by +")
      .must();
  table.add("precision", o.precision, "", "arithmetic of a learned potential; empty takes the one it was trained for")
      .one_of({"float32", "float64"});
  table.add("skin", o.skin, "Å", "a learned potential's neighbour list reaches this far beyond its cut-off")
      .range(0, 5);
  table.add("xtb.charge", o.charge, "e", "total charge of the system").range(-100, 100);
  table.add("xtb.unpaired", o.unpaired, "", "number of unpaired electrons").range(0, 100);
  table.add("xtb.accuracy", o.accuracy, "", "factor on the thresholds of the self-consistent field; smaller is tighter")
      .range(1e-4, 1000);
  table.add("xtb.electronic_temperature", o.electronic_temperature, "K", "temperature of the Fermi smearing")
      .range(0, 1e5);
  table.add("command", o.command, "",
            "program for potential = command: {in} and {out} stand for extended XYZ files to read and to write");
  table.add("ipi.address", o.address, "",
            "where potential = ipi awaits its clients: HOST:PORT, or unix:NAME for the file /tmp/ipi_NAME");
  table.add("ipi.wait", o.wait, "s", "time without any client after which potential = ipi gives up").range(0, 1e7);
  table.add("oracle.timeout", o.timeout, "s", "longest time for one answer of a client or a command").range(0.01, 1e7);
  table.add("oracle.attempts", o.attempts, "", "clients or runs of the command that are tried for one structure")
      .range(1, 100);
  table.add("oracle.parallel", o.parallel, "", "runs of the command at a time").range(1, 4096);
  table.add("oracle.scratch", o.scratch, "",
            "folder for the command's folders, which failed runs leave behind; empty = the system's temporary folder");
}

bool is_learned(const PotentialOptions& o) {
  const PotentialKind* kind = potential_kind(o.potential);
  return kind && kind->learned() && potential_terms(o.potential).size() == 1;
}

PotentialChoice::PotentialChoice(PotentialOptions options) : options_(std::move(options)) {
  for (const std::string& name : potential_terms(options_.potential)) {
    const PotentialKind* kind = potential_kind(name);
    if (!kind) refuse(options_.potential, name);
    terms_.push_back({kind, name, kind->learned() ? std::make_shared<const Model>(read_model(name)) : nullptr});
  }
}

std::vector<std::shared_ptr<const Model>> PotentialChoice::models() const {
  std::vector<std::shared_ptr<const Model>> models;
  for (const Term& term : terms_)
    if (term.model) models.push_back(term.model);
  return models;
}

bool PotentialChoice::may_fork() const {
  return !learned() && std::none_of(terms_.begin(), terms_.end(), [](const Term& t) { return t.kind->outside; });
}

std::unique_ptr<Potential> PotentialChoice::make(int threads, ProgressSink& progress, const Structure* start) const {
  std::vector<std::unique_ptr<Potential>> made;
  for (const Term& term : terms_)
    made.push_back(term.kind->make({options_, term.model.get(), threads, progress, start}));
  if (made.size() == 1) return std::move(made[0]);
  return std::make_unique<SumPotential>(std::move(made));
}

std::vector<PotentialChoice::Input> PotentialChoice::record() const {
  PotentialOptions options;
  OptionTable table;
  describe(table, options);  // with the defaults as fallbacks
  options = options_;
  std::vector<Input> record{{"potential", options_.potential}};
  std::string digests;
  for (const Term& term : terms_)
    if (term.model) digests += sha256_hex(read_file(term.name));
  record.push_back({"potential (SHA-256)", models().size() > 1 ? sha256_hex(digests) : digests});
  // These stand in every record, so that records of earlier versions compare.
  for (const char* key : {"precision", "xtb.charge", "xtb.unpaired", "xtb.accuracy", "xtb.electronic_temperature"})
    record.push_back({key, OptionTable::value(*table.find(key))});
  for (const Term& term : terms_)
    for (const std::string& key : term.kind->record)
      record.push_back({key, OptionTable::value(*table.find(key)), table.find(key)->fallback});
  return record;
}

std::string PotentialChoice::identity() const {
  std::string text;
  for (const Term& term : terms_) {
    text += (text.empty() ? "" : " + ") + term.name;
    if (term.model) text += " SHA-256 " + sha256_hex(read_file(term.name));
  }
  return text;
}

std::unique_ptr<Potential> make_potential(const PotentialOptions& o, int threads, ProgressSink& progress,
                                          const Structure* start) {
  return PotentialChoice(o).make(threads, progress, start);
}

}  // namespace orogen
