// Everything that the command line prints: progress and messages to standard error, results to standard output.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "orogen/app/terminal/answer_sink.hpp"
#include "orogen/app/terminal/progress_line.hpp"

namespace orogen {

/// Three styles: on a terminal a bar that is redrawn; elsewhere a plain line every few seconds; with `json` one JSON
/// object per line on standard output and nothing else: {"event": "progress" | "message" | "result" | "error", …}.
/// `quiet` leaves out progress and notes. Colours only on a terminal, and not when NO_COLOR is set.
class Terminal : public AnswerSink {
 public:
  struct Style {
    bool quiet = false, json = false;
  };
  explicit Terminal(Style style);
  ~Terminal() override;

  void update(std::string_view stage, double done, double total, std::string_view line) override;
  void message(Level level, std::string_view text) override;
  bool stop_requested() const override;
  bool take_early_stop() override;

  /// `text` for people, `json` with "event" added where the style asks for it.
  void result(std::string_view text, const nlohmann::json& json) override;
  /// `kind` is "input", "computation" or "internal".
  void error(std::string_view kind, std::string_view text, int exit_code);

  const Style& style() const { return style_; }

 private:
  using Clock = std::chrono::steady_clock;
  void show(bool final);
  void show_json();
  void clear_bar();
  void end_stage();
  void announce_signals();
  std::string coloured(std::string_view text, const char* code) const;

  Style style_;
  bool terminal_, colours_, bar_shown_ = false, stop_told_ = false;
  ProgressState state_;
  double shown_done_ = -1;
  Clock::time_point began_, shown_;
};

}  // namespace orogen
