#include "orogen/app/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "orogen/app/options/help_text.hpp"
#include "orogen/app/options/idle_options.hpp"
#include "orogen/app/options/input_file.hpp"
#include "orogen/app/terminal/signals.hpp"
#include "orogen/app/terminal/terminal.hpp"
#include "orogen/app/verbs/verb.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/options/nearest_name.hpp"
#include "orogen/base/parallel/ranks.hpp"
#include "orogen/base/parallel/threads.hpp"

namespace orogen {
namespace {

using Verbs = std::vector<std::unique_ptr<Verb>>;
constexpr const char* command_line = "command line";

/// The command line before its words are given a meaning.
struct Request {
  std::string verb;
  std::vector<std::string> words;
  bool quiet = false, json = false, help = false, version = false, markdown = false;
  int threads = default_threads();
};

bool is_group(const std::string& word, const Verbs& verbs) {
  return !word.empty() &&
         std::any_of(verbs.begin(), verbs.end(), [&](const auto& v) { return group_of(v->name()) == word; });
}

/// The first word of the command line must be a verb, or a group whose verb the second one is.
void check_verb_name(const std::vector<std::string>& words, const Verbs& verbs) {
  const bool group = is_group(words[0], verbs);
  if (group && (words.size() < 2 || words[1].starts_with('-'))) return;
  const std::string name = group ? words[0] + " " + words[1] : words[0];
  std::vector<std::string> names;
  for (const auto& verb : verbs)
    if (!group || group_of(verb->name()) == words[0]) names.push_back(verb->name());
  if (!group) names.push_back("options");
  if (std::find(names.begin(), names.end(), name) == names.end())
    throw InputError(fmt::format("unknown verb \"{}\"{}", name, suggestion(name, names)));
}

Request parse(int argc, char** argv, const Verbs& verbs) {
  Request request;
  CLI::App app;
  app.set_help_flag();
  app.allow_windows_style_options(false);
  app.add_flag("--quiet", request.quiet);
  app.add_flag("--json", request.json);
  app.add_flag("-h,--help", request.help);
  app.add_flag("--version", request.version);
  app.add_option("--threads", request.threads)->check(CLI::Range(1, 4096));
  const auto subcommand = [](CLI::App& parent, const std::string& name) {
    CLI::App* sub = parent.add_subcommand(name)->fallthrough();
    sub->set_help_flag();
    return sub;
  };
  std::map<std::string, CLI::App*> groups{{"", &app}};
  const auto add = [&](const std::string& name) {
    const std::string group = group_of(name);
    if (!groups.count(group)) groups[group] = subcommand(app, group);
    CLI::App* sub = subcommand(*groups[group], group.empty() ? name : name.substr(group.size() + 1));
    sub->add_option("words", request.words);
    sub->callback([&request, name] { request.verb = name; });
    return sub;
  };
  for (const auto& verb : verbs) add(verb->name());
  add("options")->add_flag("--markdown", request.markdown);
  const auto first = std::find_if(argv + 1, argv + argc, [](const char* word) { return word[0] != '-'; });
  if (first == argv + 1 && argc > 1) check_verb_name({first, argv + argc}, verbs);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    throw InputError(fmt::format("{}: {}; see orogen --help", command_line, error.what()));
  }
  if (request.verb.empty() && first != argv + argc && is_group(*first, verbs)) request.verb = *first;
  return request;
}

/// key=value, as against a file whose name holds a "=" (write ./a=b.xyz for such a one).
bool is_assignment(const std::string& word) {
  const auto equals = word.find('=');
  return equals != std::string::npos && equals > 0 &&
         std::all_of(word.begin(), word.begin() + long(equals),
                     [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '.' || c == '-'; });
}

/// Gives the words of the command line their meaning: input file, files, assignments.
class Input {
 public:
  Input(Verb& verb, OptionTable& table) : verb_(verb), table_(table) {}

  void read(const std::vector<std::string>& words) {
    std::vector<std::string> files, assignments;
    std::optional<std::string> input;
    for (const auto& word : words) {
      if (is_assignment(word))
        assignments.push_back(word);
      else if (word.ends_with(".toml") && !input)
        input = word;
      else
        files.push_back(word);
    }
    if (input) read_input_file(*input, table_, problems_);
    take_files(files);
    for (const auto& text : assignments) collect([&] { assign(text); });
    collect([&] { table_.require_all(); });
    if (!problems_.empty()) throw InputError(problems_);
  }

 private:
  template <class F> void collect(F step) {
    try {
      step();
    } catch (const InputError& error) {
      problems_.push_back(error.what());
    }
  }

  void assign(const std::string& text) {
    const std::string key = text.substr(0, text.find('='));
    if (!given_.insert(key).second) throw InputError(fmt::format("{}: {} is given twice", command_line, key));
    table_.set_text(text, command_line);
  }

  void take_files(const std::vector<std::string>& files) {
    auto next = files.begin();
    for (const auto& key : verb_.file_keys()) {
      if (next == files.end()) return;
      const bool list = std::holds_alternative<std::vector<std::string>*>(table_.find(key)->target);
      const OptionValue value = list ? OptionValue(std::vector<std::string>(next, files.end())) : OptionValue(*next);
      next = list ? files.end() : next + 1;
      given_.insert(key);
      collect([&] { table_.set(key, value, command_line); });
    }
    for (; next != files.end(); ++next)
      problems_.push_back(
          fmt::format("{}: \"{}\" is one file too many; see orogen {} --help", command_line, *next, verb_.name()));
  }

  Verb& verb_;
  OptionTable& table_;
  std::set<std::string> given_;
  std::vector<std::string> problems_;
};

Outcome run_verb(Verb& verb, const Request& request, Terminal& terminal) {
  OptionTable table;
  verb.describe(table);
  Input(verb, table).read(request.words);
  refuse_idle_potential_options(table);
  return verb.run({verb.name(), table, terminal, request.threads});
}

int run_request(const Request& request, const Verbs& verbs, Terminal& terminal) {
  const auto found =
      std::find_if(verbs.begin(), verbs.end(), [&](const auto& verb) { return verb->name() == request.verb; });
  if (request.version) return terminal.result(version_text(), {{"version", OROGEN_VERSION}}), exit_ok;
  if (request.help && found != verbs.end()) return terminal.result(verb_help(**found), {}), exit_ok;
  if (request.help) return terminal.result(general_help(verbs, request.verb), {}), exit_ok;
  if (request.verb == "options") {
    if (request.markdown) return terminal.result(options_markdown(verbs), {}), exit_ok;
    for (const auto& verb : verbs) terminal.result(verb_help(*verb), {});
    return exit_ok;
  }
  if (found == verbs.end() && !request.verb.empty())
    throw InputError(fmt::format("\"{0}\" needs a second word; see orogen {0} --help", request.verb));
  if (found == verbs.end()) throw InputError("no verb given; see orogen --help");
  return run_verb(**found, request, terminal) == Outcome::done ? exit_ok : exit_interrupted;
}

/// Runs `work`, turns every exception into a message and an exit code.
template <class F> int guarded(Terminal& terminal, F work) {
  const auto report = [&](const char* kind, const char* text, int code) {
    terminal.error(kind, text, code);
    Ranks::abort_others(code);  // under MPI the other ranks wait for this one
    return code;
  };
  try {
    return work();
  } catch (const InputError& error) {
    return report("input", error.what(), exit_input);
  } catch (const NumericalError& error) {
    return report("computation", error.what(), exit_computation);
  } catch (const std::bad_alloc&) {
    return report("computation", "out of memory; use a smaller system or a machine with more memory", exit_computation);
  } catch (const std::filesystem::filesystem_error& error) {
    return report("input", error.what(), exit_input);
  } catch (const std::exception& error) {
    return report("internal", error.what(), exit_internal);
  }
}

}  // namespace

int run_command_line(int argc, char** argv) {
  catch_signals();
  const bool json = std::any_of(argv, argv + argc, [](std::string_view word) { return word == "--json"; });
  Terminal early({false, json});
  Verbs verbs;
  Request request;
  const int parsed = guarded(early, [&] {
    verbs = all_verbs();
    request = parse(argc, argv, verbs);
    return exit_ok;
  });
  if (parsed != exit_ok) return parsed;
  Terminal terminal({request.quiet, request.json});
  return guarded(terminal, [&] { return run_request(request, verbs, terminal); });
}

}  // namespace orogen
