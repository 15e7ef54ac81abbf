#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "orogen/app/inputs/potential_choice.hpp"
#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/sha256.hpp"
#include "orogen/oracle/label/label_frames.hpp"
#include "orogen/system/files/extxyz.hpp"

namespace orogen {
namespace {

using Json = nlohmann::json;

/// What the answers depend on, with values as JSON texts; a run may go on only where nothing of it changed.
RunInputs inputs_of(const std::vector<std::string>& data, const LabelOptions& o, const PotentialOptions& p) {
  RunInputs inputs;
  const auto add = [&](const char* key, const Json& value) { inputs.add(key, value.dump()); };
  inputs.add("data (SHA-256)", Json(digest_of_files(data)).dump());
  add("potential", p.potential);
  add("potential (SHA-256)", is_learned(p) ? sha256_hex(read_file(p.potential)) : "");
  add("precision", p.precision);
  add("xtb.charge", double(p.charge));
  add("xtb.unpaired", p.unpaired);
  add("xtb.accuracy", p.accuracy);
  add("xtb.electronic_temperature", p.electronic_temperature);
  inputs.add("stress", Json(o.stress).dump(), "true");
  inputs.add("command", Json(p.potential == "command" ? p.command : "").dump(), "\"\"");
  return inputs;
}

std::vector<Frame> read_frames(const std::vector<std::string>& files) {
  std::vector<Frame> frames;
  for (const auto& file : files)
    for (auto& frame : read_extxyz(file)) frames.push_back(std::move(frame));
  return frames;
}

class LabelVerb : public Verb {
 public:
  std::string name() const override { return "label"; }
  std::string summary() const override {
    return "compute energies and forces of structures with a quantum code, to learn from";
  }
  std::string example() const override { return "orogen label frames.xyz potential=xtb:gfn2 out=labels"; }
  std::vector<std::string> file_keys() const override { return {"data"}; }

  void describe(OptionTable& table) override {
    table.add("data", data_, "", "extended XYZ files with the structures").must();
    table.add("out", options_.out, "", "folder for labelled.xyz, failed.xyz and input.toml");
    table.add("resume", options_.resume, "", "go on where an earlier run ended; false starts over");
    table.add("stress", options_.stress, "",
              "ask for the stress of frames that are periodic in three directions; false for codes that give none");
    orogen::describe(table, potential_);
  }

  Outcome run(const Context& context) override {
    const bool learned = is_learned(potential_);
    const auto potential = make_potential(potential_, learned ? context.threads : 1, context.terminal);
    options_.processes = learned ? 1 : context.threads;  // a learned potential has threads of its own
    const auto frames = read_frames(data_);
    const auto counts =
        label_frames(*potential, frames, inputs_of(data_, options_, potential_), options_, context.terminal);
    context.save_input(options_.out);
    const LabelFiles files(options_.out);
    if (counts.failed > 0)
      context.terminal.message(
          Level::warning,
          fmt::format("{} of {} frames got no labels; they are in {}{}", counts.failed, counts.total,
                      files.failed.string(), counts.first_error.empty() ? "" : "; the first: " + counts.first_error));
    if (counts.complete() && counts.labelled == 0) throw NumericalError("no frame could be labelled");
    const auto& file = counts.complete() ? files.labelled : files.partial;
    context.terminal.result(fmt::format("{} of {} frames labelled, {} failed: {}", counts.labelled, counts.total,
                                        counts.failed, file.string()),
                            {{"labelled", counts.labelled},
                             {"failed", counts.failed},
                             {"total", counts.total},
                             {"complete", counts.complete()},
                             {"file", file.string()}});
    return counts.complete() ? Outcome::done : Outcome::interrupted;
  }

 private:
  std::vector<std::string> data_;
  PotentialOptions potential_;
  LabelOptions options_;
};

}  // namespace

std::unique_ptr<Verb> label_verb() { return std::make_unique<LabelVerb>(); }

}  // namespace orogen
