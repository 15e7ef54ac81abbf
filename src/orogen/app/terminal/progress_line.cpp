#include "orogen/app/terminal/progress_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace orogen {
namespace {

std::string count_text(double x) {
  return std::abs(x) < 1e15 && x == std::trunc(x) ? fmt::format("{:.0f}", x) : fmt::format("{:.4g}", x);
}

std::string rate_text(double rate) {
  return rate >= 1 ? fmt::format("{:.3g}/s", rate) : fmt::format("{:.3g} s each", 1 / rate);
}

std::string bar_text(double share) {
  constexpr int width = 24;
  const int full = int(share * width);
  return fmt::format("[{:-<{}}]", std::string(full, '#'), width);
}

}  // namespace

double progress_rate(const ProgressState& s) {
  return s.seconds > 0 && s.done > s.first ? (s.done - s.first) / s.seconds : 0;
}

double progress_eta(const ProgressState& s) {
  const double rate = progress_rate(s);
  return s.total > 0 && rate > 0 ? std::max(0.0, s.total - s.done) / rate : -1;
}

std::string duration_text(double seconds) {
  const long s = std::lround(std::max(0.0, seconds));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{}:{:02} min", s / 60, s % 60);
  if (s < 86400) return fmt::format("{}:{:02}:{:02} h", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{} d {:02}:{:02} h", s / 86400, s / 3600 % 24, s / 60 % 60);
}

std::string progress_line(const ProgressState& s, bool bar) {
  std::string text = s.stage;
  if (s.total > 0) {
    const double share = std::clamp(s.done / s.total, 0.0, 1.0);
    if (bar) text += fmt::format(" {}", bar_text(share));
    text += fmt::format(" {:3.0f} % {}/{}", std::floor(100 * share), count_text(s.done), count_text(s.total));
  } else {
    text += fmt::format(" {}", count_text(s.done));
  }
  if (const double rate = progress_rate(s); rate > 0) text += fmt::format("  {}", rate_text(rate));
  const bool finished = s.total > 0 && s.done >= s.total;
  if (finished)
    text += fmt::format("  took {}", duration_text(s.seconds));
  else if (const double eta = progress_eta(s); eta >= 0)
    text += fmt::format("  {} to go", duration_text(eta));
  if (!s.line.empty()) text += fmt::format("  {}", s.line);
  return text;
}

std::string cut_to_columns(std::string_view text, int width) {
  std::size_t end = 0;
  for (int column = 0; end < text.size(); ++end) {
    const bool starts_character = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (starts_character && column++ == width) break;
  }
  return std::string(text.substr(0, end));
}

}  // namespace orogen
