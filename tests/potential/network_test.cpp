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
/// Two species are hydrogen and oxygen; more are all elements from hydrogen on.
std::vector<int> types_of(const kernel::Shape& shape) {
  std::vector<int> type(100, -1);
  for (int z = 1; z <= shape.species && shape.species > 2; ++z) type[z] = z - 1;
  if (shape.species == 2) type[1] = 0, type[8] = 1;
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
  std::vector<int> type_of;

  Evaluator(const kernel::Shape& shape, const std::vector<double>& theta,
            const kernel::KernelTable& table = kernel::kernels())
      : network(shape, table), list(shape.cutoff, 0.3, false), type_of(types_of(shape)) {
    set(theta);
  }
  void set(const std::vector<double>& theta) { network.set_parameters(std::vector<T>(theta.begin(), theta.end())); }
  double energy(const Structure& s, ThreadPool* pool = nullptr) {
    graph.set(list.update(s, pool), type_of);
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

/// The slope of f at 0 from five points: exact for polynomials of fourth order.
template <class F> double slope(F&& f, double h) { return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h); }

struct Case {
  std::string name;
  kernel::Shape shape;
};
/// Parameters with biases and scales away from their trivial values.
std::vector<double> drawn(const kernel::Shape& shape) {
  std::vector<double> theta = initial_parameters(shape, 7);
  Random random(5);
  for (double& t : theta) t += 0.05 * random.normal();
  return theta;
}
class Network : public testing::TestWithParam<Case> {
 protected:
  kernel::Shape shape = GetParam().shape;
  std::vector<double> theta = drawn(shape);
  Structure crystal = random_crystal(14, 6.0, 3);
  void SetUp() override {
    if (shape.species > 2) crystal.species[4] = crystal.species[7] = 26;
  }
};

TEST_P(Network, forces_are_minus_the_derivative_of_the_energy) {
  Evaluator<double> e(shape, theta);
  const auto forces = e.forces(crystal);
  for (int i : {0, 3, 13})
    for (int c = 0; c < 3; ++c) {
      const auto moved = [&](double h) {
        Structure s = crystal;
        s.positions[i][c] += h;
        return e.energy(s);
      };
      const double numeric = -slope(moved, 5e-4);
      EXPECT_NEAR(forces[i][c], numeric, 1e-8 * (1 + std::abs(numeric)));
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
      const double numeric = slope(strained, 1e-4);
      EXPECT_NEAR(analytic[3 * p + q], numeric, 1e-7 * (1 + std::abs(numeric)));
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
  for (const kernel::Tensor& t : kernel::make_layout(shape, 1))
    for (int probe = 0; probe < 4; ++probe) {
      // Species that do not occur have no gradient: look where it is large, too.
      long k = t.canonical + long(random.below(t.size()));
      for (long j = t.canonical; probe == 0 && j < t.canonical + t.size(); ++j)
        if (std::abs(gradient[j]) > std::abs(gradient[k])) k = j;
      const auto changed = [&](double h) {
        auto moved = theta;
        moved[k] += h;
        return functional(moved);
      };
      const double numeric = slope(changed, 2e-3);
      EXPECT_NEAR(gradient[k], numeric, 1e-7 * (largest + std::abs(numeric))) << t.name << " of layer " << t.layer;
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
  const auto gradient = [&](double h) {
    Structure s = crystal;
    for (int i = 0; i < crystal.size(); ++i) s.positions[i] += h * v[i];
    return e.forces(s);
  };
  const double h = 2e-4;
  const auto p1 = gradient(h), m1 = gradient(-h), p2 = gradient(2 * h), m2 = gradient(-2 * h);
  for (int i = 0; i < crystal.size(); ++i)
    for (int c = 0; c < 3; ++c) {
      const double numeric = (8 * (p1[i][c] - m1[i][c]) - (p2[i][c] - m2[i][c])) / (12 * h);
      EXPECT_NEAR(product[i][c], -numeric, 1e-7 * (1 + product[i].norm()));
    }
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
    Evaluator<double> fine(shape, theta, *table);
    Evaluator<float> coarse(shape, theta, *table);
    EXPECT_NEAR(fine.energy(crystal), e0, 1e-11 * (1 + std::abs(e0))) << name;
    EXPECT_NEAR(coarse.energy(crystal), e0, 1e-5 * (1 + std::abs(e0))) << name;
    const auto f2 = fine.forces(crystal), f1 = coarse.forces(crystal);
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

std::vector<Case> cases() {
  std::vector<Case> all;
  for (int layers : {1, 2})
    for (int l_max : {0, 1, 2, 3})
      all.push_back({"layers" + std::to_string(layers) + "_L" + std::to_string(l_max), small_shape(layers, l_max)});
  const auto add = [&](const char* name, kernel::Shape shape, auto change) {
    change(shape);
    all.push_back({name, shape});
  };
  const auto tensors = [](kernel::Shape& s) { s.messages = {{16, 16, 16}}; };
  const auto learned_species = [](kernel::Shape& s) { s.embedding = 3; };
  const auto many_elements = [](kernel::Shape& s) { s.species = 89, s.embedding = 5; };
  const auto faded_contacts = [](kernel::Shape& s) { s.inner_switch = true, s.contact[0] = 0.7, s.contact[1] = 0.95; };
  add("layers1_L4", small_shape(1, 4), [](auto&) {});
  add("layers2_L4_tensor_messages", small_shape(2, 4), tensors);
  add("layers2_L2_tensor_messages", small_shape(2, 2), tensors);
  add("layers3_L3", small_shape(3, 3), [](auto&) {});
  add("layers3_L2_tensor_messages", small_shape(3, 2), tensors);
  add("layers4_L1", small_shape(4, 1), [](auto&) {});
  add("layers1_L3_embedding", small_shape(1, 3, 16), learned_species);
  add("layers2_L2_89_elements", small_shape(2, 2), many_elements);
  add("layers1_L4_89_elements", small_shape(1, 4), many_elements);
  add("layers1_L3_inner_switch", small_shape(1, 3), faded_contacts);
  add("layers2_L2_inner_switch", small_shape(2, 2), faded_contacts);
  return all;
}
INSTANTIATE_TEST_SUITE_P(Shapes, Network, testing::ValuesIn(cases()), [](const auto& c) { return c.param.name; });

Structure dimer(double r) {
  Structure s;
  s.species = {8, 1}, s.positions = {Vec3::Zero(), Vec3(0.6, 0, 0.8) * r};
  return s;
}

TEST(InnerSwitch, pairs_inside_half_of_contact_do_not_see_each_other_and_pairs_beyond_contact_are_unchanged) {
  for (int layers : {1, 2}) {
    const kernel::Shape plain = small_shape(layers, 3);
    kernel::Shape switched = plain;
    switched.inner_switch = true, switched.contact[0] = 0.6, switched.contact[1] = 0.8;
    const auto theta = drawn(plain);
    Evaluator<double> with(switched, theta), without(plain, theta);
    const double apart = without.energy(dimer(20));
    for (double r : {0.05, 0.3, 0.699}) {
      EXPECT_DOUBLE_EQ(with.energy(dimer(r)), apart) << r;
      EXPECT_EQ(with.forces(dimer(r))[0].norm(), 0) << r;
      EXPECT_GT(std::abs(without.energy(dimer(r)) - apart), 1e-3) << r;
    }
    for (double r : {1.4001, 2.0, 3.2}) {
      EXPECT_EQ(with.energy(dimer(r)), without.energy(dimer(r))) << r;
      EXPECT_EQ(with.forces(dimer(r)), without.forces(dimer(r))) << r;
    }
    EXPECT_NE(with.energy(dimer(1.3)), without.energy(dimer(1.3)));
  }
}

/// d²E/dr² of the dimer by the Hessian product.
double curvature(Evaluator<double>& e, double r) {
  e.energy(dimer(r));
  const std::vector<double> spread = e.spread({Vec3::Zero(), Vec3(0.6, 0, 0.8)});
  Tangent tangent;
  tangent.positions = spread;
  e.network.hessian_vector(e.graph, tangent, e.memory, nullptr, e.result);
  return e.fold(e.result.gradient_tangent, 1)[1].dot(Vec3(0.6, 0, 0.8));
}
TEST(InnerSwitch, joins_with_two_continuous_derivatives) {
  kernel::Shape shape = small_shape(1, 2);
  shape.inner_switch = true, shape.contact[0] = 0.6, shape.contact[1] = 0.8;
  Evaluator<double> e(shape, drawn(shape));
  for (double edge : {0.7, 1.4})
    EXPECT_NEAR(curvature(e, edge - 1e-7), curvature(e, edge + 1e-7), 1e-3 * (1 + std::abs(curvature(e, edge))));
}

/// The one-hot network whose mix is W^l_(zn),k = Σ_c e_z,c W'^l_cn,k.
std::vector<double> expanded(const kernel::Shape& embedded, const std::vector<double>& theta) {
  kernel::Shape one_hot = embedded;
  one_hot.embedding = 0;
  const kernel::Layout from = kernel::make_layout(embedded, 1), to = kernel::make_layout(one_hot, 1);
  std::vector<double> out(to.canonical_size);
  const double* e = theta.data() + from.tensors[from.embedding].canonical;
  for (int i = 0; i < to.count; ++i) {
    const kernel::Tensor &a = from.tensors[i], &b = to.tensors[i];
    const double* source = theta.data() + a.canonical;
    const long block = long(embedded.radial) * b.cols;
    for (long k = 0; k < b.size(); ++k) {
      double& x = out[b.canonical + k] = 0;
      if (b.role != kernel::Role::mix || b.layer > 0)
        x = source[k];
      else
        for (int c = 0; c < embedded.embedding; ++c)
          x += e[k / block * embedded.embedding + c] * source[c * block + k % block];
    }
  }
  return out;
}
TEST(Embedding, equals_the_one_hot_network_with_the_expanded_mix) {
  for (int layers : {1, 2}) {
    kernel::Shape shape = small_shape(layers, 3);
    shape.embedding = 5;
    const auto theta = drawn(shape);
    kernel::Shape one_hot = shape;
    one_hot.embedding = 0;
    Evaluator<double> contracted(shape, theta), reference(one_hot, expanded(shape, theta));
    const Structure crystal = random_crystal(14, 6.0, 3);
    const double energy = reference.energy(crystal);
    EXPECT_NEAR(contracted.energy(crystal), energy, 1e-12 * (1 + std::abs(energy)));
    const auto f = contracted.forces(crystal), f0 = reference.forces(crystal);
    for (int i = 0; i < crystal.size(); ++i) EXPECT_LT((f[i] - f0[i]).norm(), 1e-12 * (1 + f0[i].norm()));
  }
}

TEST(ParameterList, keeps_the_order_and_the_names_of_model_files) {
  kernel::Shape shape = small_shape(2, 3);
  shape.embedding = 4;
  const kernel::Layout layout = kernel::make_layout(shape, 1);
  std::string names;
  long at = 0;
  for (const kernel::Tensor& t : layout) {
    names += std::to_string(t.layer) + "." + t.name + " ";
    EXPECT_EQ(t.canonical, at);
    at += t.size();
  }
  EXPECT_EQ(
      names,
      "0.mix.0 0.mix.1 0.mix.2 0.mix.3 0.scale 0.paths 0.linear 0.mlp.1 0.mlp.1.bias 0.mlp.2 0.mlp.2.bias 0.mlp.3 "
      "0.shift 0.message.scalar 0.message.species 0.message.a 0.message.p 1.mix.0 1.mix.1 1.mix.2 1.mix.3 1.scale "
      "1.paths 1.linear 1.mlp.1 1.mlp.1.bias 1.mlp.2 1.mlp.2.bias 1.mlp.3 1.shift -1.embedding ");
  EXPECT_EQ(layout.canonical_size, at);
  EXPECT_EQ(layout.tensors[layout.slots[1].mix[1]].rows, shape.radial * (16 + 2 * 16));
}

}  // namespace
