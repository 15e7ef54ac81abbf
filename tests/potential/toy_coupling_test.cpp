// A coupling that a program adds of its own: charges that equilibrate under learned electronegativities. This file is
// all that it takes; no derivative of the solution is written anywhere.
#include "orogen/base/errors.hpp"
#include "orogen/potential/learned/domain_potential.hpp"
#include "orogen/potential/terms/linear_solve.hpp"
#include "potential/term_promises.hpp"

namespace orogen {
namespace {

/// E = min over Σq = 0 of Σ_i χ_i q_i + ½ J q_i² + ½ Σ_ij q_i q_j γ(r_ij), γ = D (1 − r²/r_out²)⁴, with χ the network's
/// output 1: M (q, λ) = (−χ, 0).
class Charges : public SiteCouplingOf<Charges> {
 public:
  template <class S>
  void couple_as(const TermAtoms<S>& atoms, const SiteOutputs<S>& outputs, SiteAdjoints<S>& adjoints,
                 TermSums<S>& sums) const {
    const int n = atoms.list.local;
    std::vector<S> matrix((n + 1) * (n + 1), S{}), right(n + 1, S{});
    for (int i = 0; i < n; ++i) {
      matrix[i * (n + 1) + i] += S{} + hardness;
      matrix[i * (n + 1) + n] += S{} + 1.0, matrix[n * (n + 1) + i] += S{} + 1.0;
      right[i] = -outputs(1, i);
    }
    each_pair(atoms, [&](int i, int j, const auto&, Slope<S> g) { matrix[i * (n + 1) + atoms.list.owner[j]] += g.v; });
    const std::vector<S> q = solve(matrix, right);
    for (int i = 0; i < n; ++i) {
      sums.add_energy(i, outputs(1, i) * q[i] + 0.5 * hardness * q[i] * q[i]);
      adjoints.add(1, i, q[i]);  // E is at its minimum: the charges themselves do not move it
    }
    each_pair(atoms, [&](int i, int j, const std::array<S, 3>& d, Slope<S> g) {
      const S pair = 0.5 * q[i] * q[atoms.list.owner[j]], f = pair * g.d1 / length(d);
      sums.add_energy(i, pair * g.v);
      sums.add_pull(i, j, d, {f * d[0], f * d[1], f * d[2]});
    });
  }

 private:
  static constexpr double hardness = 30, depth = 1.5, radius = 1.5;
  template <class S, class Use> static void each_pair(const TermAtoms<S>& atoms, const Use& use) {
    const Neighborhood& list = atoms.list;
    for (int i = 0; i < list.local; ++i)
      for (std::int64_t e = list.first[i]; e < list.first[i + 1]; ++e) {
        const auto d = atoms.displacement(i, list.neighbor[e]);
        const S x = length(d) / radius, y = 1.0 - x * x;
        if (value_of(x) < 1)
          use(i, list.neighbor[e], d, Slope<S>{depth * y * y * y * y, -8.0 * depth / radius * x * y * y * y});
      }
  }
};

promises::TermCase charged(int layers) {
  static const bool added = [] {
    add_term_kind({.name = "toy_charges",
                   .title = "charges that equilibrate",
                   .outputs = 1,
                   .coupling = [](const Model&, const TermOptions&) { return std::make_unique<Charges>(); }});
    return true;
  }();
  (void)added;
  return {.name = "", .terms = {{"zbl"}, {"toy_charges"}}, .learned = true, .layers = layers, .outputs = 2};
}

/// Electronegativities large enough that the coupling matters: the read-out of the second output is enlarged.
Model charged_model(int layers) {
  Model model = promises::model_of(charged(layers));
  const Parameterization parameters = model.parameterization();
  for (const auto& block : parameters.blocks())
    if (block.name.find("output") != std::string::npos)
      for (long k = 0; k < block.rows * block.cols; ++k) model.members[0][block.offset + k] *= 20;
  return model;
}

Structure water() {
  Structure s;
  s.species = {8, 1, 1}, s.positions = {{0.01, 0, 0.02}, {0.85, 0.03, 0}, {-0.23, 0.92, -0.05}};
  return s;
}

/// f'(0) with an error of order h⁴.
template <class F> auto slope(const F& f, double h) -> decltype(f(h)) {
  const decltype(f(h)) coarse = (f(h) - f(-h)) / (2 * h), fine = (f(h / 2) - f(-h / 2)) / h;
  return (4 * fine - coarse) / 3;
}

class ToyCoupling : public testing::TestWithParam<int> {
 protected:
  Model model = charged_model(GetParam());
  std::unique_ptr<Potential> potential = make_learned_potential(model, {1, 0.5, "float64"});
};

TEST_P(ToyCoupling, matters) {
  Model without = model;
  without.remove_term("toy_charges");
  const double apart = make_learned_potential(without, {1, 0.5, "float64"})->evaluate(water()).energy;
  EXPECT_LT(potential->evaluate(water()).energy, apart - 1e-3) << "charges lower the energy";
}

TEST_P(ToyCoupling, forces_of_three_atoms_are_the_slopes_of_the_energy) {
  const Evaluation e = potential->evaluate(water());
  for (int i = 0; i < 3; ++i)
    for (int c = 0; c < 3; ++c) {
      const double numeric = slope(
          [&](double h) {
            Structure s = water();
            s.positions[i][c] += h;
            return potential->evaluate(s, {.forces = false, .virial = false}).energy;
          },
          1e-3);
      EXPECT_NEAR(e.forces[i][c], -numeric, 1e-7 * (1 + std::abs(numeric)));
    }
}

TEST_P(ToyCoupling, hessian_products_of_three_atoms_are_the_slopes_of_the_forces) {
  const auto v = promises::some_direction(3);
  const auto product = potential->hessian_vector(water(), v);
  for (int i = 0; i < 3; ++i) {
    const Vec3 numeric =
        slope([&](double h) { return Vec3(-potential->evaluate(promises::moved(water(), v, h)).forces[i]); }, 1e-3);
    EXPECT_LT((product[i] - numeric).norm(), 1e-7 * (1 + numeric.norm()));
  }
}

/// 0.7 E + v·∂E/∂r + ε̇:∂E/∂ε, whose parameter gradient one dual sweep gives. [T4.2]
class Functional {
 public:
  explicit Functional(const Model& model) : network_(model.shape), list_(model.shape.cutoff, 0.3, false) {
    network_.couple(make_couplings(model));
    std::vector<float> expanded(model.parameterization().network_size());
    model.parameterization().expand(model.members[0].data(), expanded.data());
    theta.assign(expanded.begin(), expanded.end());
    graph_.set(list_.update(water()), model.type_of());
    Random random(3);
    positions_.resize(4 * 3);
    for (int i = 0; i < 3; ++i)
      for (int c = 0; c < 3; ++c) positions_[4 * i + c] = random.normal();
    tangent_.positions = positions_;
    for (double& x : tangent_.strain) x = 0.3 * random.normal();
    tangent_.energy = 0.7;
  }
  std::vector<double> theta;

  double value(const std::vector<double>& t) {
    network_.set_parameters(t);
    SweepResult r;
    network_.forces(graph_, memory_, nullptr, r);
    double sum = 0;
    for (double e : r.site_energies) sum += tangent_.energy * e;
    for (std::size_t i = 0; i < positions_.size(); ++i) sum += positions_[i] * r.position_gradient[i];
    for (int k = 0; k < 9; ++k) sum += tangent_.strain[k] * r.strain_gradient[k];
    return sum;
  }
  std::vector<double> gradient() {
    network_.set_parameters(theta);
    AlignedArray<double> packed(network_.layout().packed_size);
    network_.parameter_gradient(graph_, tangent_, memory_, std::span(packed.data(), packed.size()));
    std::vector<double> g(theta.size(), 0.0);
    network_.unpack_gradient(std::span<const double>(packed.data(), packed.size()), g);
    return g;
  }

 private:
  SiteNetwork<double> network_;
  NeighborList list_;
  Graph graph_;
  SiteNetwork<double>::Memory memory_;
  std::vector<double> positions_;
  Tangent tangent_;
};

TEST_P(ToyCoupling, parameter_gradients_through_energy_forces_and_strain_are_slopes) {
  Functional functional(model);
  const auto gradient = functional.gradient();
  double largest = 0;
  for (double g : gradient) largest = std::max(largest, std::abs(g));
  Random random(8);
  for (int probe = 0; probe < 150; ++probe) {
    const std::size_t k = probe < 30 ? gradient.size() - 1 - std::size_t(probe) : random.below(gradient.size());
    const double numeric = slope(
        [&](double h) {
          auto moved = functional.theta;
          moved[k] += h;
          return functional.value(moved);
        },
        1e-3);
    EXPECT_NEAR(gradient[k], numeric, 1e-7 * (1 + largest)) << "parameter " << k;
  }
}

TEST_P(ToyCoupling, keeps_every_promise_in_every_kind_of_structure) { promises::expect_all(model); }

TEST_P(ToyCoupling, is_refused_where_only_a_part_of_the_structure_is_known) {
  EXPECT_THROW(make_domain_potential(model), InputError);
}

TEST_P(ToyCoupling, is_refused_by_a_network_without_its_output) {
  promises::TermCase bare = charged(GetParam());
  bare.outputs = 1;
  EXPECT_THROW(make_learned_potential(promises::model_of(bare)), InputError);
}

INSTANTIATE_TEST_SUITE_P(Layers, ToyCoupling, testing::Values(1, 2),
                         [](const auto& info) { return "layers" + std::to_string(info.param); });

}  // namespace
}  // namespace orogen
