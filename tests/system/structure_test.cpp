#include "orogen/system/structure.hpp"

#include <gtest/gtest.h>

#include "orogen/base/errors.hpp"
#include "orogen/system/elements.hpp"
#include "orogen/system/lattice.hpp"

namespace orogen {
namespace {

TEST(Elements, symbols_and_numbers_are_inverse_for_all_118) {
  for (int z = 1; z <= element_count; ++z) EXPECT_EQ(atomic_number(symbol(z)), z);
  EXPECT_EQ(symbol(1), "H");
  EXPECT_EQ(symbol(29), "Cu");
  EXPECT_EQ(symbol(74), "W");
  EXPECT_EQ(symbol(118), "Og");
  EXPECT_FALSE(atomic_number("Xx"));
  EXPECT_FALSE(atomic_number("cu"));
  EXPECT_FALSE(atomic_number(""));
}

TEST(Elements, masses_and_radii_are_those_of_the_sources) {
  EXPECT_DOUBLE_EQ(standard_mass(1), 1.008);
  EXPECT_DOUBLE_EQ(standard_mass(29), 63.546);
  EXPECT_DOUBLE_EQ(standard_mass(79), 196.966570);
  EXPECT_DOUBLE_EQ(standard_mass(92), 238.02891);
  EXPECT_DOUBLE_EQ(covalent_radius(6), 0.76);
  EXPECT_DOUBLE_EQ(covalent_radius(55), 2.44);
  EXPECT_DOUBLE_EQ(covalent_radius(96), 1.69);
}

TEST(Elements, masses_rise_with_the_number_but_for_the_known_inversions) {
  std::vector<int> falls;
  for (int z = 2; z <= 102; ++z)
    if (standard_mass(z) < standard_mass(z - 1)) falls.push_back(z);
  // Ar-K, Co-Ni, Te-I, Th-Pa, U-Np; Pu-Am; the last where only mass numbers are known.
  EXPECT_EQ(falls, (std::vector<int>{19, 28, 53, 91, 93, 95}));
}

TEST(Elements, refuse_numbers_that_are_none) {
  EXPECT_THROW(symbol(0), InputError);
  EXPECT_THROW(standard_mass(119), InputError);
  EXPECT_THROW(covalent_radius(-1), InputError);
}

TEST(Cells, have_the_volume_of_their_vectors) {
  Cell cell;
  EXPECT_EQ(cell.volume(), 0);
  cell.rows << 3, 0, 0, 1, 4, 0, -2, 1, 5;
  EXPECT_NEAR(cell.volume(), 60, 1e-12);
  cell.periodic = {true, true, false};
  EXPECT_TRUE(cell.any_periodic());
  EXPECT_FALSE(cell.fully_periodic());
}

TEST(Lattices, are_completed_by_unit_normals_where_not_periodic) {
  Cell cell;
  cell.rows << 3, 1, 0, 0, 4, 1, 7, 7, 7;
  cell.periodic = {true, true, false};
  const auto lattice = complete_lattice(cell);
  EXPECT_NEAR(lattice.rows.row(2).norm(), 1, 1e-12);
  EXPECT_NEAR(lattice.rows.row(2).dot(lattice.rows.row(0)), 0, 1e-12);
  EXPECT_NEAR(lattice.rows.row(2).dot(lattice.rows.row(1)), 0, 1e-12);
  EXPECT_NEAR((lattice.rows * lattice.dual - Mat3::Identity()).norm(), 0, 1e-12);
}

TEST(Lattices, heights_are_the_distances_of_the_planes) {
  Cell cell;
  cell.rows << 4, 0, 0, 3, 5, 0, 0, 0, 6;
  cell.periodic = {true, true, true};
  const auto lattice = complete_lattice(cell);
  EXPECT_NEAR(lattice.height[0], 20 / std::hypot(3, 5), 1e-12);
  EXPECT_NEAR(lattice.height[1], 5, 1e-12);
  EXPECT_NEAR(lattice.height[2], 6, 1e-12);
}

TEST(Lattices, deformation_carries_the_old_vectors_into_the_new) {
  Cell cell;
  cell.rows << 4, 0, 0, 3, 5, 0, 0, 0, 6;
  for (const std::array<bool, 3> periodic : {std::array{true, true, true}, {true, false, true}, {false, true, false}}) {
    cell.periodic = periodic;
    auto other = cell;
    other.rows << 4.1, 0.2, 0.1, 2.9, 5.2, -0.1, 0.3, 0, 6.1;
    const auto from = complete_lattice(cell), to = complete_lattice(other);
    const Mat3 f = deformation(from, to);
    for (int d = 0; d < 3; ++d) {
      const Vec3 expected = periodic[d] ? Vec3(to.rows.row(d)) : Vec3(from.rows.row(d));
      EXPECT_NEAR((f * from.rows.row(d).transpose() - expected).norm(), 0, 1e-12);
    }
  }
}

TEST(Lattices, that_are_not_finite_are_a_numerical_error) {
  Cell cell;
  cell.rows = Mat3::Identity();
  cell.rows(0, 0) = std::nan("");
  cell.periodic = {true, true, true};
  EXPECT_THROW(complete_lattice(cell), NumericalError);
}

}  // namespace
}  // namespace orogen
