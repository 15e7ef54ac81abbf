// Adam with an exponential moving average of the parameters. [T6.2, T6.3]
#pragma once
#include <cmath>
#include <span>
#include <vector>

#include "orogen/base/errors.hpp"

namespace orogen {

/// State of the minimiser: everything that a resumed run needs besides the parameters.
struct Adam {
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-12;
  std::vector<float> first, second;  ///< running means of the gradient and of its square
  long steps = 0;

  explicit Adam(std::size_t n = 0) : first(n, 0.0f), second(n, 0.0f) {}

  /// One step (Kingma & Ba 2015); parameter i moves by about rate · size[i].
  void step(std::span<float> theta, std::span<const float> gradient, std::span<const float> size, double rate) {
    OROGEN_ASSERT(theta.size() == first.size() && gradient.size() == first.size() && size.size() == first.size());
    ++steps;
    const float b1 = float(beta1), b2 = float(beta2);
    const float scale = float(rate / (1 - std::pow(beta1, double(steps))));
    const float root = float(1 / std::sqrt(1 - std::pow(beta2, double(steps))));
    const float eps = float(epsilon);
    for (std::size_t i = 0; i < theta.size(); ++i) {
      first[i] = b1 * first[i] + (1 - b1) * gradient[i];
      second[i] = b2 * second[i] + (1 - b2) * gradient[i] * gradient[i];
      theta[i] -= size[i] * scale * first[i] / (std::sqrt(second[i]) * root + eps);
    }
  }
};

}  // namespace orogen
