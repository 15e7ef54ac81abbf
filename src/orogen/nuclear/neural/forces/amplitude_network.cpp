#include "orogen/nuclear/neural/forces/amplitude_network.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/kernel/mlp.hpp"

namespace orogen::nuclear {
namespace {

constexpr int most_rows = kernel::most_mlp_rows;

}  // namespace

/// Activations of up to most_rows rows.
struct AmplitudeNetwork::Block {
  explicit Block(int width) : storage(std::size_t(6) * most_rows * width) {
    double* p = storage.data();
    const long n = long(most_rows) * width;
    state = {p, p + n, p + 2 * n, p + 3 * n, p + 4 * n, p + 5 * n};
  }
  std::vector<double> storage;
  kernel::Mlp<double>::State state;
  const double* x[most_rows];
};

AmplitudeNetwork::AmplitudeNetwork(int inputs, int width, int outputs)
    : inputs_(inputs), width_(width), outputs_(outputs) {
  if (inputs < 1 || width < 1 || outputs < 1)
    throw InputError("network of " + std::to_string(inputs) + " inputs, width " + std::to_string(width) + " and " +
                     std::to_string(outputs) + " outputs; expected each ≥ 1");
  const long h = width;
  at_.b1 = inputs * h;
  at_.w2 = at_.b1 + h;
  at_.b2 = at_.w2 + h * h;
  at_.w3 = at_.b2 + h;
  at_.b3 = at_.w3 + h * outputs;
  theta_.assign(std::size_t(at_.b3 + outputs), 0.0);
  w1t_.resize(std::size_t(inputs * h));
  w2t_.resize(std::size_t(h * h));
}

void AmplitudeNetwork::set_parameters(std::span<const double> theta) {
  if (theta.size() != theta_.size())
    throw InputError("network: " + std::to_string(theta.size()) + " parameters; expected " +
                     std::to_string(theta_.size()));
  std::copy(theta.begin(), theta.end(), theta_.begin());
  const auto transpose = [&](const double* from, int rows, std::vector<double>& to) {
    for (int i = 0; i < rows; ++i)
      for (int j = 0; j < width_; ++j) to[std::size_t(j * rows + i)] = from[i * width_ + j];
  };
  transpose(theta_.data(), inputs_, w1t_);
  transpose(theta_.data() + at_.w2, width_, w2t_);
}

std::vector<double> AmplitudeNetwork::start(std::uint64_t seed) const {
  const std::vector<double> sd = spread(std::vector<double>(std::size_t(outputs_), 1.0));
  std::vector<double> theta(theta_.size(), 0.0);
  Random random(seed, 18);
  for (long k = 0; k < at_.w3; ++k) theta[std::size_t(k)] = sd[std::size_t(k)] * random.normal();
  return theta;
}

std::vector<double> AmplitudeNetwork::spread(std::span<const double> scale) const {
  std::vector<double> sd(theta_.size(), 1.0);
  const auto fill = [&](long from, long to, double value) { std::fill(sd.begin() + from, sd.begin() + to, value); };
  fill(0, at_.b1, 2 / std::sqrt(double(inputs_)));
  fill(at_.w2, at_.b2, 2 / std::sqrt(double(width_)));
  for (long k = at_.w3; k < size(); ++k)
    sd[std::size_t(k)] = scale[std::size_t((k - at_.w3) % outputs_)] / (k < at_.b3 ? std::sqrt(double(width_)) : 1.0);
  return sd;
}

void AmplitudeNetwork::hidden(int rows, const double* x, Block& block) const {
  for (int a = 0; a < rows; ++a) block.x[a] = x + long(a) * inputs_;
  const double* t = theta_.data();
  const kernel::Mlp<double> mlp{inputs_, width_, width_, t, t + at_.w2, w1t_.data(), w2t_.data()};
  mlp.forward(
      rows, block.x, [&](int) { return t + at_.b1; }, t + at_.b2, block.state);
}

void AmplitudeNetwork::forward(std::span<const double> x, std::span<double> y) const {
  const double *w3 = theta_.data() + at_.w3, *b3 = theta_.data() + at_.b3;
  const int n = int(x.size()) / inputs_;
  Block block(width_);
  for (int first = 0; first < n; first += most_rows) {
    const int rows = std::min(most_rows, n - first);
    hidden(rows, x.data() + long(first) * inputs_, block);
    for (int a = 0; a < rows; ++a) {
      double* out = y.data() + long(first + a) * outputs_;
      const double* act = block.state.a2 + long(a) * width_;
      std::copy(b3, b3 + outputs_, out);
      for (int h = 0; h < width_; ++h)
        for (int o = 0; o < outputs_; ++o) out[o] += act[h] * w3[h * outputs_ + o];
    }
  }
}

void AmplitudeNetwork::pull(std::span<const double> x, std::span<const double> dy, std::span<double> gradient) const {
  const double *t = theta_.data(), *w3 = t + at_.w3;
  double* g = gradient.data();
  const int n = int(x.size()) / inputs_;
  Block block(width_);
  const kernel::Mlp<double> mlp{inputs_, width_, width_, t, t + at_.w2, w1t_.data(), w2t_.data()};
  for (int first = 0; first < n; first += most_rows) {
    const int rows = std::min(most_rows, n - first);
    hidden(rows, x.data() + long(first) * inputs_, block);
    for (int a = 0; a < rows; ++a) {
      const double* d = dy.data() + long(first + a) * outputs_;
      for (int o = 0; o < outputs_; ++o) g[at_.b3 + o] += d[o];
      for (int h = 0; h < width_; ++h) {
        const double act = block.state.a2[long(a) * width_ + h];
        double back = 0;
        for (int o = 0; o < outputs_; ++o)
          g[at_.w3 + h * outputs_ + o] += act * d[o], back += w3[h * outputs_ + o] * d[o];
        block.state.z2[long(a) * width_ + h] = back;
      }
    }
    mlp.reverse(rows, block.state, nullptr);
    mlp.gradient(
        rows, block.x, block.state, g, g + at_.w2, [&](int) { return g + at_.b1; }, g + at_.b2);
  }
}

}  // namespace orogen::nuclear
