#include "orogen/nuclear/neural/momentum_force.hpp"

#include <cmath>
#include <numbers>
#include <string>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics.hpp"

namespace orogen::nuclear {
namespace {

constexpr int network_inputs = 3;
// Natural sizes: the network gives f in units of them. 1/f_π² and the breakdown scale.
constexpr double decay = 92.4, breakdown = 600;  // MeV
constexpr double negligible = 1e-26;             // products of regulators below count as zero

/// Powers of momenta that the operator itself carries.
int power(SpinOperator o) {
  return o == SpinOperator::one || o == SpinOperator::sigma_sigma ? 0 : o == SpinOperator::sigma_l ? 4 : 2;
}

double unit(int o) { return std::pow(breakdown, -power(SpinOperator(o))) / (decay * decay); }

NeuralMomentumOptions checked(const NeuralMomentumOptions& o) {
  if (!(o.scale > 0) || !(o.regulator.cutoff > 0) || o.regulator.power < 1 || o.points < 4)
    throw InputError("neural force in momentum space: scale " + std::to_string(o.scale) + " MeV, cut-off " +
                     std::to_string(o.regulator.cutoff) + " MeV, power " + std::to_string(o.regulator.power) + ", " +
                     std::to_string(o.points) + " points; expected scale and cut-off > 0, power >= 1, points >= 4");
  return o;
}

}  // namespace

NeuralMomentumTerm::NeuralMomentumTerm(const NeuralMomentumOptions& options, const Constants& c)
    : options_(checked(options)),
      constants_(c),
      network_(network_inputs, options.width, amplitudes),
      rule_(gauss_legendre(options.points)) {
  network_.set_parameters(centre());
}

std::vector<double> NeuralMomentumTerm::size() const { return network_.spread(std::vector<double>(amplitudes, 1.0)); }

std::vector<double> NeuralMomentumTerm::inputs(double out, double in, std::span<const double> z) const {
  const double sum = out * out + in * in, product = 2 * out * in, m2 = options_.scale * options_.scale;
  const double qk = (out * out - in * in) / 2, odd = qk * qk / (qk * qk + m2 * m2);
  std::vector<double> x;
  for (double c : z) {
    const double q2 = std::max(0.0, sum - product * c), k2 = std::max(0.0, (sum + product * c) / 4);
    x.insert(x.end(), {2 * q2 / (q2 + m2) - 1, 2 * k2 / (k2 + m2) - 1, 2 * odd - 1});
  }
  return x;
}

std::vector<double> NeuralMomentumTerm::regulated(Pair pair, std::span<const double> p) const {
  std::vector<double> f;
  for (double k : p) f.push_back(options_.regulator(k, mass(pair, constants_)) * std::pow(2 * std::numbers::pi, -1.5));
  return f;
}

std::array<double, spin_operators> NeuralMomentumTerm::coefficients(int isospin, double out, double in,
                                                                    double z) const {
  std::array<double, amplitudes> y{};
  network_.forward(inputs(out, in, std::span(&z, 1)), y);
  std::array<double, spin_operators> f{};
  for (std::size_t o = 0; o < f.size(); ++o) f[o] = unit(int(o)) * (y[2 * o] + tau_tau(isospin) * y[2 * o + 1]);
  return f;
}

void NeuralMomentumTerm::add(const Block& b, Pair pair, std::span<const double> p, Eigen::MatrixXd& V) const {
  add_between(b, pair, p, p, V);
}

void NeuralMomentumTerm::add_between(const Block& b, Pair pair, std::span<const double> rows,
                                     std::span<const double> columns, Eigen::MatrixXd& V) const {
  const std::size_t R = rows.size(), C = columns.size(), Z = rule_.x.size();
  const std::vector<double> left = regulated(pair, rows), right = regulated(pair, columns);
  const Projection projection(b, rule_);
  const double tau = tau_tau(b.isospin());
  std::vector<double> y(Z * amplitudes), f(Z);
  for (std::size_t j = 0; j < C; ++j)
    for (std::size_t i = 0; i < R; ++i) {
      const double factor = left[i] * right[j];
      if (factor < negligible) continue;
      network_.forward(inputs(rows[i], columns[j], rule_.x), y);
      PairElements e;
      for (int o = 0; o < spin_operators; ++o) {
        for (std::size_t z = 0; z < Z; ++z) {
          const double* at = &y[z * amplitudes + 2 * std::size_t(o)];
          f[z] = unit(o) * (at[0] + tau * at[1]);
        }
        projection.add(SpinOperator(o), rows[i], columns[j], f.data(), e);
      }
      for (int x = 0; x < b.waves; ++x)
        for (int w = 0; w < b.waves; ++w)
          V(x * long(R) + long(i), w * long(C) + long(j)) += factor * e.value[2 * x + w];
    }
}

void NeuralMomentumTerm::pull(const Block& b, Pair pair, std::span<const double> p, const Eigen::MatrixXd& W,
                              std::span<double> gradient) const {
  pull_between(b, pair, p, p, W, gradient);
}

void NeuralMomentumTerm::pull_between(const Block& b, Pair pair, std::span<const double> rows,
                                      std::span<const double> columns, const Eigen::MatrixXd& W,
                                      std::span<double> gradient) const {
  const std::size_t R = rows.size(), C = columns.size(), Z = rule_.x.size();
  const std::vector<double> left = regulated(pair, rows), right = regulated(pair, columns);
  const Projection projection(b, rule_);
  const double tau = tau_tau(b.isospin());
  std::vector<double> dy(Z * amplitudes), df(Z);
  for (std::size_t j = 0; j < C; ++j)
    for (std::size_t i = 0; i < R; ++i) {
      const double factor = left[i] * right[j];
      if (factor < negligible) continue;
      PairElements weight;
      for (int x = 0; x < b.waves; ++x)
        for (int w = 0; w < b.waves; ++w)
          weight.value[2 * x + w] = factor * W(x * long(R) + long(i), w * long(C) + long(j));
      for (int o = 0; o < spin_operators; ++o) {
        std::fill(df.begin(), df.end(), 0.0);
        projection.pull(SpinOperator(o), rows[i], columns[j], weight, df.data());
        for (std::size_t z = 0; z < Z; ++z) {
          double* at = &dy[z * amplitudes + 2 * std::size_t(o)];
          at[0] = unit(o) * df[z], at[1] = unit(o) * tau * df[z];
        }
      }
      network_.pull(inputs(rows[i], columns[j], rule_.x), dy, gradient);
    }
}

}  // namespace orogen::nuclear
