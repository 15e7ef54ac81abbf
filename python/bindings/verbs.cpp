// The verbs of the command line as functions: the same options, the answer as JSON, progress and Ctrl-C through Python.
#include <fmt/format.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "orogen/app/options/idle_options.hpp"
#include "orogen/app/verbs/verb.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/options/nearest_name.hpp"
#include "orogen/base/parallel/threads.hpp"
#include "python/bindings/parts.hpp"

namespace nb = nanobind;

namespace orogen::python {
namespace {

/// Hands progress and messages to Python. What a callback raises, Ctrl-C included, ends the run at its next safe point
/// (training writes its checkpoint first) and is raised again afterwards: it does not travel through code that
/// computes.
class PythonSink : public AnswerSink {
 public:
  PythonSink(nb::object progress, nb::object message) : progress_(std::move(progress)), message_(std::move(message)) {}

  void update(std::string_view stage, double done, double total, std::string_view line) override {
    const auto now = std::chrono::steady_clock::now();
    const bool last = total > 0 && done >= total;
    if (!last && now - shown_ < std::chrono::milliseconds(100)) return;
    shown_ = now;
    ask([&] {
      if (PyErr_CheckSignals() != 0) throw nb::python_error();
      if (!progress_.is_none()) progress_(text(stage), done, total, text(line));
    });
  }
  void message(Level level, std::string_view words) override {
    ask([&] { message_(level == Level::warning, text(words)); });
  }
  bool stop_requested() const override { return bool(raised_); }
  void result(std::string_view words, const nlohmann::json& json) override {
    answer_ = json.is_null() ? nlohmann::json{{"text", words}} : json;
    if (answer_.is_object()) answer_["text"] = words;
  }

  /// JSON; raises what a callback raised.
  std::string answer() const {
    if (raised_) std::rethrow_exception(raised_);
    return answer_.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }

 private:
  static nb::str text(std::string_view words) { return nb::str(words.data(), words.size()); }
  template <class Question> void ask(Question question) {
    if (raised_) return;
    const nb::gil_scoped_acquire locked;
    try {
      question();
    } catch (...) {
      raised_ = std::current_exception();
    }
  }

  nb::object progress_, message_;
  nlohmann::json answer_ = nlohmann::json::object();
  std::exception_ptr raised_;
  std::chrono::steady_clock::time_point shown_;
};

std::unique_ptr<Verb> find_verb(const std::string& name) {
  std::vector<std::string> names;
  for (auto& verb : all_verbs()) {
    if (verb->name() == name) return std::move(verb);
    names.push_back(verb->name());
  }
  throw InputError(fmt::format("unknown verb \"{}\"{}", name, suggestion(name, names)));
}

/// All problems of one call are told together.
void set_all(OptionTable& table, const nb::dict& options, const std::string& where) {
  std::vector<std::string> problems;
  const auto collect = [&](auto step) {
    try {
      step();
    } catch (const InputError& error) {
      problems.push_back(error.what());
    }
  };
  for (const auto& [key, value] : options)
    collect([&] { set_option(table, nb::cast<std::string>(key), value, where); });
  collect([&] { table.require_all(); });
  collect([&] { refuse_idle_potential_options(table); });
  if (!problems.empty()) throw InputError(problems);
}

std::string run_verb(const std::string& name, const nb::dict& options, int threads, nb::object progress,
                     nb::object message) {
  const auto verb = find_verb(name);
  OptionTable table;
  verb->describe(table);
  set_all(table, options, name);
  if (threads < 0 || threads > 4096) throw InputError(fmt::format("threads = {}: expected 0 … 4096", threads));
  PythonSink sink(std::move(progress), std::move(message));
  const Context context{name, table, sink, threads ? threads : default_threads()};
  {
    const nb::gil_scoped_release unlocked;
    verb->run(context);
  }
  return sink.answer();
}

std::string verb_options(const std::string& name) {
  const auto verb = find_verb(name);
  OptionTable table;
  verb->describe(table);
  return fmt::format("{}\n\n{}", verb->summary(), table.help());
}

}  // namespace

void add_verbs(nb::module_& module) {
  module.def("run_verb", run_verb, nb::arg("verb"), nb::arg("options"), nb::arg("threads"), nb::arg("progress").none(),
             nb::arg("message"));
  module.def("verb_options", verb_options, nb::arg("verb"));
}

}  // namespace orogen::python
