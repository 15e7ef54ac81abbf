#include "orogen/nuclear/momentum/forces/operator_term.hpp"

#include <cmath>
#include <numbers>
#include <string>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"

namespace orogen::nuclear {
namespace {

using std::numbers::pi;
/// Products of regulators below it are zero: nothing that is added to them would show them.
constexpr double negligible = 1e-26;

}  // namespace

double Regulator::operator()(double p, double mass) const {
  return std::exp(-std::pow(p / cutoff, 2 * power)) / std::sqrt(std::sqrt(1 + p * p / (mass * mass)));
}

struct OperatorTerm::Work {
  const Block& block;
  Pair pair;
  Projection projection;
  Eigen::ArrayXd z;
};

OperatorTerm::OperatorTerm(const Constants& c, const Regulator& r, std::vector<SpinOperator> operators, int points)
    : constants_(c), regulator_(r), operators_(std::move(operators)), rule_(gauss_legendre(points)) {
  if (!(r.cutoff > 0) || r.power < 1)
    throw InputError("regulator with cut-off " + std::to_string(r.cutoff) + " MeV and power " +
                     std::to_string(r.power) + "; expected a cut-off > 0 and a power >= 1");
}

std::vector<double> OperatorTerm::regulated(Pair pair, std::span<const double> p) const {
  std::vector<double> f;
  for (double k : p) f.push_back(regulator_(k, mass(pair, constants_)) * std::pow(2 * pi, -1.5));
  return f;
}

PairElements OperatorTerm::elements(const Work& w, double out, double in, Eigen::ArrayXXd& c) const {
  coefficients(w.pair, w.block.isospin(), out * out + in * in - 2 * out * in * w.z, c);
  PairElements e;
  for (std::size_t o = 0; o < operators_.size(); ++o)
    w.projection.add(operators_[o], out, in, c.col(long(o)).data(), e);
  return e;
}

void OperatorTerm::add_between(const Block& b, Pair pair, std::span<const double> rows, std::span<const double> columns,
                               Eigen::MatrixXd& V) const {
  const long R = long(rows.size()), C = long(columns.size()), Z = long(rule_.x.size());
  const std::vector<double> left = regulated(pair, rows), right = regulated(pair, columns);
  const Work w{b, pair, Projection(b, rule_), Eigen::Map<const Eigen::ArrayXd>(rule_.x.data(), Z)};
  Eigen::ArrayXXd c(Z, long(operators_.size()));
  for (long j = 0; j < C; ++j)
    for (long i = 0; i < R; ++i) {
      const double f = left[std::size_t(i)] * right[std::size_t(j)];
      if (f < negligible) continue;
      const PairElements e = elements(w, rows[std::size_t(i)], columns[std::size_t(j)], c);
      for (int x = 0; x < b.waves; ++x)
        for (int y = 0; y < b.waves; ++y) V(x * R + i, y * C + j) += f * e.value[2 * x + y];
    }
}

void OperatorTerm::add(const Block& b, Pair pair, std::span<const double> p, Eigen::MatrixXd& V) const {
  const long n = long(p.size()), Z = long(rule_.x.size());
  const std::vector<double> factor = regulated(pair, p);
  const Work w{b, pair, Projection(b, rule_), Eigen::Map<const Eigen::ArrayXd>(rule_.x.data(), Z)};
  Eigen::ArrayXXd c(Z, long(operators_.size()));
  for (long j = 0; j < n; ++j)
    for (long i = 0; i <= j; ++i) {
      const double f = factor[std::size_t(i)] * factor[std::size_t(j)];
      if (f < negligible) continue;
      const PairElements e = elements(w, p[std::size_t(i)], p[std::size_t(j)], c);
      for (int x = 0; x < b.waves; ++x)
        for (int y = 0; y < b.waves; ++y) {
          const double v = f * e.value[2 * x + y];
          V(x * n + i, y * n + j) += v;
          if (i != j) V(y * n + j, x * n + i) += v;
        }
    }
}

}  // namespace orogen::nuclear
