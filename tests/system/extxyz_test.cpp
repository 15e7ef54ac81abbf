#include "orogen/system/files/extxyz.hpp"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/base/units.hpp"
#include "orogen/system/elements.hpp"
#include "orogen/system/files/text/key_values.hpp"

namespace orogen {
namespace {

namespace fs = std::filesystem;

class ExtendedXyz : public testing::Test {
 protected:
  ExtendedXyz() : folder_(fs::path(testing::TempDir()) / ("orogen_extxyz_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~ExtendedXyz() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string file(const std::string& text, const std::string& name = "data.xyz") const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  Frame one(const std::string& text, const KeyChoice& choice = {}) {
    auto frames = read_extxyz(file(text), choice, &taken_);
    EXPECT_EQ(frames.size(), 1u);
    return frames.at(0);
  }
  Frame with_comment(const std::string& comment) { return one("1\n" + comment + "\nCu 0.5 1 1.5\n"); }
  std::string problem(const std::string& text, const std::string& name = "data.xyz") const {
    try {
      read_extxyz(file(text, name));
    } catch (const InputError& e) {
      return e.what();
    }
    return "no problem";
  }
  static std::string slurp(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
  }

  fs::path folder_;
  KeysTaken taken_;
};

const char* const cell = "Lattice=\"4 0 0 0 5 0 0 0 6\" ";
const char* const full_properties = "Properties=species:S:1:pos:R:3:forces:R:3 ";

void expect_has(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in:\n" << text;
}

TEST_F(ExtendedXyz, reads_a_frame_with_cell_energy_and_forces) {
  const auto f = one(std::string("2\n") + cell + full_properties +
                     "energy=-7.25 pbc=\"T T F\" config_type=surface\n"
                     "Cu 0 0.5 1e-1 0.1 0.2 -0.3\nO 1 2 3 -.1 -2.0D-1 +0.3\n");
  EXPECT_EQ(f.structure.species, (std::vector<int>{29, 8}));
  EXPECT_EQ(f.structure.positions[0], Vec3(0, 0.5, 0.1));
  EXPECT_EQ(f.structure.cell.rows, Mat3(Vec3(4, 5, 6).asDiagonal()));
  EXPECT_EQ(f.structure.cell.periodic, (std::array<bool, 3>{true, true, false}));
  EXPECT_EQ(f.labels.energy, -7.25);
  EXPECT_EQ(f.labels.forces->at(1), Vec3(-0.1, -0.2, 0.3));
  EXPECT_FALSE(f.labels.virial);
  EXPECT_EQ(f.config_type, "surface");
  expect_has(f.source, "data.xyz:1");
  EXPECT_TRUE(f.info.empty());
  EXPECT_EQ(taken_.energy, (KeysTaken::Counts{{"energy", 1}}));
  EXPECT_EQ(taken_.forces, (KeysTaken::Counts{{"forces", 1}}));
}

TEST_F(ExtendedXyz, a_lattice_is_read_row_by_row_and_means_periodic) {
  const auto f = with_comment("Lattice=\"1 2 0 4 5 6 7 8 10\"");
  EXPECT_EQ(f.structure.cell.rows.row(1), Vec3(4, 5, 6).transpose());
  EXPECT_TRUE(f.structure.cell.fully_periodic());
  EXPECT_FALSE(with_comment("Properties=species:S:1:pos:R:3").structure.cell.any_periodic());
}

TEST_F(ExtendedXyz, pbc_is_understood_in_all_its_spellings) {
  const std::array<bool, 3> expected{true, false, true};
  for (const char* pbc :
       {"\"T F T\"", "\"1 0 1\"", "[True, False, True]", "[T, F, T]", "'True False True'", "{T F T}", "[1,0,1]"})
    EXPECT_EQ(with_comment(std::string(cell) + "pbc=" + pbc).structure.cell.periodic, expected) << pbc;
  EXPECT_TRUE(with_comment(std::string(cell) + "pbc=T").structure.cell.fully_periodic());
  EXPECT_FALSE(with_comment(std::string(cell) + "pbc=F").structure.cell.any_periodic());
}

TEST_F(ExtendedXyz, reads_stress_as_plus_dE_dstrain_per_volume) {
  const auto nine = with_comment(std::string(cell) + "stress=\"1 6 5 6 2 4 5 4 3\"");
  const auto six = with_comment(std::string(cell) + "stress=\"1 2 3 4 5 6\"");
  Mat3 stress;
  stress << 1, 6, 5, 6, 2, 4, 5, 4, 3;
  EXPECT_EQ(*nine.labels.virial, Mat3(-120 * stress));
  EXPECT_EQ(*six.labels.virial, Mat3(-120 * stress));
}

TEST_F(ExtendedXyz, reads_virial_as_minus_dE_dstrain) {
  Mat3 virial;
  virial << 1, 6, 5, 6, 2, 4, 5, 4, 3;
  EXPECT_EQ(*with_comment(std::string(cell) + "virial=\"1 6 5 6 2 4 5 4 3\"").labels.virial, virial);
  EXPECT_EQ(*with_comment(std::string(cell) + "REF_virial=[1,2,3,4,5,6]").labels.virial, virial);
  EXPECT_EQ(*with_comment(std::string(cell) + "dft_virial=[[1,6,5],[6,2,4],[5,4,3]]").labels.virial, virial);
}

TEST_F(ExtendedXyz, fills_a_stress_of_one_triangle_and_says_so) {
  const auto triangle = with_comment(std::string(cell) + "stress=\"1 6 5 0 2 4 0 0 3\"");
  Mat3 stress;
  stress << 1, 6, 5, 6, 2, 4, 5, 4, 3;
  EXPECT_EQ(*triangle.labels.virial, Mat3(-120 * stress));
  EXPECT_EQ(taken_.notes.count("stress has one triangle only; filled the other"), 1u);
}

TEST_F(ExtendedXyz, leaves_out_a_stress_without_volume_and_says_so) {
  EXPECT_FALSE(with_comment("stress=\"1 2 3 4 5 6\"").labels.virial);
  EXPECT_EQ(taken_.notes.count("stress left out: the frame has no volume"), 1u);
}

TEST_F(ExtendedXyz, labels_go_by_many_names) {
  for (const char* key : {"energy", "Energy", "REF_energy", "dft_energy", "DFT_energy", "free_energy", "total_energy"})
    EXPECT_EQ(with_comment(std::string(key) + "=-3.5").labels.energy, -3.5) << key;
  for (const char* key : {"force", "forces", "Forces", "REF_forces", "dft_forces", "dft_force"}) {
    const auto f = one(std::string("1\nProperties=species:S:1:pos:R:3:") + key + ":R:3\nH 0 0 0 1 2 3\n");
    ASSERT_TRUE(f.labels.forces) << key;
    EXPECT_EQ(f.labels.forces->at(0), Vec3(1, 2, 3));
  }
}

TEST_F(ExtendedXyz, a_reference_goes_before_a_plain_energy_and_the_choice_is_reported) {
  EXPECT_EQ(with_comment("energy=-1 REF_energy=-2 energy_mp2=-3").labels.energy, -2.0);
  EXPECT_EQ(taken_.energy, (KeysTaken::Counts{{"REF_energy", 1}}));
  EXPECT_EQ(taken_.passed_over, (KeysTaken::Counts{{"energy", 1}, {"energy_mp2", 1}}));
  EXPECT_EQ(taken_.notes.count("REF_energy and energy differ; took REF_energy"), 1u);
  expect_has(taken_.text(), "energy from: REF_energy (1)");
}

TEST_F(ExtendedXyz, two_keys_that_agree_are_no_matter_for_a_note) {
  with_comment(std::string(cell) + "energy=-1 REF_energy=-1 virial=\"-120 0 0 0 0 0 0 0 0\" stress=\"1 0 0 0 0 0\"");
  EXPECT_TRUE(taken_.notes.empty()) << taken_.text();
}

TEST_F(ExtendedXyz, only_the_named_key_is_taken) {
  const std::string text =
      std::string("1\nProperties=species:S:1:pos:R:3:forces:R:3:f_ccsd:R:3 ") + cell +
      "energy=-1 e_ccsd=-5 stress=\"1 0 0 0 0 0\" my_virial=\"7 0 0 0 0 0\"\nH 0 0 0 1 1 1 2 2 2\n";
  KeyChoice choice{.energy = "e_ccsd", .forces = "f_ccsd", .stress = "my_virial"};
  const auto f = one(text, choice);
  EXPECT_EQ(f.labels.energy, -5.0);
  EXPECT_EQ(f.labels.forces->at(0), Vec3(2, 2, 2));
  EXPECT_EQ((*f.labels.virial)(0, 0), 7);
  const auto none = one(text, {.energy = "nowhere", .forces = "nowhere", .stress = "nowhere"});
  EXPECT_FALSE(none.labels.energy || none.labels.forces || none.labels.virial);
}

TEST_F(ExtendedXyz, columns_come_in_any_order_and_unknown_ones_are_skipped_and_recorded) {
  const auto f =
      one("1\nProperties=tags:I:1:forces:R:3:charge:R:1:Z:I:1:move_mask:L:3:pos:R:3:forces_mp2:R:3\n"
          "7 .1 .2 .3 -0.5 17 T F T 1 2 3 9 9 9\n");
  EXPECT_EQ(f.structure.species[0], 17);
  EXPECT_EQ(f.structure.positions[0], Vec3(1, 2, 3));
  EXPECT_EQ(f.labels.forces->at(0), Vec3(.1, .2, .3));
  EXPECT_EQ(taken_.skipped_columns, (KeysTaken::Counts{{"tags", 1}, {"charge", 1}, {"move_mask", 1}}));
  EXPECT_EQ(taken_.passed_over, (KeysTaken::Counts{{"forces_mp2", 1}}));
}

TEST_F(ExtendedXyz, velocities_are_in_angstrom_per_fs_and_momenta_in_the_units_of_ase) {
  const auto v = one("1\nProperties=species:S:1:pos:R:3:velo:R:3\nCu 0 0 0 1 2 3\n");
  EXPECT_EQ(v.velocities.at(0), Vec3(1, 2, 3));
  const auto p = one("1\nProperties=species:S:1:pos:R:3:momenta:R:3\nCu 0 0 0 63.546 0 0\n");
  EXPECT_NEAR(p.velocities.at(0)[0], units::fs, 1e-15);
}

TEST_F(ExtendedXyz, weights_are_read_under_both_names) {
  const auto f = with_comment("config_weight=2 config_energy_weight=3 forces_weight=4 config_virial_weight=5");
  EXPECT_EQ(f.weight, 2);
  EXPECT_EQ(f.energy_weight, 3);
  EXPECT_EQ(f.forces_weight, 4);
  EXPECT_EQ(f.stress_weight, 5);
  expect_has(problem("1\nweight=-1\nH 0 0 0\n"), "data.xyz:2: weight=-1");
}

TEST_F(ExtendedXyz, other_pairs_are_kept_with_quotes_escapes_flags_and_lists) {
  const auto f = with_comment(
      R"(name="a \"b\" c" smiles='C=O' relaxed "odd key"=1 list=[[1, 2], [3]] old={4 5 6} nothing="" x = 5)");
  const std::vector<std::pair<std::string, std::string>> expected{
      {"name", "a \"b\" c"},     {"smiles", "C=O"}, {"relaxed", "T"}, {"odd key", "1"},
      {"list", "[[1, 2], [3]]"}, {"old", "4 5 6"},  {"nothing", ""},  {"x", "5"}};
  EXPECT_EQ(f.info, expected);
}

TEST_F(ExtendedXyz, key_values_survive_writing_and_reading) {
  for (const std::string value : {"plain", "two words", "quo\"te", "it's", "back\\slash", "a=b", "", "line\nbreak",
                                  "[1, 2]", "[1] [2]", "\\n", "{x}", "ends]", "Å ü"}) {
    const auto pairs = parse_key_values(key_value_text("some key", value) + " " + key_value_text("k", value));
    ASSERT_EQ(pairs.size(), 2u) << value;
    EXPECT_EQ(pairs[0], (std::pair<std::string, std::string>("some key", value)));
    EXPECT_EQ(pairs[1].second, value);
  }
}

TEST_F(ExtendedXyz, plain_xyz_is_read_with_its_remark) {
  for (const char* remark : {"a molecule, it's plain", " energy: -5.07 gnorm: 0.1", "'unclosed = quote"}) {
    const auto f = one(std::string("2\n") + remark + "\nO 0 0 0\nH 0 0 1 0.3\n");
    EXPECT_EQ(f.structure.species, (std::vector<int>{8, 1}));
    EXPECT_EQ(f.info.size(), 1u);
    EXPECT_FALSE(f.labels.energy);
  }
  EXPECT_TRUE(one("1\n\nHe 0 0 0\n").info.empty());
}

TEST_F(ExtendedXyz, windows_line_ends_blank_lines_and_a_missing_last_line_end_do_no_harm) {
  const auto frames =
      read_extxyz(file("1\r\nProperties=species:S:1:pos:R:3 tag=x\r\nH 1 2 3\r\n\r\n1\r\nenergy=2\r\nHe 0 0 0"));
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].structure.positions[0], Vec3(1, 2, 3));
  EXPECT_EQ(frames[0].info[0].second, "x");
  EXPECT_EQ(frames[1].labels.energy, 2.0);
}

TEST_F(ExtendedXyz, a_last_line_without_end_is_noted_for_its_last_number_may_be_cut) {
  one("1\nx=1\nH 1 2 3");
  EXPECT_EQ(taken_.notes.size(), 1u);
}

TEST_F(ExtendedXyz, a_left_handed_cell_is_kept_and_noted) {
  EXPECT_LT(with_comment("Lattice=\"0 4 0 4 0 0 0 0 4\"").structure.cell.rows.determinant(), 0);
  EXPECT_EQ(taken_.notes.size(), 1u);
}

// ---- what is wrong is said with its place ---------------------------------------------------------------------------

TEST_F(ExtendedXyz, a_truncated_frame_is_named) {
  expect_has(problem("3\nx=1\nH 0 0 0\nH 0 0 1\n"),
             "data.xyz:1: truncated frame: 3 atoms announced, the file ends after 2");
  expect_has(problem("3\nx=1\nH 0 0 0\nH 0 0 1\n1\nx=2\nH 0 0 0\n"),
             "data.xyz:1: truncated frame: 3 atoms announced, but line 5");
  expect_has(problem("3\n"), "data.xyz:1: the file ends before the second line");
}

TEST_F(ExtendedXyz, a_wrong_number_of_columns_is_named) {
  const std::string head = std::string("2\n") + full_properties + "\n";
  expect_has(problem(head + "H 0 0 0 1 1 1\nH 0 0 0 1 1\n"),
             "data.xyz:4: 6 columns, expected 7 (species pos pos pos forces");
  expect_has(problem(head + "H 0 0 0 1 1 1 5\nH 0 0 0 1 1 1\n"), "data.xyz:3: 8 columns, expected 7");
  expect_has(problem(head + "H 0 0 0 1 1 1 5\nH 0 0 0 1 1 1 5\n"), "(and 1 more lines of this frame)");
}

TEST_F(ExtendedXyz, numbers_that_are_not_finite_are_named) {
  expect_has(problem("1\nx=1\nH 0 nan 0\n"), "data.xyz:3: pos: 'nan' is not finite");
  expect_has(problem(std::string("1\n") + full_properties + "\nH 0 0 0 1 -inf 0\n"),
             "data.xyz:3: forces: '-inf' is not finite");
  expect_has(problem("1\nenergy=NaN\nH 0 0 0\n"), "data.xyz:2: energy=\"NaN\" holds a number that is not finite");
  expect_has(problem("1\nx=1\nH 0 1e999 0\n"), "not finite");
  EXPECT_EQ(problem("1\nx=1\nH 0 1e-999 0\n"), "no problem");
}

TEST_F(ExtendedXyz, an_unknown_element_is_named) {
  expect_has(problem("1\nx=1\nXx 0 0 0\n"), "data.xyz:3: unknown element 'Xx', expected a symbol such as Cu");
  expect_has(problem("1\nProperties=Z:I:1:pos:R:3\n119 0 0 0\n"), "unknown element '119'");
}

TEST_F(ExtendedXyz, a_cell_that_cannot_be_is_named_with_the_remedy) {
  expect_has(problem("1\nLattice=\"4 0 0 0 -5 0 0 0 6\"\nH 0 0 0\n"),
             "data.xyz:2: Lattice: negative cell: vector b is (0 -5 0) Å; write 5");
  expect_has(problem("1\nLattice=\"4 0 0 0 0 0 0 0 6\"\nH 0 0 0\n"), "no length along the periodic vector b");
  expect_has(problem("1\nLattice=\"4 0 0 8 0 0 0 0 6\"\nH 0 0 0\n"), "is flat");
  expect_has(problem("1\nLattice=\"4 0 0 0 5 0 0 0\"\nH 0 0 0\n"), "expected 9 numbers");
  expect_has(problem("1\nLattice=\"4 0 0 0 5 0 0 0 nan\"\nH 0 0 0\n"), "not finite");
  expect_has(problem("1\npbc=\"T T T\"\nH 0 0 0\n"), "there is no Lattice");
  EXPECT_EQ(problem("1\nLattice=\"4 0 0 0 5 0 0 0 0\" pbc=\"T T F\"\nH 0 0 0\n"), "no problem");
}

TEST_F(ExtendedXyz, a_bad_atom_count_is_named) {
  for (const char* count : {"x", "-1", "0", "2.5", "1 2", "99999999999999999999"})
    expect_has(problem(std::string(count) + "\nx=1\nH 0 0 0\n"),
               "data.xyz:1: '" + std::string(count) + "' is no number of atoms");
}

TEST_F(ExtendedXyz, garbage_is_named) {
  expect_has(problem("1\nx=1\nH 0 1..0 0\n"), "data.xyz:3: pos: '1..0' is no number");
  expect_has(problem("1\nenergy=low\nH 0 0 0\n"), "data.xyz:2: energy=\"low\", expected one number");
  expect_has(problem(std::string("1\n") + cell + "stress=\"1 2 3\"\nH 0 0 0\n"), "expected 9 or 6");
  expect_has(problem(std::string("1\n") + cell + "pbc=\"T T maybe\"\nH 0 0 0\n"), "expected three of T or F");
  expect_has(problem("1\nProperties=species:S:1\nH\n"), "no column holds positions");
  expect_has(problem("1\nProperties=pos:R:3\n0 0 0\n"), "no column tells the element");
  expect_has(problem("1\nProperties=species:S:1:pos:Q:3\nH 0 0 0\n"), "type 'Q' of pos");
  expect_has(problem("1\nProperties=species:S:1:pos\nH 0 0 0\n"), "do not make triples");
  expect_has(problem("1\nProperties=species:S:1:pos:R:3 name=\"open\nH 0 0 0\n"), "is never closed");
}

TEST_F(ExtendedXyz, problems_of_one_file_come_together_up_to_ten) {
  std::string text;
  for (int k = 0; k < 3; ++k) text += "1\nenergy=x\nXx 0 0 0\n1\nx=1\nH 0 0 0\n";
  const auto all = problem(text);
  for (const char* line : {":2: ", ":3: ", ":8: ", ":9: ", ":14: ", ":15: "}) expect_has(all, line);
  for (int k = 0; k < 5; ++k) text += text;
  const auto first = problem(text);
  EXPECT_LE(std::count(first.begin(), first.end(), '\n'), 12);
  expect_has(first, "there may be more");
}

TEST_F(ExtendedXyz, a_file_that_is_missing_or_empty_is_named) {
  EXPECT_THROW(read_extxyz(path("nowhere.xyz")), InputError);
  expect_has(problem(""), "holds no frames");
  EXPECT_THROW(read_extxyz(folder_.string()), InputError);
}

// ---- writing --------------------------------------------------------------------------------------------------------

Frame random_frame(std::uint64_t seed) {
  Random random(seed);
  const auto vec = [&] { return Vec3{random.normal(), random.normal() * 1e-7, random.normal() * 1e5}; };
  Frame f;
  f.structure.cell.rows << 5.1, 0.1, 0, 1.0 / 3, 6, 0, 0, -0.7, 7;
  f.structure.cell.periodic = {true, true, true};
  f.labels.forces.emplace();
  for (int i = 0; i < 5; ++i) {
    f.structure.species.push_back(int(1 + random.below(118)));
    f.structure.positions.push_back(vec());
    f.labels.forces->push_back(vec());
    f.velocities.push_back(vec());
  }
  f.labels.energy = -1e4 * random.uniform();
  const Mat3 t = Mat3::NullaryExpr([&] { return random.normal(); });
  f.labels.virial = t + t.transpose();
  f.config_type = "two words";
  f.weight = 0.1, f.energy_weight = 0.2, f.forces_weight = 0.3, f.stress_weight = 1e-9;
  f.info = {{"name", "a \"quoted\" thing"}, {"list", "[1, 2]"}, {"empty", ""}};
  return f;
}

void expect_same(const Frame& a, const Frame& b) {
  EXPECT_EQ(a.structure.species, b.structure.species);
  EXPECT_EQ(a.structure.positions, b.structure.positions);
  EXPECT_EQ(a.structure.cell.rows, b.structure.cell.rows);
  EXPECT_EQ(a.structure.cell.periodic, b.structure.cell.periodic);
  EXPECT_EQ(a.labels.energy, b.labels.energy);
  EXPECT_EQ(a.labels.forces, b.labels.forces);
  ASSERT_EQ(a.labels.virial.has_value(), b.labels.virial.has_value());
  EXPECT_EQ(a.labels.virial.value_or(Mat3::Zero()), b.labels.virial.value_or(Mat3::Zero()));
  EXPECT_EQ(a.velocities, b.velocities);
  EXPECT_EQ(a.config_type, b.config_type);
  EXPECT_EQ(a.weight, b.weight);
  EXPECT_EQ(a.energy_weight, b.energy_weight);
  EXPECT_EQ(a.forces_weight, b.forces_weight);
  EXPECT_EQ(a.stress_weight, b.stress_weight);
  EXPECT_EQ(a.info, b.info);
}

TEST_F(ExtendedXyz, a_written_frame_reads_back_exactly) {
  auto bare = Frame();
  bare.structure.species = {6};
  bare.structure.positions = {{1, 2, 3}};
  for (const char* name : {"whole.xyz", "whole.xyz.gz"}) {
    ExtxyzWriter writer(path(name));
    writer.write(random_frame(1));
    writer.write(bare);
    writer.write(random_frame(2));
    EXPECT_FALSE(fs::exists(path(name))) << "nothing appears before close";
    writer.close();
    const auto frames = read_extxyz(path(name), {}, &taken_);
    ASSERT_EQ(frames.size(), 3u);
    expect_same(frames[0], random_frame(1));
    expect_same(frames[1], bare);
    expect_same(frames[2], random_frame(2));
  }
  EXPECT_TRUE(taken_.notes.empty()) << taken_.text();
}

TEST_F(ExtendedXyz, labels_that_were_replaced_leave_none_of_another_method_behind) {
  auto frame = with_comment(std::string(cell) +
                            "REF_energy=-10 dft_energy=-9 Energy=-8 REF_stress=\"1 0 0 0 0 0\" note=kept "
                            "virial=\"9 0 0 0 0 0\" energy_mp2=-3");
  EXPECT_EQ(frame.labels.energy, -10);
  for (const bool labelled : {true, false}) {
    frame.labels = {};
    if (labelled) frame.labels.energy = -137.97;
    ExtxyzWriter writer(path("out.xyz"));
    writer.write(frame);
    writer.close();
    const auto back = read_extxyz(path("out.xyz")).at(0);
    EXPECT_EQ(back.labels.energy.value_or(0), labelled ? -137.97 : 0) << slurp(path("out.xyz"));
    EXPECT_FALSE(back.labels.virial) << slurp(path("out.xyz"));
    EXPECT_EQ(back.info, (std::vector<std::pair<std::string, std::string>>{{"note", "kept"}, {"energy_mp2", "-3"}}));
  }
}

TEST_F(ExtendedXyz, a_file_that_was_not_closed_leaves_nothing_behind) {
  {
    ExtxyzWriter writer(path("new.xyz"));
    writer.write(random_frame(1));
  }
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(ExtendedXyz, decimals_are_kept_to_what_was_asked) {
  auto f = random_frame(1);
  f.structure.positions[0] = {1.0 / 3, -2, 1e-9};
  ExtxyzWriter writer(path("short.xyz"), {.decimals = 3});
  writer.write(f);
  writer.close();
  EXPECT_EQ(read_extxyz(path("short.xyz"))[0].structure.positions[0], Vec3(0.333, -2, 0));
}

TEST_F(ExtendedXyz, a_trajectory_is_continued_at_the_byte_of_its_restart) {
  for (const char* name : {"run.xyz", "run.xyz.gz"}) {
    std::int64_t position = 0;
    {
      ExtxyzWriter writer(path(name), {.append = true});
      writer.write(random_frame(1));
      writer.flush();
      position = writer.position();
      EXPECT_EQ(position, std::int64_t(fs::file_size(path(name))));
      writer.write(random_frame(2));
      writer.flush();
    }
    fs::resize_file(path(name), fs::file_size(path(name)) - 200);  // killed in the middle of a frame
    EXPECT_THROW(read_extxyz(path(name)), InputError);
    {
      ExtxyzWriter writer(path(name), {.append = true, .cut_at = position});
      writer.write(random_frame(3));
    }
    const auto frames = read_extxyz(path(name));
    ASSERT_EQ(frames.size(), 2u);
    expect_same(frames[0], random_frame(1));
    expect_same(frames[1], random_frame(3));
    EXPECT_THROW(ExtxyzWriter(path(name), {.append = true, .cut_at = 1 << 30}), InputError);
  }
}

TEST_F(ExtendedXyz, a_trajectory_is_cut_to_its_whole_frames) {
  for (const char* name : {"cut.xyz", "cut.xyz.gz"}) {
    {
      ExtxyzWriter writer(path(name), {.append = true});
      for (int k = 0; k < 4; ++k) {
        writer.write(random_frame(k));
        writer.flush();
      }
    }
    fs::resize_file(path(name), fs::file_size(path(name)) - 200);
    EXPECT_EQ(cut_extxyz(path(name), 100), 3) << name;
    EXPECT_EQ(read_extxyz(path(name)).size(), 3u);
    EXPECT_EQ(cut_extxyz(path(name), 1), 1);
    const auto frames = read_extxyz(path(name));
    ASSERT_EQ(frames.size(), 1u);
    expect_same(frames[0], random_frame(0));
    EXPECT_EQ(cut_extxyz(path(name), 0), 0);
  }
  EXPECT_EQ(cut_extxyz(path("nowhere.xyz"), 5), 0);
}

TEST_F(ExtendedXyz, a_compressed_file_that_was_cut_off_is_named) {
  ExtxyzWriter writer(path("big.xyz.gz"));
  for (int k = 0; k < 500; ++k) writer.write(random_frame(k));
  writer.close();
  EXPECT_EQ(read_extxyz(path("big.xyz.gz")).size(), 500u);
  fs::resize_file(path("big.xyz.gz"), fs::file_size(path("big.xyz.gz")) / 2);
  try {
    read_extxyz(path("big.xyz.gz"));
    FAIL();
  } catch (const InputError& e) {
    expect_has(e.what(), "was the file cut off?");
  }
}

TEST_F(ExtendedXyz, a_frame_whose_parts_disagree_is_not_written) {
  auto f = random_frame(1);
  f.labels.forces->pop_back();
  ExtxyzWriter writer(path("bad.xyz"));
  EXPECT_THROW(writer.write(f), InputError);
}

TEST_F(ExtendedXyz, lines_longer_than_the_buffer_are_read) {
  const std::string text(700000, 'x');
  EXPECT_EQ(with_comment("long=" + text).info.at(0).second, text);
}

}  // namespace
}  // namespace orogen
