#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "orogen/app/frames/label_frames.hpp"
#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

class LabelVerb : public Verb {
 public:
  std::string name() const override { return "label"; }
  std::string summary() const override {
    return "compute energies and forces of structures with a quantum code, to learn from";
  }
  std::string example() const override { return "orogen label frames.xyz potential=xtb:gfn2 out=labels"; }
  std::vector<std::string> file_keys() const override { return {"data"}; }

  void describe(OptionTable& table) override {
    table.add("data", options_.data, "", "extended XYZ files with the structures").must();
    table.add("out", options_.out, "", "folder for labelled.xyz, failed.xyz and input.toml");
    table.add("resume", options_.resume, "", "go on where an earlier run ended; false starts over");
    table.add("stress", options_.stress, "",
              "ask for the stress of frames that are periodic in three directions; false for codes that give none");
    orogen::describe(table, options_.potential);
  }

  Outcome run(const Context& context) override {
    const auto counts = label_frames(options_, context.threads, context.terminal);
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
  LabelOptions options_;
};

}  // namespace

std::unique_ptr<Verb> label_verb() { return std::make_unique<LabelVerb>(); }

}  // namespace orogen
