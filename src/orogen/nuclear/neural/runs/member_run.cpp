#include "orogen/nuclear/neural/runs/member_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/neural/runs/run_record.hpp"

namespace orogen::nuclear {
namespace {

namespace fs = std::filesystem;

/// Counts the steps of all calls of one stage; the deuteron, which follows on the phases in some forms, is a stage of
/// its own.
class StageProgress final : public ProgressSink {
 public:
  StageProgress(ProgressSink& to, std::string who, std::string stage, int total)
      : to_(to), who_(std::move(who)), stage_(std::move(stage)), total_(total) {}
  void update(std::string_view part, double done, double total, std::string_view line) override {
    if (part == "deuteron") return to_.update(who_ + "deuteron", done, total, line);
    to_.update(who_ + stage_, first_ + done, total_, line);
  }
  void message(Level level, std::string_view text) override { to_.message(level, text); }
  bool stop_requested() const override { return to_.stop_requested(); }
  void next(int done) { first_ += done; }

 private:
  ProgressSink& to_;
  std::string who_, stage_;
  int total_, first_ = 0;
};

MemberRecord record_of(const FitNotes& notes, const std::string& file) {
  const std::string& text = entry(notes, "state", file);
  const auto end = gauss_newton_end(text);
  if (!end) throw InputError(fmt::format("{}: state = \"{}\" in its header is unknown; {}", file, text, ways_on));
  return {steps_in(notes, "steps", file), number_in(notes, "objective", file), *end};
}

}  // namespace

MemberRun::MemberRun(const FitForm& form, const RunInputs& inputs, Limits limits, int threads, ProgressSink& progress)
    : form_(form), inputs_(inputs), limits_(std::move(limits)), threads_(threads), progress_(progress) {}

std::optional<MemberRecord> MemberRun::earlier(const MemberTask& task) const {
  if (!fs::exists(task.file)) return {};
  const std::string file = task.file.string();
  try {
    const FitNotes there = form_.notes(task.file);
    require_same_inputs(inputs_, there, file);
    return record_of(there, file);
  } catch (const InputError& problem) {
    const std::string said = problem.what();
    throw InputError(said.ends_with(ways_on) ? said : fmt::format("{}; {}", said, ways_on));
  }
}

MemberRun::Progress MemberRun::learn(const MemberTask& task) const {
  const std::optional<MemberRecord> before = earlier(task);
  if (before) {
    progress_.message(Level::note, fmt::format("{}going on after {} steps on the data", task.who, before->steps));
    const bool ended = before->steps > 0 && before->end != GaussNewtonEnd::no_more_steps;
    if (before->steps >= limits_.steps || ended) return {true, before->steps};
  }
  ThreadPool threads(threads_);
  const auto fit = form_.member(before ? std::optional(task.file) : std::nullopt, task.seed, task.train, threads);
  if (!before) {
    StageProgress progress(progress_, task.who, "phases", limits_.phase_steps);
    const auto r = fit->begin(limits_.phase_steps, &progress);
    if (r.end == GaussNewtonEnd::stopped) return {false, 0};  // the phases take a minute: nothing is saved
    save(task, *fit, 0, r);
  }
  return descend(task, *fit, before ? before->steps : 0);
}

/// A few steps at a time, saved after each, so that a run that is killed goes on with the same numbers; for the same
/// reason a part that was interrupted begins again.
MemberRun::Progress MemberRun::descend(const MemberTask& task, MemberFit& one, int done) const {
  const int part = form_.options().restart;
  StageProgress progress(progress_, task.who, "data", limits_.steps);
  progress.next(done);
  while (done < limits_.steps) {
    const int wanted = std::min(part - done % part, limits_.steps - done);
    const auto r = one.fit().fit_data(form_.known(), wanted, &progress);
    if (r.end == GaussNewtonEnd::stopped) return {false, done};
    done += r.steps;
    progress.next(r.steps);
    save(task, one, done, r);
    if (r.end != GaussNewtonEnd::no_more_steps) break;
  }
  return {true, done};
}

void MemberRun::save(const MemberTask& task, MemberFit& one, int steps, const GaussNewtonResult& r) const {
  FitNotes notes;
  inputs_.put(notes, inputs_prefix);
  notes.insert({{"data", limits_.data},
                {"member", std::to_string(task.number)},
                {"steps", std::to_string(steps)},
                {"objective", fmt::format("{:.6f}", r.objective)},
                {"state", text(r.end)}});
  one.save(notes, task.file);
}

}  // namespace orogen::nuclear
