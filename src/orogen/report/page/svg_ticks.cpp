// Round numbers along an axis.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "orogen/report/page/markup.hpp"
#include "orogen/report/page/svg.hpp"

namespace orogen::svg {
namespace {

/// The step 1, 2 or 5 times a power of ten that gives about `wanted` ticks.
double round_step(double span, int wanted) {
  const double raw = span / std::max(1, wanted);
  const double decade = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (raw <= factor * decade * 1.0000001) return factor * decade;
  return 10 * decade;
}

std::string fixed(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find_first_not_of("-0.") == std::string::npos) text.erase(0, text.find_first_not_of('-'));  // −0 → 0
  return text.starts_with('-') ? std::string("−") + text.substr(1) : text;
}

/// "0.05" and "200" as they are, "5·10⁻⁴" and "10⁶" as powers.
std::string log_text(double value) {
  const int power = int(std::floor(std::log10(value) + 1e-9));
  if (power >= -3 && power < 5) return fixed(value, std::max(0, -power));
  const double leading = std::round(value / std::pow(10.0, power));
  return (leading == 1 ? "" : fixed(leading, 0) + "·") + "10" + markup::superscript(power);
}

}  // namespace

Ticks linear_ticks(double low, double high, int wanted) {
  Ticks ticks;
  if (!(high - low > 1e-13 * std::max(std::abs(low), std::abs(high)))) return ticks;  // steps would be lost in rounding
  const double step = round_step(high - low, wanted);
  const int decimals = std::max(0, -int(std::floor(std::log10(step) + 1e-9)));
  const bool long_numbers = decimals > 5 || std::max(std::abs(low), std::abs(high)) >= 1e6;
  for (double k = std::ceil(low / step - 1e-6); k * step <= high + 1e-6 * step; ++k) {
    ticks.at.push_back(k * step);
    ticks.text.push_back(long_numbers ? markup::number(k * step, 3) : fixed(k * step, decimals));
  }
  return ticks;
}

Ticks log_ticks(double low, double high, int wanted) {
  Ticks ticks;
  if (!(low > 0 && high > low)) return ticks;
  const double decades = std::log10(high / low);
  if (decades < 0.8) return linear_ticks(low, high, std::min(wanted, 4));
  const int every = std::max(1, int(std::ceil(decades / wanted)));
  for (int power = int(std::floor(std::log10(low))); power <= int(std::ceil(std::log10(high))); ++power) {
    if (power % every != 0) continue;
    for (const double factor : decades < 2.2 ? std::vector<double>{1, 2, 5} : std::vector<double>{1}) {
      const double at = factor * std::pow(10.0, power);
      if (at < low * 0.9999 || at > high * 1.0001) continue;
      ticks.at.push_back(at);
      ticks.text.push_back(log_text(at));
    }
  }
  return ticks;
}

}  // namespace orogen::svg
