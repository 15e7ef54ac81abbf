#include "orogen/nuclear/channels.hpp"

#include <cctype>
#include <cmath>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {
namespace {

constexpr std::string_view letters = "SPDFGHIJKLMNOQRTUV";

}  // namespace

const char* name(Pair p) { return p == Pair::np ? "np" : p == Pair::pp ? "pp" : "nn"; }

Pair pair(std::string_view text) {
  for (Pair p : {Pair::np, Pair::pp, Pair::nn})
    if (text == name(p)) return p;
  throw InputError("pair: '" + std::string(text) + "'; expected np, pp or nn");
}

std::string name(Wave w) {
  const std::string letter =
      w.L < int(letters.size()) ? std::string(1, letters[std::size_t(w.L)]) : "[L=" + std::to_string(w.L) + "]";
  return std::to_string(2 * w.S + 1) + letter + std::to_string(w.J);
}

Wave wave(std::string_view text) {
  const auto fail = [&](const char* why) -> Wave {
    throw InputError("partial wave '" + std::string(text) + "': " + why +
                     "; expected a name like 1S0, 3S1, 3P2 (2S+1, L, J)");
  };
  if (text.size() < 3 || text.size() > 4 || (text[0] != '1' && text[0] != '3'))
    return fail("not a partial wave of two nucleons");
  const auto letter = letters.find(char(std::toupper(static_cast<unsigned char>(text[1]))));
  if (letter == std::string_view::npos) return fail("no such letter for L");
  int J = 0;
  for (char c : text.substr(2)) {
    if (c < '0' || c > '9') return fail("J is not a number");
    J = 10 * J + (c - '0');
  }
  const Wave w{int(letter), text[0] == '3' ? 1 : 0, J};
  if (std::abs(w.L - w.J) > w.S || w.L + w.J < w.S) return fail("L, S and J do not add up");
  return w;
}

Block block_of(Wave w) {
  if (w.S == 0 || w.L == w.J || w.J == 0) return {w.J, w.S, 1, {w.L, 0}};
  return {w.J, 1, 2, {w.J - 1, w.J + 1}};
}

std::vector<Block> blocks(Pair p, int most_J) {
  std::vector<Block> all;
  const auto keep = [&](const Block& b) {
    if (p == Pair::np || b.isospin() == 1) all.push_back(b);
  };
  for (int J = 0; J <= most_J; ++J) {
    keep({J, 0, 1, {J, 0}});
    if (J == 0) {
      keep({0, 1, 1, {1, 0}});
      continue;
    }
    keep({J, 1, 1, {J, 0}});
    keep({J, 1, 2, {J - 1, J + 1}});
  }
  return all;
}

std::string name(const Block& b) { return b.coupled() ? name(b.wave(0)) + "-" + name(b.wave(1)) : name(b.wave(0)); }

std::vector<std::string> phase_names(const Block& b) {
  if (!b.coupled()) return {name(b.wave(0))};
  return {name(b.wave(0)), "E" + std::to_string(b.J), name(b.wave(1))};
}

Elements tensor(const Block& b) {
  if (b.S == 0) return {{0, 0, 0}};
  const double J = b.J, n = 2 * J + 1;
  if (b.coupled()) return {{-2 * (J - 1) / n, 6 * std::sqrt(J * (J + 1)) / n, -2 * (J + 2) / n}};
  return {{b.L[0] == b.J ? 2.0 : -4.0, 0, 0}};  // −4: 3P0
}

Elements spin_orbit(const Block& b) {
  const auto of = [&](int L) { return (b.J * (b.J + 1) - L * (L + 1) - b.S * (b.S + 1)) / 2.0; };
  return {{of(b.L[0]), 0, b.coupled() ? of(b.L[1]) : 0.0}};
}

Elements orbital_squared(const Block& b) {
  const auto of = [](int L) { return double(L * (L + 1)); };
  return {{of(b.L[0]), 0, b.coupled() ? of(b.L[1]) : 0.0}};
}

Elements spin_orbit_squared(const Block& b) {
  const Elements x = spin_orbit(b);
  return {{x.value[0] * x.value[0], 0, x.value[2] * x.value[2]}};
}

}  // namespace orogen::nuclear
