// The learned site energy: derivatives, invariances and agreement between precisions, instruction sets and threads.
#include <gtest/gtest.h>

#include <cmath>

#include "orogen/base/random.hpp"
#include "orogen/potential/learned/site_network.hpp"
#include "orogen/potential/model/initial.hpp"

using namespace orogen;

namespace {

kernel::Shape small_shape(int layers, int l_max, int features = 8) {
  kernel::Shape s;
  s.layers = layers, s.l_max = l_max, s.features = features, s.species = 2, s.hidden = 16, s.radial = 6;
  s.cutoff = 3.5, s.mean_neighbors = 60, s.energy_scale = 1.3;
  return s;
}
std::vector<int> two_elements() {
  std::vector<int> type(100, -1);
  type[1] = 0, type[8] = 1;
  return type;
}
Structure random_crystal(int atoms, double edge, std::uint64_t seed, bool periodic = true) {
  Random random(seed);
  Structure s;
  s.cell.rows << edge, 0, 0, 0.3, edge * 1.1, 0, -0.4, 0.5, edge * 0.9;
  if (periodic) s.cell.periodic = {true, true, true};
  while (s.size() < atoms) {
    const Vec3 f(random.uniform(), random.uniform(), random.uniform());
    const Vec3 r = s.cell.rows.transpose() * f;
    bool free = true;
    for (const Vec3& other : s.positions) free = free && (other - r).norm() > 1.0;
    if (!free) continue;
    s.positions.push_back(r);
    s.species.push_back(s.size() % 3 ? 1 : 8);
  }
  return s;
}

template <class T> struct Evaluator {
  SiteNetwork<T> network;
  Graph graph;
  typename SiteNetwork<T>::Memory memory;
  SweepResult result;
  NeighborList list;

  Evaluator(const kernel::Shape& shape, const std::vector<double>& theta,
            const kernel::KernelTable& table = kernel::kernels())
      : network(shape, table), list(shape.cutoff, 0.3, false) {
    set(theta);
  }
  void set(const std::vector<double>& theta) { network.set_parameters(std::vector<T>(theta.begin(), theta.end())); }
  double energy(const Structure& s, ThreadPool* pool = nullptr) {
    graph.set(list.update(s, pool), two_elements());
    network.forces(graph, memory, pool, result);
    double sum = 0;
    for (double e : result.site_energies) sum += e;
    return sum;
  }
  std::vector<Vec3> forces(const Structure& s, ThreadPool* pool = nullptr) {
    energy(s, pool);
    return fold(result.position_gradient, -1);
  }
  std::vector<Vec3> fold(const std::vector<double>& g, double sign) const {
    std::vector<Vec3> f(graph.atoms->local, Vec3::Zero());
    for (int i = 0; i < graph.atoms->total; ++i)
      f[graph.atoms->order[graph.atoms->owner[i]]] += sign * Vec3(g[4 * i], g[4 * i + 1], g[4 * i + 2]);
    return f;
  }
  std::vector<double> spread(const std::vector<Vec3>& v) const {
    std::vector<double> out(4 * graph.atoms->total, 0.0);
    for (int i = 0; i < graph.atoms->total; ++i)
      for (int c = 0; c < 3; ++c) out[4 * i + c] = v[graph.atoms->order[graph.atoms->owner[i]]][c];
    return out;
  }
};

struct Case {
  int layers, l_max;
};
class Network : public testing::TestWithParam<Case> {
 protected:
  kernel::Shape shape = small_shape(GetParam().layers, GetParam().l_max);
  std::vector<double> theta = initial_parameters(shape, 7);
  Structure crystal = random_crystal(14, 6.0, 3);
  void SetUp() override {  // biases and scales away from their trivial values
    Random random(5);
    for (double& t : theta) t += 0.05 * random.normal();
  }
};

TEST_P(Network, forces_are_minus_the_derivative_of_the_energy) {
  Evaluator<double> e(shape, theta);
  const auto forces = e.forces(crystal);
  const double h = 2e-5;
  for (int i : {0, 3, 13})
    for (int c = 0; c < 3; ++c) {
      Structure plus = crystal, minus = crystal;
      plus.positions[i][c] += h, minus.positions[i][c] -= h;
      const double numeric = -(e.energy(plus) - e.energy(minus)) / (2 * h);
      EXPECT_NEAR(forces[i][c], numeric, 2e-6 * (1 + std::abs(numeric)));
    }
}

TEST_P(Network, strain_gradient_is_the_derivative_of_the_energy_under_strain) {
  Evaluator<double> e(shape, theta);
  e.energy(crystal);
  const auto analytic = e.result.strain_gradient;
  for (int p = 0; p < 3; ++p)
    for (int q = 0; q < 3; ++q) {
      auto strained = [&](double h) {
        Structure s = crystal;
        Mat3 f = Mat3::Identity();
        f(p, q) += h;
        for (Vec3& r : s.positions) r = f * r;
        s.cell.rows = s.cell.rows * f.transpose();
        return e.energy(s);
      };
      const double numeric = (strained(1e-5) - strained(-1e-5)) / 2e-5;
      EXPECT_NEAR(analytic[3 * p + q], numeric, 1e-5 * (1 + std::abs(numeric)));
    }
}

TEST_P(Network, dual_sweep_gives_the_parameter_gradient_of_energy_and_forces_and_strain) {
  Evaluator<double> e(shape, theta);
  Random random(11);
  std::vector<Vec3> v(crystal.size());
  for (Vec3& x : v) x = Vec3(random.normal(), random.normal(), random.normal());
  Tangent tangent;
  for (double& x : tangent.strain) x = 0.3 * random.normal();
  tangent.energy = 0.7;
  e.energy(crystal);
  const auto spread = e.spread(v);
  tangent.positions = spread;
  std::vector<double> packed(e.network.layout().packed_size, 0.0), gradient(theta.size(), 0.0);
  AlignedArray<double> aligned(packed.size());
  e.network.parameter_gradient(e.graph, tangent, e.memory, std::span(aligned.data(), aligned.size()));
  e.network.unpack_gradient(std::span<const double>(aligned.data(), aligned.size()), gradient);
  // The functional whose θ-gradient this is: 0.7 E + v·∂E/∂r + ε̇:∂E/∂ε.
  auto functional = [&](const std::vector<double>& t) {
    e.set(t);
    const double energy = e.energy(crystal);
    const auto g = e.fold(e.result.position_gradient, 1);
    double sum = tangent.energy * energy;
    for (int i = 0; i < crystal.size(); ++i) sum += v[i].dot(g[i]);
    for (int k = 0; k < 9; ++k) sum += tangent.strain[k] * e.result.strain_gradient[k];
    return sum;
  };
  double largest = 0;
  for (double g : gradient) largest = std::max(largest, std::abs(g));
  const kernel::Layout layout = kernel::make_layout(shape, 1);
  for (int layer = 0; layer < shape.layers; ++layer)
    for (int kind = 0; kind < kernel::tensor_kinds; ++kind) {
      const kernel::TensorShape t = kernel::tensor_shape(shape, layer, kind);
      for (int probe = 0; probe < 4 && t.rows; ++probe) {
        const long k = layout.canonical[layer][kind] + long(random.below(long(t.rows) * t.cols));
        auto plus = theta, minus = theta;
        plus[k] += 1e-5, minus[k] -= 1e-5;
        const double numeric = (functional(plus) - functional(minus)) / 2e-5;
        EXPECT_NEAR(gradient[k], numeric, 1e-6 * (largest + std::abs(numeric)))
            << kernel::tensor_name(kind) << " of layer " << layer;
      }
    }
}

TEST_P(Network, hessian_vector_product_is_the_derivative_of_the_gradient) {
  Evaluator<double> e(shape, theta);
  Random random(12);
  std::vector<Vec3> v(crystal.size());
  for (Vec3& x : v) x = Vec3(random.normal(), random.normal(), random.normal());
  e.energy(crystal);
  const auto spread = e.spread(v);
  Tangent tangent;
  tangent.positions = spread;
  e.network.hessian_vector(e.graph, tangent, e.memory, nullptr, e.result);
  const auto product = e.fold(e.result.gradient_tangent, 1);
  const double h = 1e-5;
  Structure plus = crystal, minus = crystal;
  for (int i = 0; i < crystal.size(); ++i) plus.positions[i] += h * v[i], minus.positions[i] -= h * v[i];
  const auto fp = e.forces(plus), fm = e.forces(minus);
  for (int i = 0; i < crystal.size(); ++i)
    for (int c = 0; c < 3; ++c)
      EXPECT_NEAR(product[i][c], -(fp[i][c] - fm[i][c]) / (2 * h), 2e-5 * (1 + product[i].norm()));
}

TEST_P(Network, energy_is_invariant_under_rotation_reflection_translation_and_permutation) {
  Evaluator<double> e(shape, theta);
  const double reference = e.energy(crystal);
  Mat3 rotation = Eigen::AngleAxisd(0.7, Vec3(1, 2, -0.5).normalized()).toRotationMatrix();
  for (const Mat3& m : {rotation, Mat3(-rotation)}) {
    Structure s = crystal;
    for (Vec3& r : s.positions) r = m * r + Vec3(11, -3, 2);
    s.cell.rows = crystal.cell.rows * m.transpose();
    std::swap(s.positions[0], s.positions[3]);  // both are oxygen or hydrogen alike
    std::swap(s.species[0], s.species[3]);
    EXPECT_NEAR(e.energy(s), reference, 1e-10 * std::abs(reference) + 1e-10);
  }
}

TEST_P(Network, every_instruction_set_and_precision_agrees_with_the_plain_double_reference) {
  Evaluator<double> reference(shape, theta, *kernel::kernels_named("plain"));
  const auto f0 = reference.forces(crystal);
  const double e0 = reference.energy(crystal);
  double scale = 0;
  for (const Vec3& f : f0) scale = std::max(scale, f.norm());
  for (const char* name : {"plain", "v2", "v3", "v4"}) {
    const kernel::KernelTable* table = kernel::kernels_named(name);
    if (!table) continue;
    Evaluator<double> twice(shape, theta, *table);
    Evaluator<float> single(shape, theta, *table);
    EXPECT_NEAR(twice.energy(crystal), e0, 1e-11 * (1 + std::abs(e0))) << name;
    EXPECT_NEAR(single.energy(crystal), e0, 1e-5 * (1 + std::abs(e0))) << name;
    const auto f2 = twice.forces(crystal), f1 = single.forces(crystal);
    for (int i = 0; i < crystal.size(); ++i) {
      EXPECT_LT((f2[i] - f0[i]).norm(), 1e-11 * (1 + scale)) << name;
      EXPECT_LT((f1[i] - f0[i]).norm(), 3e-5 * (1 + scale)) << name;
    }
  }
}

TEST_P(Network, threads_agree_with_one_thread) {
  Evaluator<double> e(shape, theta);
  const Structure large = random_crystal(90, 9.5, 21);
  const auto one = e.forces(large);
  const double energy = e.energy(large);
  ThreadPool pool(3);
  EXPECT_NEAR(e.energy(large, &pool), energy, 1e-11 * (1 + std::abs(energy)));
  const auto three = e.forces(large, &pool);
  for (int i = 0; i < large.size(); ++i) EXPECT_LT((one[i] - three[i]).norm(), 1e-10);
}

TEST_P(Network, energy_vanishes_smoothly_at_the_cutoff) {
  Evaluator<double> e(shape, theta);
  auto pair = [&](double r) {
    Structure s;
    s.species = {8, 1}, s.positions = {Vec3::Zero(), Vec3(r, 0, 0)};
    return s;
  };
  const double far = e.energy(pair(shape.cutoff + 0.1));
  EXPECT_NEAR(e.energy(pair(shape.cutoff - 1e-3)), far, 1e-7);
  EXPECT_LT(e.forces(pair(shape.cutoff - 1e-3))[0].norm(), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Network,
                         testing::Values(Case{1, 3}, Case{1, 2}, Case{1, 1}, Case{1, 0}, Case{2, 3}, Case{2, 2},
                                         Case{2, 1}, Case{2, 0}),
                         [](const auto& c) {
                           return "layers" + std::to_string(c.param.layers) + "_L" + std::to_string(c.param.l_max);
                         });

}  // namespace
