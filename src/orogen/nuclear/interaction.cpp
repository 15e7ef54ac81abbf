#include "orogen/nuclear/interaction.hpp"

namespace orogen::nuclear {
namespace {

/// visit(momenta of the pair, row, column) for each element of the rectangle.
template <class Visit>
void each_pair(std::span<const double> rows, std::span<const double> columns, const Visit& visit) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < columns.size(); ++j) {
      const double both[2] = {rows[i], columns[j]};
      visit(both, long(i), long(j));
    }
}

}  // namespace

void MomentumTerm::add_between(const Block& b, Pair pair, std::span<const double> rows, std::span<const double> columns,
                               Eigen::MatrixXd& V) const {
  const long R = long(rows.size()), C = long(columns.size());
  each_pair(rows, columns, [&](const double(&both)[2], long i, long j) {
    Eigen::MatrixXd square = Eigen::MatrixXd::Zero(2 * b.waves, 2 * b.waves);
    add(b, pair, both, square);
    for (int x = 0; x < b.waves; ++x)
      for (int y = 0; y < b.waves; ++y) V(x * R + i, y * C + j) += square(2 * x, 2 * y + 1);
  });
}

void MomentumTerm::pull_between(const Block& b, Pair pair, std::span<const double> rows,
                                std::span<const double> columns, const Eigen::MatrixXd& W,
                                std::span<double> gradient) const {
  const long R = long(rows.size()), C = long(columns.size());
  each_pair(rows, columns, [&](const double(&both)[2], long i, long j) {
    Eigen::MatrixXd square = Eigen::MatrixXd::Zero(2 * b.waves, 2 * b.waves);
    for (int x = 0; x < b.waves; ++x)
      for (int y = 0; y < b.waves; ++y) square(2 * x, 2 * y + 1) = W(x * R + i, y * C + j);
    pull(b, pair, both, square, gradient);
  });
}

}  // namespace orogen::nuclear
