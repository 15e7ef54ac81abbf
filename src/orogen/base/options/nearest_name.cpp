#include "orogen/base/options/nearest_name.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace orogen {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return out;
}

}  // namespace

int edit_distance(std::string_view a, std::string_view b) {
  const int n = int(a.size()), m = int(b.size());
  std::vector<std::vector<int>> d(n + 1, std::vector<int>(m + 1));
  for (int i = 0; i <= n; ++i) d[i][0] = i;
  for (int j = 0; j <= m; ++j) d[0][j] = j;
  for (int i = 1; i <= n; ++i)
    for (int j = 1; j <= m; ++j) {
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[n][m];
}

std::optional<std::string> nearest_name(std::string_view name, const std::vector<std::string>& known) {
  const std::string wanted = lower(name);
  int best = std::max(1, int(wanted.size()) / 3) + 1;
  std::optional<std::string> found;
  for (const auto& candidate : known) {
    const std::string full = lower(candidate), last = full.substr(full.rfind('.') + 1);
    const int distance = std::min(edit_distance(wanted, full), edit_distance(wanted, last));
    if (distance < best) best = distance, found = candidate;
  }
  return found;
}

std::string suggestion(std::string_view name, const std::vector<std::string>& known) {
  if (const auto nearest = nearest_name(name, known)) return fmt::format("; did you mean \"{}\"?", *nearest);
  return fmt::format("; expected one of: {}", fmt::join(known, ", "));
}

}  // namespace orogen
