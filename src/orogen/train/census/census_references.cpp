#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <set>

#include "orogen/system/elements.hpp"
#include "orogen/system/files/extxyz_layout.hpp"
#include "orogen/system/lattice.hpp"
#include "orogen/train/census/census_parts.hpp"
#include "orogen/train/census/reference_fit.hpp"

namespace orogen::census {
namespace {

constexpr double apart = 6;  // Å: images farther than this leave an atom isolated for the purpose of a reference energy

/// Reduces the rows of a null-space basis so that each starts with a 1 of its own: "C - 0.5 H" reads better than eight
/// digits.
void row_echelon(Eigen::MatrixXd& m) {
  Eigen::Index row = 0;
  for (Eigen::Index c = 0; c < m.cols() && row < m.rows(); ++c) {
    Eigen::Index pivot;
    if (m.col(c).tail(m.rows() - row).cwiseAbs().maxCoeff(&pivot) < 1e-7) continue;
    m.row(row).swap(m.row(row + pivot));
    m.row(row) /= m(row, c);
    for (Eigen::Index r = 0; r < m.rows(); ++r)
      if (r != row) m.row(r) -= m(r, c) * m.row(row);
    ++row;
  }
}

std::vector<std::string> combinations(Eigen::MatrixXd null_space, const std::map<int, int>& column) {
  row_echelon(null_space);
  std::vector<std::string> out;
  for (Eigen::Index r = 0; r < null_space.rows(); ++r) {
    std::string line;
    for (const auto& [z, c] : column) {
      const double v = null_space(r, c);
      if (std::abs(v) < 1e-6) continue;
      if (!line.empty() || v < 0) line += v < 0 ? (line.empty() ? "-" : " - ") : " + ";
      if (std::abs(std::abs(v) - 1) > 1e-6) line += fmt::format("{:.4g} ", std::abs(v));
      line += symbol(z);
    }
    out.push_back(line);
  }
  return out;
}

void fit(std::span<const Frame> frames, const std::vector<long>& used, CensusReferences& out) {
  ReferenceFit compositions;
  std::set<int> present;
  for (const long k : used) {
    compositions.add(frames[k]);
    present.insert(frames[k].structure.species.begin(), frames[k].structure.species.end());
  }
  const std::vector<int> elements(present.begin(), present.end());
  const FittedReferences found = compositions.solve(elements);
  std::map<int, int> column;
  for (const int z : elements) column.emplace(z, int(column.size()));
  for (const auto& [z, c] : column) out.fitted[z] = found.energies[c];
  out.rank = int(found.rank);
  if (out.rank < int(elements.size())) out.undetermined = combinations(found.null_space.transpose(), column);
}

}  // namespace
}  // namespace orogen::census

namespace orogen {

bool is_isolated_atom(const Frame& frame) {
  const auto& s = frame.structure;
  if (s.size() != 1) return false;
  const std::string type = lower(frame.config_type);
  if (type == "isolatedatom" || type == "isolated_atom" || type == "isolated atom") return true;
  if (!s.cell.any_periodic()) return true;
  const auto lattice = complete_lattice(s.cell);
  for (int d = 0; d < 3; ++d)
    if (lattice.periodic[d] && lattice.height[d] < census::apart) return false;
  return true;
}

std::map<int, double> isolated_energies(std::span<const Frame> frames) {
  std::map<int, double> out;
  for (const Frame& f : frames)
    if (f.labels.energy && is_isolated_atom(f)) out.emplace(f.structure.species[0], *f.labels.energy);
  return out;
}

}  // namespace orogen

namespace orogen::census {

CensusReferences reference_energies(std::span<const Frame> frames, const std::map<int, double>& given,
                                    std::vector<double>& beyond) {
  CensusReferences out;
  out.given = given;
  out.isolated = isolated_energies(frames);
  beyond.assign(frames.size(), std::numeric_limits<double>::quiet_NaN());
  std::vector<long> used;
  for (std::size_t k = 0; k < frames.size(); ++k)
    if (frames[k].labels.energy && !is_isolated_atom(frames[k])) used.push_back(long(k));
  if (used.empty()) return out;
  fit(frames, used, out);
  double squares = 0;
  for (const long k : used) {
    double e = *frames[k].labels.energy;
    for (const int z : frames[k].structure.species) e -= out.fitted.at(z);
    beyond[k] = e / frames[k].structure.size();
    squares += beyond[k] * beyond[k];
  }
  out.residual = std::sqrt(squares / double(used.size()));
  return out;
}

}  // namespace orogen::census
