// Isotopes and masses of one's own, from file to file.
#include "orogen/system/masses.hpp"

#include <gtest/gtest.h>

#include "common/scratch_folder.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/units.hpp"
#include "orogen/system/elements.hpp"
#include "orogen/system/files/extxyz.hpp"

namespace orogen {
namespace {

class Masses : public testing::Test {
 protected:
  std::vector<Frame> read(const std::string& text) {
    write_atomically(folder_ / "a.xyz", text);
    return read_extxyz(folder_ / "a.xyz");
  }
  std::string problem(const std::string& text) {
    try {
      read(text);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }
  ScratchFolder folder_;
};

TEST_F(Masses, of_a_structure_are_the_standard_ones_unless_it_has_its_own) {
  Structure s{{8, 1, 1}, std::vector<Vec3>(3, Vec3::Zero()), {}};
  EXPECT_EQ(atomic_masses(s), (std::vector<double>{15.999, 1.008, 1.008}));
  s.masses = {18, 1, 2};
  EXPECT_EQ(atomic_masses(s), s.masses);
  s.masses = {18, 1};
  EXPECT_THROW(atomic_masses(s), InputError);
  s.masses = {18, 1, 0};
  EXPECT_THROW(atomic_masses(s), InputError);
}

TEST_F(Masses, the_symbols_D_and_T_are_hydrogen_with_a_mass_of_its_own) {
  const auto frames = read("3\nheavy water, plain\nO 0 0 0\nD 1 0 0\nT 0 1 0\n1\nlight\nH 0 0 0\n");
  EXPECT_EQ(frames[0].structure.species, (std::vector<int>{8, 1, 1}));
  EXPECT_EQ(frames[0].structure.masses, (std::vector<double>{15.999, deuterium_mass, tritium_mass}));
  EXPECT_TRUE(frames[1].structure.masses.empty());
}

TEST_F(Masses, a_column_of_masses_goes_before_the_symbol) {
  for (const char* name : {"mass", "masses"}) {
    const auto f =
        read(std::string("2\nProperties=species:S:1:") + name + ":R:1:pos:R:3\nD 2.5 0 0 0\nO 16 1 0 0\n")[0];
    EXPECT_EQ(f.structure.masses, (std::vector<double>{2.5, 16}));
    EXPECT_EQ(f.structure.positions[1], Vec3(1, 0, 0));
  }
}

TEST_F(Masses, that_are_no_positive_number_are_refused_with_their_line) {
  const std::string head = "1\nProperties=species:S:1:pos:R:3:masses:R:1\n";
  EXPECT_NE(problem(head + "O 0 0 0 0\n").find("a.xyz:3: masses: '0' is not above 0"), std::string::npos);
  EXPECT_NE(problem(head + "O 0 0 0 nan\n").find("not finite"), std::string::npos);
  EXPECT_NE(problem(head + "O 0 0 0 x\n").find("is no number"), std::string::npos);
}

TEST_F(Masses, momenta_are_divided_by_the_mass_of_the_atom_wherever_its_column_stands) {
  const auto f =
      read("2\nProperties=species:S:1:pos:R:3:momenta:R:3:masses:R:1\nH 0 0 0 2 0 0 2\nO 0 0 0 0 16 0 16\n")[0];
  EXPECT_DOUBLE_EQ(f.velocities[0][0], units::fs);
  EXPECT_DOUBLE_EQ(f.velocities[1][1], units::fs);
  const auto d = read("1\nProperties=species:S:1:pos:R:3:momenta:R:3\nD 0 0 0 1 0 0\n")[0];
  EXPECT_DOUBLE_EQ(d.velocities[0][0], units::fs / deuterium_mass);
}

TEST_F(Masses, are_written_as_a_column_beside_the_element_and_read_back_to_the_last_bit) {
  Frame frame;
  frame.structure = {{8, 1}, {Vec3::Zero(), Vec3(0.1, 0, 1)}, {}, {15.999, deuterium_mass}};
  frame.velocities.assign(2, Vec3(1, 2, 3));
  ExtxyzWriter writer(folder_ / "b.xyz");
  writer.write(frame);
  frame.structure.masses.clear();
  writer.write(frame);
  writer.close();
  EXPECT_NE(read_file(folder_ / "b.xyz").find("Properties=species:S:1:pos:R:3:velocities:R:3:masses:R:1"),
            std::string::npos);
  EXPECT_NE(read_file(folder_ / "b.xyz").find("\nH 0.1 0 1 1 2 3 2.014101777844\n"), std::string::npos);
  const auto back = read_extxyz(folder_ / "b.xyz");
  EXPECT_EQ(back[0].structure.masses, (std::vector<double>{15.999, deuterium_mass}));
  EXPECT_TRUE(back[1].structure.masses.empty());
}

}  // namespace
}  // namespace orogen
