// Averages and fluctuations of thermostatted runs against statistical mechanics; fixed seeds, honest error bars.
#include <gtest/gtest.h>

#include "dynamics/md_fixtures.hpp"
#include "orogen/base/units.hpp"

namespace orogen {
namespace {

using namespace reference;

constexpr double argon_lattice = 5.35;  // Å, near the minimum of the cut Lennard-Jones crystal

MdOptions argon_options() {
  MdOptions o;
  o.ensemble = "nve";
  o.temperature = 60;
  o.timestep = 5;
  o.check_timestep = false;
  o.threads = 1;
  return o;
}

Structure oscillators(int atoms) {
  Structure s;
  s.species.assign(atoms, 18);
  for (int i = 0; i < atoms; ++i) s.positions.push_back(Vec3(3.0 * i, 0, 0));
  return s;
}

TEST(MolecularDynamics, langevin_samples_harmonic_energies_exactly_even_at_a_large_time_step) {
  const auto start = oscillators(60);
  Einstein crystal(start.positions, 1.0);  // period 404 fs
  MdOptions o;
  o.ensemble = "langevin";
  o.temperature = 300;
  o.timestep = 40;  // ω dt = 0.62: the kinetic energy of full steps is 10 % low, positions are not
  o.friction = 0.005;
  o.remove_com = false;
  o.check_timestep = false;
  o.steps = 60000;
  o.thermo_every = 5;
  const auto t = settled(thermo_of(start, crystal, o), 0.02);
  const double kt = units::boltzmann * 300;
  EXPECT_LT(deviation(block_mean(t.at("potential")), 0.5 * 180 * kt), 3.5);
  EXPECT_LT(deviation(block_mean(t.at("temperature")), 300), 3.5);
  EXPECT_LT(block_mean(t.at("potential")).error, 0.005 * 90 * kt);  // the test can see one per cent
  const auto spread = block_mean(squared_deviations(t.at("potential"), 90 * kt));
  EXPECT_LT(deviation(spread, 90 * kt * kt), 3.5);  // canonical: Nf/2 (kT)²
}

TEST(MolecularDynamics, langevin_without_centre_of_mass_motion_keeps_the_temperature) {
  LennardJones lj;
  MdOptions o = argon_options();
  o.ensemble = "langevin";
  o.friction = 0.01;
  o.steps = 8000;
  const auto t = settled(thermo_of(face_centred_cubic(2, argon_lattice), lj, o), 0.05);
  EXPECT_LT(deviation(block_mean(t.at("temperature")), 60), 3.5);
}

TEST(MolecularDynamics, csvr_gives_the_canonical_mean_and_spread_of_the_temperature) {
  LennardJones lj;
  MdOptions o = argon_options();
  o.ensemble = "csvr";
  o.timestep = 5;
  o.tau = 100;
  o.steps = 20000;
  o.thermo_every = 4;
  const auto t = settled(thermo_of(face_centred_cubic(2, argon_lattice), lj, o), 0.05);
  EXPECT_LT(deviation(block_mean(t.at("temperature")), 60), 3.5);
  const auto spread = block_mean(squared_deviations(t.at("kinetic"), 0.5 * 93 * units::boltzmann * 60));
  EXPECT_LT(deviation(spread, 0.5 * 93 * std::pow(units::boltzmann * 60, 2)), 3.5);
}

TEST(MolecularDynamics, the_conserved_quantity_of_thermostats_and_barostats_does_not_drift) {
  LennardJones lj;
  for (const char* ensemble : {"langevin", "csvr", "npt"})
    for (const char* cell : {"isotropic", "full"}) {
      MdOptions o = argon_options();
      o.ensemble = ensemble;
      o.cell = cell;
      o.timestep = 4;
      o.compressibility = 0.5;
      o.steps = 2500;
      const auto t = thermo_of(face_centred_cubic(2, argon_lattice), lj, o);
      const auto& conserved = t.at("conserved");
      const double kt = units::boltzmann * 60;
      EXPECT_LT(std::abs(conserved.back() - conserved.front()), 0.5 * kt) << ensemble << " " << cell;
      EXPECT_GT(variance(t.at("total")), 4 * variance(conserved)) << ensemble << " " << cell;
    }
}

TEST(MolecularDynamics, a_ramp_ends_at_its_temperature) {
  LennardJones lj;
  MdOptions o = argon_options();
  o.ensemble = "csvr";
  o.temperature = 10;
  o.ramp_to = 60;
  o.tau = 50;
  o.steps = 4000;
  const auto t = thermo_of(face_centred_cubic(2, argon_lattice), lj, o).at("temperature");
  double last = 0;
  for (std::size_t k = t.size() - 20; k < t.size(); ++k) last += t[k] / 20;
  EXPECT_NEAR(last, 60, 8);
}

}  // namespace
}  // namespace orogen
