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

/// A value as JSON text; the charge is a number with a point, as in records of earlier versions.
std::string json_text(const std::string& key, const OptionValue& value) {
  return std::visit(
      [&](const auto& v) {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::int64_t>)
          if (key == "xtb.charge") return Json(double(v)).dump();
        return Json(v).dump();
      },
      value);
}

/// What the answers depend on, with values as JSON texts; a run may go on only where nothing of it changed.
RunInputs inputs_of(const std::vector<std::string>& data, const LabelOptions& o, const PotentialChoice& potential) {
  RunInputs inputs;
  inputs.add("data (SHA-256)", Json(digest_of_files(data)).dump());
  for (const auto& [key, value, fallback] : potential.record())
    if (fallback)
      inputs.add(key, json_text(key, value), json_text(key, *fallback));
    else
      inputs.add(key, json_text(key, value));
  inputs.add("stress", Json(o.stress).dump(), "true");
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
    const PotentialChoice choice(potential_);
    const auto potential = choice.make(choice.learned() ? context.threads : 1, context.terminal);
    options_.processes = choice.may_fork() ? context.threads : 1;
    const auto frames = read_frames(data_);
    const auto counts =
        label_frames(*potential, frames, inputs_of(data_, options_, choice), options_, context.terminal);
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
