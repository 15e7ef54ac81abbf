#include "orogen/app/terminal/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

#include "orogen/app/terminal/signals.hpp"

namespace orogen {
namespace {

using Json = nlohmann::json;
using Seconds = std::chrono::duration<double>;

bool wants_colours() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return !(no_color && *no_color) && !(term && std::string_view(term) == "dumb");
}

int terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 10 ? size.ws_col : 100;
}

void print(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  std::fflush(stream);
}

/// One object, one line; text that is not UTF-8 (a strange file name) is replaced, not refused.
void print_json(const Json& object) {
  print(stdout, object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace

Terminal::Terminal(Style style)
    : style_(style), terminal_(::isatty(STDERR_FILENO)), colours_(terminal_ && wants_colours()) {}

Terminal::~Terminal() { end_stage(); }

void Terminal::update(std::string_view stage, double done, double total, std::string_view line) {
  announce_signals();
  if (style_.quiet) return;
  const auto now = Clock::now();
  const bool begins = stage != state_.stage || done < state_.done;
  if (begins) {
    end_stage();
    state_ = {std::string(stage), done, done, total, 0, ""};
    began_ = now;
    shown_done_ = -1;
  }
  state_.done = done;
  state_.total = total;
  state_.seconds = Seconds(now - began_).count();
  state_.line = line;
  const bool finished = total > 0 && done >= total;
  const double interval = style_.json ? 1 : terminal_ ? 0.1 : 5;
  if (begins || finished || Seconds(now - shown_).count() >= interval) show(finished);
}

void Terminal::show(bool final) {
  if (shown_done_ == state_.done) return;
  shown_ = Clock::now();
  shown_done_ = state_.done;
  if (style_.json) return show_json();
  if (!terminal_) return print(stderr, progress_line(state_, false) + "\n");
  print(stderr, "\r\033[K" + cut_to_columns(progress_line(state_, true), terminal_width() - 1) + (final ? "\n" : ""));
  bar_shown_ = !final;
}

void Terminal::show_json() {
  Json object = {{"event", "progress"},
                 {"stage", state_.stage},
                 {"done", state_.done},
                 {"elapsed_s", state_.seconds},
                 {"line", state_.line}};
  object["total"] = state_.total > 0 ? Json(state_.total) : Json();
  object["eta_s"] = progress_eta(state_) >= 0 ? Json(progress_eta(state_)) : Json();
  print_json(object);
}

void Terminal::clear_bar() {
  if (bar_shown_) print(stderr, "\r\033[K");
  bar_shown_ = false;
}

/// The last state of a stage stays visible, also when it ended between two lines.
void Terminal::end_stage() {
  if (state_.stage.empty() || style_.quiet) return;
  show(true);
  if (bar_shown_) print(stderr, "\n");
  bar_shown_ = false;
  state_.stage.clear();
}

void Terminal::announce_signals() {
  if (stop_signalled() && !std::exchange(stop_told_, true))
    message(Level::warning,
            "asked to stop: finishing the present step and writing a restart file; ask again to kill at once");
}

void Terminal::message(Level level, std::string_view text) {
  if (style_.quiet && level == Level::note) return;
  while (text.ends_with('\n')) text.remove_suffix(1);
  const bool warning = level == Level::warning;
  if (style_.json) return print_json({{"event", "message"}, {"level", warning ? "warning" : "note"}, {"text", text}});
  clear_bar();
  print(stderr, (warning ? coloured("warning: ", "33") : "") + std::string(text) + "\n");
}

bool Terminal::stop_requested() const { return stop_signalled(); }
bool Terminal::take_early_stop() {
  if (!take_early_stop_signal()) return false;
  message(Level::note, "asked to finish this stage early");
  return true;
}

void Terminal::result(std::string_view text, const Json& json) {
  end_stage();
  if (!style_.json) return print(stdout, std::string(text) + (text.ends_with('\n') ? "" : "\n"));
  Json object = json.is_null() ? Json{{"text", text}} : json;
  object["event"] = "result";
  print_json(object);
}

void Terminal::error(std::string_view kind, std::string_view text, int exit_code) {
  end_stage();
  if (style_.json) return print_json({{"event", "error"}, {"kind", kind}, {"text", text}, {"exit_code", exit_code}});
  const std::string label = kind == "internal" ? "internal error: " : "error: ";
  for (std::size_t at = 0; at <= text.size();) {  // one label per problem, so that each can be found
    const auto end = std::min(text.find('\n', at), text.size());
    print(stderr, coloured(label, "1;31") + std::string(text.substr(at, end - at)) + "\n");
    at = end + 1;
  }
}

std::string Terminal::coloured(std::string_view text, const char* code) const {
  return colours_ ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

}  // namespace orogen
