// Times two nucleons in momentum space on one core: medians, as one JSON line.
// Usage: orogen_nuclear_speed [points=40] [repeats=200]
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "orogen/nuclear/kinematics/kinematics.hpp"
#include "orogen/nuclear/momentum/forces/chiral.hpp"
#include "orogen/nuclear/momentum/solvers/contact_emulator.hpp"

using namespace orogen::nuclear;
using Clock = std::chrono::steady_clock;

/// Median time of one call [ms].
static double median(int repeats, const std::function<void()>& call) {
  std::vector<double> ms;
  for (int k = 0; k < repeats; ++k) {
    const auto start = Clock::now();
    call();
    ms.push_back(1e3 * std::chrono::duration<double>(Clock::now() - start).count());
  }
  std::nth_element(ms.begin(), ms.begin() + repeats / 2, ms.end());
  return ms[std::size_t(repeats / 2)];
}

/// One block with its potential evaluated: on the mesh, between mesh and q, at q.
struct Given {
  Block block;
  Eigen::MatrixXd V, column, corner;
};

/// All blocks with J ≤ 4.
std::vector<Given> blocks_with_potentials(const MomentumInteraction& force, const Quadrature& momenta,
                                          const std::vector<double>& q) {
  std::vector<Given> all;
  for (const Block& b : blocks(Pair::np, 4)) {
    const long n = b.waves * long(momenta.x.size());
    Given g{b, Eigen::MatrixXd::Zero(n, n), Eigen::MatrixXd::Zero(n, b.waves), Eigen::MatrixXd::Zero(b.waves, b.waves)};
    force.add(b, Pair::np, momenta.x, g.V);
    force.add_between(b, Pair::np, momenta.x, q, g.column);
    force.add_between(b, Pair::np, q, q, g.corner);
    all.push_back(g);
  }
  return all;
}

/// Of a likelihood of all blocks, with other contacts every time.
double emulated_ms(const ChiralForm& form, std::vector<double> lecs, double T, MomentumMesh mesh, int repeats,
                   double& sum) {
  const ContactEmulator emulator(chiral_pions(form), form.contacts, Pair::np, 4, std::vector<double>{T}, mesh);
  return median(repeats, [&] {
    lecs[0] += 1e-9;
    double chi2 = 0;
    for (std::size_t b = 0; b < emulator.blocks().size(); ++b) {
      const BlockPhases p = stapp(emulator.blocks()[b], emulator.solve(b, 0, lecs));
      chi2 += std::pow(p.delta[0] - 0.1, 2) + std::pow(p.epsilon, 2) + std::pow(p.delta[1], 2);
    }
    sum += chi2;
  });
}

int main(int count, char** arguments) {
  const int points = count > 1 ? std::atoi(arguments[1]) : 40, repeats = count > 2 ? std::atoi(arguments[2]) : 200;
  const ChiralForm form = emn_form(3, 500);
  const std::vector<double> published = emn_constants(3, 500);
  const MomentumInteraction force = chiral(form, published);
  const MomentumMesh mesh{points, 700};
  const Quadrature momenta = momentum_points(mesh);
  const double T = 50, M = mass(Pair::np, form.constants);
  const std::vector<double> q = {relative_momentum(T, Pair::np, form.constants)};

  const std::vector<Given> all = blocks_with_potentials(force, momenta, q);
  double sum = 0;  // what is computed is used
  const auto shift = [&](const Block& b, const OnShell& R) { sum += stapp(b, R).delta[0]; };
  const double potential = median(std::max(3, repeats / 20), [&] {
    for (const Given& g : all) {
      Eigen::MatrixXd V = Eigen::MatrixXd::Zero(g.V.rows(), g.V.cols());
      force.add(g.block, Pair::np, momenta.x, V);
      sum += V(0, 0);
    }
  });
  const double row = median(repeats, [&] {
    for (const Given& g : all) {
      Eigen::MatrixXd column = Eigen::MatrixXd::Zero(g.column.rows(), g.column.cols());
      force.add_between(g.block, Pair::np, momenta.x, q, column);
      sum += column(0, 0);
    }
  });
  std::vector<Resolvent> resolvents;
  const double reduction = median(repeats, [&] {
    resolvents.clear();
    for (const Given& g : all) resolvents.emplace_back(g.V, g.block.waves, momenta, M);
  });
  const double energy = median(repeats, [&] {
    for (std::size_t b = 0; b < all.size(); ++b) {
      const OnShellSolution s = solve_on_shell(resolvents[b], q[0], all[b].column, all[b].corner);
      shift(all[b].block, reaction_matrix(s.K, q[0], M));
    }
  });
  const double emulated = emulated_ms(form, published, T, mesh, 10 * repeats, sum);
  std::printf(
      "{\"what\": \"np, J <= 4, EMN N2LO(500), one core, medians in ms\", \"points\": %d, "
      "\"phases_of_one_energy_potential_given\": %.4f, \"of_which_reduction_once_per_potential\": %.4f, "
      "\"each_further_energy\": %.4f, \"potential_on_the_mesh\": %.4f, \"potential_at_one_energy\": %.4f, "
      "\"emulated_likelihood_of_one_energy\": %.5f, \"check\": %.6f}\n",
      points, reduction + energy, reduction, energy, potential, row, emulated, sum);
}
