#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "orogen/app/inputs/training_data.hpp"
#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/system/files/extxyz.hpp"

namespace orogen {
namespace {

bool speaks_of(const std::string& key, std::initializer_list<const char*> letters) {
  std::string small(key);
  std::transform(small.begin(), small.end(), small.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return std::any_of(letters.begin(), letters.end(), [&](const char* c) { return small.find(c) != small.npos; });
}

/// A file may come without labels; labels that are zero throughout, or absent while a key that was not taken resembles
/// them, are a mistake. The letters are what is left of a mistyped name.
WantedLabels broken_labels(const Census& c) {
  const auto broken = [&](const LabelCoverage& label, std::initializer_list<const char*> letters) {
    const auto& keys = c.keys.passed_over;
    const auto resembles = [&](const auto& entry) { return speaks_of(entry.first, letters); };
    return label.all_zero() || (label.frames == 0 && std::any_of(keys.begin(), keys.end(), resembles));
  };
  return {broken(c.energy, {"ener", "erg", "gy", "etot", "toten"}), broken(c.forces, {"for", "rce", "ces", "grad"}),
          broken(c.stress, {"str", "ess", "vir", "ial"})};
}

class CheckVerb : public Verb {
 public:
  std::string name() const override { return "check"; }
  std::string summary() const override {
    return "census of a data set: labels, ranges, duplicates, outliers, suspicious units";
  }
  std::string example() const override { return "orogen check train.xyz"; }
  std::vector<std::string> file_keys() const override { return {"data"}; }

  void describe(OptionTable& table) override {
    table.add("data", data_, "", "extended XYZ files").must();
    table.add("out", out_, "", "folder for census.json and input.toml; empty writes none");
    table.add("energy_key", keys_.energy, "", "key of the energy; empty = the usual names in the documented order");
    table.add("forces_key", keys_.forces, "", "column of the forces; empty = the usual names");
    table.add("stress_key", keys_.stress, "", "key of the stress or virial; empty = the usual names");
    table.add("reference_energies", references_, "eV", "energies of single atoms as \"H:-13.6\" texts");
    table.add("outlier_score", options_.outlier_score, "", "robust z-score from which an energy is an outlier")
        .range(1, 1e6);
  }

  Outcome run(const Context& context) override {
    options_.reference_energies = parse_reference_energies(references_);
    std::vector<Frame> frames;
    for (const std::string& path : data_) {
      auto part = read_extxyz(path, keys_, &options_.keys);
      frames.insert(frames.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
      context.terminal.update("read", double(frames.size()), 0, "frames");
    }
    const Census census = take_census(frames, options_);
    const auto json = to_json(census);
    if (!out_.empty()) {
      context.save_input(out_);
      write_atomically(std::filesystem::path(out_) / "census.json",
                       json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
    }
    context.terminal.result(text(census), json);
    refuse_unusable(census, broken_labels(census));
    return Outcome::done;
  }

 private:
  std::vector<std::string> data_, references_;
  std::string out_;
  KeyChoice keys_;
  CensusOptions options_;
};

}  // namespace

std::unique_ptr<Verb> check_verb() { return std::make_unique<CheckVerb>(); }

}  // namespace orogen
