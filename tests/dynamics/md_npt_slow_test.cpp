#include <gtest/gtest.h>

#include "dynamics/md_fixtures.hpp"
#include "orogen/base/units.hpp"
#include "orogen/dynamics/motion/barostat.hpp"

namespace orogen {
namespace {

using namespace reference;

LennardJones short_ranged() { return {0.0103, 3.4, 5.5, 6.5}; }

MdOptions pressure_options(const char* cell) {
  MdOptions o;
  o.ensemble = "npt";
  o.cell = cell;
  o.temperature = 60;
  o.timestep = 8;
  o.tau = 100;
  o.check_timestep = false;
  o.barostat_tau = 300;
  o.compressibility = 0.5;
  o.thermo_every = 5;
  return o;
}

// With scaled velocities and no motion of the centre of mass, Q(V) ∝ V^(N−1): a gamma distribution of shape N.
TEST(Barostat, the_volume_of_an_ideal_gas_has_its_gamma_distribution) {
  IdealGas gas;
  const int n = 32;
  for (const char* cell : {"isotropic", "full"}) {
    MdOptions o = pressure_options(cell);
    o.temperature = 300;
    o.pressure = 0.01;
    o.compressibility = 1 / o.pressure;
    o.barostat_tau = 2500;
    o.timestep = 10;
    o.max_step = 100;
    o.steps = 200000;
    const double unit = units::boltzmann * o.temperature / (o.pressure * units::gpa);
    const Structure start = face_centred_cubic(2, std::cbrt(4 * unit));
    const auto t = settled(thermo_of(start, gas, o), 0.05);
    EXPECT_LT(deviation(block_mean(t.at("volume")), n * unit), 3.5) << cell;
    EXPECT_LT(block_mean(t.at("volume")).error, 0.02 * n * unit);
    EXPECT_LT(deviation(block_mean(squared_deviations(t.at("volume"), n * unit)), n * unit * unit), 3.5) << cell;
    EXPECT_LT(deviation(block_mean(t.at("pressure")), o.pressure), 3.5) << cell;
    EXPECT_LT(deviation(block_mean(t.at("temperature")), 300), 3.5) << cell;
  }
}

TEST(Barostat, a_lennard_jones_crystal_takes_the_pressure_asked_for) {
  LennardJones lj = short_ranged();
  for (const char* cell : {"isotropic", "full"}) {
    MdOptions o = pressure_options(cell);
    o.pressure = 0.1;
    o.steps = 20000;
    const auto t = settled(thermo_of(face_centred_cubic(2, 5.35), lj, o));
    const auto pressure = block_mean(t.at("pressure"));
    EXPECT_LT(deviation(pressure, 0.1), 3.5) << cell << " " << pressure.mean;
    EXPECT_LT(pressure.error, 0.01) << cell;
    EXPECT_LT(deviation(block_mean(t.at("temperature")), 60), 3.5) << cell;
  }
}

TEST(Barostat, volume_fluctuations_are_those_of_the_compressibility) {
  LennardJones lj = short_ranged();  // d⟨V⟩/dP = −var(V)/kT
  const auto volumes = [&](double pressure) {
    MdOptions o = pressure_options("isotropic");
    o.pressure = pressure;
    o.steps = 20000;
    return settled(thermo_of(face_centred_cubic(2, 5.35), lj, o)).at("volume");
  };
  const auto low = block_mean(volumes(0.1)), high = block_mean(volumes(0.3));
  const auto between = volumes(0.2);
  const double slope = (high.mean - low.mean) / (0.2 * units::gpa);
  const double slope_error = std::hypot(high.error, low.error) / (0.2 * units::gpa);
  const auto spread = block_mean(squared_deviations(between, block_mean(between).mean));
  const double kt = units::boltzmann * 60;
  EXPECT_LT(std::abs(spread.mean / kt + slope),
            3.5 * std::hypot(spread.error / kt, slope_error) + 0.03 * std::abs(slope));
  EXPECT_LT(spread.error, 0.15 * spread.mean);
}

TEST(Barostat, a_full_cell_relaxes_a_shear_and_an_isotropic_one_keeps_its_shape) {
  LennardJones lj = short_ranged();
  Structure sheared = face_centred_cubic(2, 5.35);
  Mat3 shear = Mat3::Identity();
  shear(0, 1) = 0.05;
  sheared.cell.rows = sheared.cell.rows * shear.transpose();
  for (auto& r : sheared.positions) r = shear * r;
  for (const char* cell : {"isotropic", "full"}) {
    MdOptions o = pressure_options(cell);
    o.temperature = 5;
    o.steps = 1500;
    SilentProgress silent;
    const Mat3 h = run_md(sheared, lj, o, silent).structure.cell.rows;
    const double cosine = h.row(0).normalized().dot(h.row(1).normalized());
    if (cell[0] == 'f')
      EXPECT_LT(std::abs(cosine), 0.02);
    else
      EXPECT_NEAR(cosine, sheared.cell.rows.row(0).normalized().dot(sheared.cell.rows.row(1).normalized()), 1e-12);
  }
}

TEST(Barostat, a_strain_moves_cell_positions_and_velocities_together) {
  MdState s;
  s.structure = face_centred_cubic(1, 5.0);
  s.velocities.assign(4, Vec3(1, 2, 3));
  s.mass.assign(4, 40);
  AtomLoops loops(4, 1);
  Mat3 strain;
  strain << 0.01, 0.002, 0, 0.002, -0.02, 0.003, 0, 0.003, 0.005;
  const Vec3 fractional = s.structure.cell.rows.transpose().inverse() * s.structure.positions[1];
  const double volume = s.structure.cell.volume();
  apply_strain(s, strain, loops);
  EXPECT_LT((s.structure.cell.rows.transpose().inverse() * s.structure.positions[1] - fractional).norm(), 1e-14);
  EXPECT_NEAR(s.structure.cell.volume(), volume * std::exp(strain.trace()), 1e-9);
  apply_strain(s, -strain, loops);
  EXPECT_LT((s.velocities[2] - Vec3(1, 2, 3)).norm(), 1e-13);
}

}  // namespace
}  // namespace orogen
