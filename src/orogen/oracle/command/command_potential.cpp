#include "orogen/oracle/command/command_potential.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <list>
#include <thread>

#include "orogen/base/net/socket.hpp"
#include "orogen/oracle/command/child_process.hpp"
#include "orogen/oracle/command/command_answer.hpp"
#include "orogen/oracle/command/command_words.hpp"
#include "orogen/system/files/extxyz.hpp"

namespace orogen {
namespace {

namespace fs = std::filesystem;
constexpr double ending_seconds = 3;  ///< between asking a program to end and killing it
constexpr int shown_lines = 20;

fs::path new_folder(const fs::path& parent) {
  fs::create_directories(parent);
  std::string path = (fs::absolute(parent) / "orogen-command-XXXXXX").string();
  if (!::mkdtemp(path.data()))
    throw InputError(
        fmt::format("cannot make a folder in {} for the command's runs; set oracle.scratch", parent.string()));
  return path;
}

void write_structure(const fs::path& file, const Structure& structure) {
  Frame frame;
  frame.structure = structure;
  ExtxyzWriter writer(file.string());
  writer.write(frame);
  writer.close();
}

struct Run {
  std::size_t slot;
  fs::path folder;
  Deadline deadline;
  std::optional<ChildProcess> process = {};

  fs::path in() const { return folder / "in.xyz"; }
  fs::path out() const { return folder / "out.xyz"; }
  fs::path log() const { return folder / "output.log"; }
};

}  // namespace

const char* text(CommandFailure failure) {
  switch (failure) {
    case CommandFailure::not_started:
      return "could not be started";
    case CommandFailure::exit_code:
      return "ended badly";
    case CommandFailure::timed_out:
      return "took too long";
    case CommandFailure::no_output:
      return "wrote no answer";
    case CommandFailure::unreadable:
      return "wrote something unreadable";
    case CommandFailure::not_finite:
      return "wrote a number that is not finite";
    case CommandFailure::missing_label:
      return "left out a label";
    case CommandFailure::other_atoms:
      return "answered for other atoms";
    case CommandFailure::unconverged:
      return "did not converge";
  }
  return "";
}

bool may_pass(CommandFailure failure) {
  return failure == CommandFailure::not_started || failure == CommandFailure::exit_code ||
         failure == CommandFailure::timed_out || failure == CommandFailure::no_output ||
         failure == CommandFailure::unreadable;
}

/// One batch under way.
struct CommandPotential::Session {
  const CommandOptions& options;
  const std::vector<std::string>& words;
  ProgressSink* progress;
  std::span<const Structure> structures;
  Want want;
  const Deliver& deliver;
  WorkList work;
  std::list<Run> runs = {};
  bool ended = false;

  /// Folders of runs that were cut off hold nothing to learn from.
  ~Session() {
    for (Run& run : runs) {
      run.process.reset();
      std::error_code ignored;
      fs::remove_all(run.folder, ignored);
    }
  }

  void compute() {
    while (!work.all_done() && !ended && !(progress && progress->stop_requested())) {
      start();
      bool idle = true;
      for (auto run = runs.begin(); run != runs.end();) {
        const auto here = run++;
        if (look_at(*here)) runs.erase(here), idle = false;
      }
      if (idle) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }

  void start() {
    while (int(runs.size()) < options.parallel) {
      const auto slot = work.take();
      if (!slot) return;
      const fs::path scratch = options.scratch.empty() ? fs::temp_directory_path() : fs::path(options.scratch);
      runs.push_back({*slot, new_folder(scratch), after(options.timeout)});
      Run& run = runs.back();
      write_structure(run.in(), structures[*slot]);
      try {
        run.process.emplace(filled(words, run.in().string(), run.out().string()), run.folder, run.log());
      } catch (const NumericalError& error) {
        fail(run, {CommandFailure::not_started, error.what()});
        runs.pop_back();
      }
    }
  }

  /// True when the run is over.
  bool look_at(Run& run) {
    try {
      if (const auto how = run.process->ended()) {
        finish(run, *how);
        return true;
      }
      if (std::chrono::steady_clock::now() < run.deadline) return false;
      run.process->end(ending_seconds);
      throw CommandError(CommandFailure::timed_out, fmt::format("it was ended after {} s", options.timeout));
    } catch (const CommandError& error) {
      fail(run, error);
      return true;
    }
  }

  void finish(const Run& run, const std::string& how) {
    if (!how.empty()) throw CommandError(CommandFailure::exit_code, how);
    const Evaluation answer = read_command_answer(run.out(), structures[run.slot], want);
    std::error_code ignored;
    fs::remove_all(run.folder, ignored);
    settle(run.slot, answer, "");
  }

  void fail(const Run& run, const CommandError& error) {
    const int made = work.attempts_made(run.slot);
    const std::string problem = fmt::format(
        "{}: attempt {} of {}: the command {}: {}\nits folder is kept: {}\nthe last lines that it printed:{}",
        name_of(run.slot, structures[run.slot]), made, options.attempts, text(error.kind), error.what(),
        run.folder.string(), last_lines(run.log(), shown_lines));
    if (may_pass(error.kind) && work.retry(run.slot)) {
      if (progress) progress->message(Level::warning, problem);
    } else {
      settle(run.slot, {}, problem);
    }
  }

  void settle(std::size_t slot, const Evaluation& answer, const std::string& problem) {
    work.finish(slot);
    if (!ended && !deliver(slot, answer, problem)) ended = true;
  }
};

CommandPotential::CommandPotential(const CommandOptions& options, ProgressSink* progress)
    : options_(options), words_(command_words(options.command, fs::current_path())), progress_(progress) {}

CommandPotential::~CommandPotential() = default;

void CommandPotential::evaluate_each(std::span<const Structure> structures, Want want, const Deliver& deliver) {
  const auto window = std::size_t(4 * std::max(1, options_.parallel));
  Session{
      options_, words_, progress_, structures, want, deliver, WorkList(structures.size(), options_.attempts, window)}
      .compute();
}

}  // namespace orogen
