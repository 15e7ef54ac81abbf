#include "orogen/train/census/census.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "common/brute_force_pairs.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/base/units.hpp"

namespace orogen {
namespace {

/// Labels from a smooth pair potential, so that energies, forces and virials belong together.
void label(Frame& f, double reference = -3.5) {
  constexpr double depth = 0.4, stiffness = 1.6, r0 = 2.6, cutoff = 5;
  const auto& s = f.structure;
  double energy = reference * s.size();
  std::vector<Vec3> forces(s.size(), Vec3::Zero());
  Mat3 virial = Mat3::Zero();
  for (const auto& p : brute_force_pairs(s, cutoff)) {
    const Vec3 d =
        s.positions[p.j] - s.positions[p.i] + s.cell.rows.transpose() * Vec3(p.shift[0], p.shift[1], p.shift[2]);
    const double r = d.norm(), x = std::exp(-stiffness * (r - r0)), t = 1 - r * r / (cutoff * cutoff);
    const double morse = depth * (x * x - 2 * x), slope = depth * stiffness * (2 * x - 2 * x * x);
    const double derivative = slope * t * t * t - morse * 6 * r / (cutoff * cutoff) * t * t;
    energy += 0.5 * morse * t * t * t;
    forces[p.i] += derivative / r * d;
    virial -= 0.5 * derivative / r * d * d.transpose();
  }
  f.labels = {energy, forces, virial};
}

Frame crystal(std::uint64_t seed, double amplitude = 0.06, double strain = 0.03) {
  Random random(seed);
  const auto vec = [&] { return Vec3{random.normal(), random.normal(), random.normal()}; };  // braces: in this order
  Frame f;
  f.source = "made:" + std::to_string(seed);
  const double a = 3.6;
  Mat3 deformation = Mat3::Identity();
  for (int k = 0; k < 3; ++k) deformation.row(k) += strain * vec().transpose();
  deformation = (deformation + deformation.transpose()).eval() / 2;
  for (int c = 0; c < 8; ++c)
    for (const Vec3& b : {Vec3(0, 0, 0), Vec3(.5, .5, 0), Vec3(.5, 0, .5), Vec3(0, .5, .5)}) {
      f.structure.species.push_back(29);
      f.structure.positions.push_back(deformation * (a * (Vec3(c & 1, c >> 1 & 1, c >> 2) + b)) + amplitude * vec());
    }
  f.structure.cell.rows = 2 * a * deformation.transpose();
  f.structure.cell.periodic = {true, true, true};
  label(f);
  return f;
}

/// Half of the frames in one cell, where forces alone do the work, half in strained cells.
std::vector<Frame> crystals() {
  std::vector<Frame> out;
  for (int k = 0; k < 15; ++k) out.push_back(crystal(k, 0.03, 0));
  for (int k = 0; k < 15; ++k) out.push_back(crystal(100 + k, 0.02, 0.02));
  return out;
}

Frame molecule(std::vector<int> species, double energy) {
  Frame f;
  for (std::size_t k = 0; k < species.size(); ++k)
    f.structure.positions.emplace_back(1.1 * double(k), 0.1 * double(k % 2), 0);
  f.structure.species = std::move(species);
  f.labels.energy = energy;
  return f;
}

std::string suspected(const std::vector<Frame>& frames) {
  std::string out;
  for (const auto& s : take_census(frames).suspicions) out += s.what + " | " + s.fix + "\n";
  return out;
}

void expect_has(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in:\n" << text;
}

TEST(Census, counts_frames_elements_atoms_and_labels) {
  auto frames = crystals();
  frames[3].labels.forces.reset();
  frames[4].labels.virial.reset();
  frames[5].config_type = "liquid";
  frames.push_back(molecule({8, 1, 1}, -10));
  const auto c = take_census(frames);
  EXPECT_EQ(c.frames, 31);
  EXPECT_EQ(c.atoms, 30 * 32 + 3);
  EXPECT_EQ(c.elements, (std::map<int, long>{{1, 2}, {8, 1}, {29, 960}}));
  EXPECT_EQ(c.periodic, 30);
  EXPECT_EQ(c.molecules, 1);
  EXPECT_EQ(c.atoms_per_frame.min, 3);
  EXPECT_EQ(c.atoms_per_frame.max, 32);
  EXPECT_EQ(c.energy.percent, 100);
  EXPECT_EQ(c.forces.frames, 29);
  EXPECT_NEAR(c.stress.percent, 100.0 * 29 / 31, 1e-12);
  EXPECT_EQ(c.config_types, (std::map<std::string, long>{{"default", 30}, {"liquid", 1}}));
}

TEST(Census, measures_energies_forces_net_forces_and_pressure) {
  auto f = molecule({1, 1}, -6);
  f.labels.forces = {{3, 0, 0}, {0, 4, 0}};
  auto g = crystal(1);
  const auto c = take_census(std::vector{f});
  EXPECT_EQ(c.energy_per_atom.mean, -3);
  EXPECT_EQ(c.force.min, 3);
  EXPECT_EQ(c.force.max, 4);
  EXPECT_NEAR(c.force.rms, std::sqrt(12.5), 1e-12);
  EXPECT_NEAR(c.net_force.max, 5, 1e-12);
  EXPECT_EQ(c.pressure.count, 0);
  const auto d = take_census(std::vector{g});
  EXPECT_NEAR(d.pressure.mean, g.labels.virial->trace() / 3 / g.structure.cell.volume(), 1e-12);
  EXPECT_LT(d.net_force.max, 1e-10);
}

TEST(Census, finds_the_nearest_distance_of_every_pair_of_elements) {
  auto f = molecule({8, 1, 1}, -1);
  f.structure.positions = {{0, 0, 0}, {0.96, 0, 0}, {0, 1.01, 0}};
  auto g = f;
  g.structure.positions[1] = {0.9, 0, 0};
  const auto c = take_census(std::vector{f, g});
  ASSERT_EQ(c.nearest.size(), 2u);
  EXPECT_EQ(c.nearest[0].a, 1);
  EXPECT_EQ(c.nearest[0].b, 1);
  EXPECT_NEAR(c.nearest[0].distance, std::hypot(0.9, 1.01), 1e-12);
  EXPECT_EQ(c.nearest[1].b, 8);
  EXPECT_NEAR(c.nearest[1].distance, 0.9, 1e-12);
  EXPECT_EQ(c.nearest[1].frame, 1);
}

TEST(Census, finds_images_when_the_cell_is_small) {
  Frame f;
  f.structure.species = {29};
  f.structure.positions = {{0, 0, 0}};
  f.structure.cell.rows << 0, 1.8, 1.8, 1.8, 0, 1.8, 1.8, 1.8, 0;
  f.structure.cell.periodic = {true, true, true};
  const auto c = take_census(std::vector{f});
  ASSERT_EQ(c.nearest.size(), 1u);
  EXPECT_NEAR(c.nearest[0].distance, 1.8 * std::sqrt(2.0), 1e-12);
  EXPECT_TRUE(c.references.isolated.empty()) << "a one-atom crystal is no isolated atom";
}

TEST(Census, finds_frames_that_repeat_an_earlier_one) {
  auto frames = crystals();
  auto again = frames[7];
  again.structure.positions[3][1] += 5e-7;
  frames.push_back(again);
  again.labels.energy = *again.labels.energy + 1;
  frames.push_back(again);
  auto moved = frames[2];
  for (auto& x : moved.structure.positions) x += Vec3(0.5, 0, 0);
  frames.push_back(moved);
  const auto d = take_census(frames).duplicates;
  EXPECT_EQ(d.same_structure, 2);
  EXPECT_EQ(d.other_energy, 1);
  EXPECT_EQ(d.same_energy, 1);
  EXPECT_EQ(d.examples, (std::vector<std::pair<long, long>>{{7, 30}, {7, 31}}));
}

TEST(Census, names_frames_whose_energy_stands_out_and_the_largest_forces) {
  auto frames = crystals();
  *frames[11].labels.energy += 40;
  frames[20].labels.forces->at(5) = {0, -70, 0};
  const auto c = take_census(frames);
  ASSERT_EQ(c.energy_outliers.size(), 1u);
  EXPECT_EQ(c.energy_outliers[0].frame, 11);
  EXPECT_EQ(c.energy_outliers[0].source, "made:11");
  EXPECT_EQ(c.largest_forces[0].frame, 20);
  EXPECT_EQ(c.largest_forces[0].atom, 5);
  EXPECT_EQ(c.largest_forces[0].value, 70);
  EXPECT_TRUE(take_census(crystals()).energy_outliers.empty());
}

// ---- reference energies ---------------------------------------------------------------------------------------------

TEST(Census, fits_reference_energies_when_compositions_suffice) {
  const auto energy = [](const std::vector<int>& species) {
    double e = 0;
    for (const int z : species) e += z == 1 ? -13.6 : z == 6 ? -1030 : -2040;
    return e;
  };
  std::vector<Frame> frames;
  for (const std::vector<int>& species : {std::vector{8, 1, 1}, {6, 1, 1, 1, 1}, {6, 8, 8}, {6, 8, 1, 1}})
    frames.push_back(molecule(species, energy(species)));
  frames.push_back(molecule({1}, -13.5));
  CensusOptions options;
  options.reference_energies = {{8, -2041.0}};
  const auto r = take_census(frames, options).references;
  EXPECT_EQ(r.rank, 3);
  EXPECT_TRUE(r.undetermined.empty());
  EXPECT_NEAR(r.fitted.at(1), -13.6, 1e-6);
  EXPECT_NEAR(r.fitted.at(6), -1030, 1e-6);
  EXPECT_NEAR(r.fitted.at(8), -2040, 1e-6);
  EXPECT_LT(r.residual, 1e-6);
  EXPECT_EQ(r.isolated, (std::map<int, double>{{1, -13.5}}));
  EXPECT_EQ(r.given.at(8), -2041.0);
}

TEST(Census, names_the_combination_of_elements_that_compositions_leave_open) {
  const auto one = take_census(std::vector{molecule({8, 1, 1}, -30), molecule({8, 1, 1, 8, 1, 1}, -60)}).references;
  EXPECT_EQ(one.rank, 1);
  ASSERT_EQ(one.undetermined.size(), 1u);
  EXPECT_EQ(one.undetermined[0], "H - 2 O");
  EXPECT_NEAR(2 * one.fitted.at(1) + one.fitted.at(8), -30, 1e-9);
  EXPECT_NEAR(one.fitted.at(1), 2 * one.fitted.at(8), 1e-9) << "the smallest solution lies along the composition";
  const auto none = take_census(std::vector{molecule({6, 1, 1}, -30)}).references;
  EXPECT_EQ(none.rank, 1);
  EXPECT_EQ(none.undetermined.size(), 1u);
}

TEST(Census, takes_single_atoms_far_from_their_images_as_isolated) {
  auto in_box = molecule({29}, -0.2);
  in_box.structure.cell.rows = 12 * Mat3::Identity();
  in_box.structure.cell.periodic = {true, true, true};
  auto named = in_box;
  named.structure.species = {28};
  named.structure.cell.rows = 5 * Mat3::Identity();
  named.config_type = "IsolatedAtom";
  auto frames = crystals();
  frames.push_back(in_box);
  frames.push_back(named);
  const auto c = take_census(frames);
  EXPECT_EQ(c.references.isolated, (std::map<int, double>{{28, -0.2}, {29, -0.2}}));
  EXPECT_EQ(c.references.fitted.size(), 1u) << "isolated atoms do not enter the fit";
}

// ---- suspicions -----------------------------------------------------------------------------------------------------

TEST(Census, suspects_nothing_where_labels_belong_together) { EXPECT_EQ(suspected(crystals()), ""); }

TEST(Census, suspects_forces_with_the_sign_of_the_gradient) {
  auto frames = crystals();
  for (auto& f : frames)
    for (auto& v : *f.labels.forces) v *= -1;
  expect_has(suspected(frames), "sign of the gradient | multiply the forces by -1");
}

TEST(Census, suspects_units_of_forces_and_of_energies) {
  const auto scaled = [](double energy, double force) {
    auto frames = crystals();
    for (auto& f : frames) {
      *f.labels.energy *= energy;
      for (auto& v : *f.labels.forces) v *= force;
    }
    return suspected(frames);
  };
  const double per_hartree = 1 / units::hartree;
  expect_has(scaled(1, units::bohr * per_hartree), "energies in eV with forces in Hartree/bohr");
  expect_has(scaled(1, 1 / units::kcal_per_mol), "energies in eV with forces in kcal/mol/Å");
  expect_has(scaled(per_hartree, 1), "energies in Hartree with forces in eV/Å");
  expect_has(scaled(per_hartree, units::bohr * per_hartree), "energies in Hartree with forces in Hartree/bohr");
  expect_has(scaled(per_hartree, units::bohr * per_hartree), "or energies in Rydberg with forces in Rydberg/bohr");
  expect_has(scaled(1, 1 / units::kj_per_mol), "energies in eV with forces in kJ/mol/Å");
}

TEST(Census, suspects_units_of_a_molecule_that_turns_as_it_moves) {
  std::vector<Frame> frames;
  Random random(3);
  for (int k = 0; k < 12; ++k) {
    auto f = molecule({79, 79, 79, 79, 79}, 0);
    f.structure.positions = {{0, 0, 0}, {2.6, 0, 0}, {0, 2.6, 0}, {0, 0, 2.6}, {1.8, 1.8, 1.8}};
    for (auto& x : f.structure.positions) x += 0.05 * Vec3{random.normal(), random.normal(), random.normal()};
    const auto turn = Eigen::AngleAxisd(random.normal() * 3, Vec3(1, k, 2).normalized());
    for (auto& x : f.structure.positions) x = turn * x + Vec3(k, 0, -k);
    label(f, -300);
    frames.push_back(f);
  }
  EXPECT_EQ(suspected(frames), "");
  for (auto& f : frames) *f.labels.energy /= units::hartree;
  expect_has(suspected(frames), "energies in Hartree");
}

TEST(Census, suspects_total_energies_in_hartree_or_kcal_by_their_size) {
  const auto with_unit = [](double unit) {
    return suspected({molecule({8, 1, 1}, -76.42 * units::hartree / unit),
                      molecule({6, 1, 1, 1, 1}, -40.5 * units::hartree / unit)});
  };
  EXPECT_EQ(with_unit(1), "");
  expect_has(with_unit(units::hartree), "energies in Hartree | multiply the energies by 27.2113862");
  expect_has(with_unit(units::kcal_per_mol), "energies in kcal/mol");
}

TEST(Census, suspects_the_sign_and_the_unit_of_the_stress) {
  const auto scaled = [](double factor) {
    auto frames = crystals();
    for (auto& f : frames) *f.labels.virial *= factor;
    return suspected(frames);
  };
  expect_has(scaled(-1), "stress has the wrong sign | multiply the stress by -1");
  expect_has(scaled(1 / units::gpa), "the stress is in GPa: multiply it by 0.00624");
  expect_has(scaled(-1 / (1000 * units::bar)), "the stress is in kbar: multiply it by -0.000624");
  const double volume = crystals()[0].structure.cell.volume();
  expect_has(scaled(volume), "what is called stress is a virial");
  expect_has(scaled(1 / volume), "what is called virial is a stress");
}

TEST(Census, suspects_energies_and_forces_in_another_unit_than_the_stress) {
  auto frames = crystals();
  for (auto& f : frames) {
    *f.labels.energy /= units::kcal_per_mol;
    for (auto& v : *f.labels.forces) v /= units::kcal_per_mol;
  }
  expect_has(suspected(frames), "seem to be in kcal/mol, the stress in eV: multiply the former by 0.0433641042");
}

TEST(Census, suspects_lengths_in_bohr_and_in_nm) {
  const auto scaled = [](double factor) {
    std::vector<Frame> frames;
    for (int k = 0; k < 5; ++k) {
      frames.push_back(crystal(k));
      auto& s = frames.back().structure;
      s.cell.rows *= factor;
      for (auto& x : s.positions) x *= factor;
      frames.back().labels = {};
    }
    return suspected(frames);
  };
  EXPECT_EQ(scaled(1), "");
  expect_has(scaled(1 / units::bohr), "bohr, not Å");
  expect_has(scaled(0.1), "nm");
}

TEST(Census, suspects_forces_that_do_not_add_up) {
  auto frames = crystals();
  for (auto& f : frames)
    for (auto& v : *f.labels.forces) v = v.cwiseAbs();
  expect_has(suspected(frames), "do not add up to zero");
}

// ---- refusal --------------------------------------------------------------------------------------------------------

std::string refusal(const std::vector<Frame>& frames, WantedLabels wanted, KeysTaken keys = {}) {
  try {
    refuse_unusable(take_census(frames, {.keys = std::move(keys), .reference_energies = {}}), wanted);
  } catch (const InputError& e) {
    return e.what();
  }
  return "";
}

TEST(Census, refuses_labels_that_are_missing_or_all_zero_with_their_keys) {
  auto frames = crystals();
  EXPECT_EQ(refusal(frames, {true, true, true}), "");
  KeysTaken keys;
  keys.energy = {{"energy", 30}};
  keys.passed_over = {{"energy_mp2", 30}, {"my_forces", 30}};
  for (auto& f : frames) f.labels.energy = 0, f.labels.forces.reset(), f.labels.virial->setZero();
  const auto text = refusal(frames, {true, true, true}, keys);
  expect_has(text, "energy: zero in all 30 frames that carry it (key energy)");
  expect_has(text, "forces: no frame of 30 carries this label");
  expect_has(text, "energy_mp2, my_forces");
  expect_has(text, "stress: zero in all 30");
  EXPECT_EQ(refusal(frames, {false, false, false}), "");
}

TEST(Census, one_frame_with_forces_is_enough_for_not_being_refused) {
  auto frames = crystals();
  for (std::size_t k = 1; k < frames.size(); ++k) frames[k].labels.forces.reset();
  EXPECT_EQ(refusal(frames, {true, true, false}), "");
}

TEST(Census, says_everything_in_words_and_in_json) {
  auto frames = crystals();
  for (auto& f : frames) *f.labels.virial *= -1;
  frames.push_back(frames[0]);
  CensusOptions options;
  options.keys.energy = {{"REF_energy", 31}};
  options.keys.passed_over = {{"energy", 31}};
  const auto c = take_census(frames, options);
  const auto words = text(c);
  for (const char* part : {"31 frames, 992 atoms: Cu 992", "31 from REF_energy", "not taken: energy", "Cu-Cu",
                           "duplicates: 1", "SUSPECTED: the stress has the wrong sign", "rank 1 of 1"})
    expect_has(words, part);
  const auto json = to_json(c);
  EXPECT_EQ(json["frames"], 31);
  EXPECT_EQ(json["elements"]["Cu"], 992);
  EXPECT_EQ(json["labels"]["energy"]["keys"]["REF_energy"], 31);
  EXPECT_EQ(json["duplicates"]["same_structure"], 1);
  EXPECT_EQ(json["suspicions"].size(), 1u);
  EXPECT_NEAR(json["force"]["rms"].get<double>(), c.force.rms, 1e-15);
}

TEST(Census, of_nothing_is_refused) { EXPECT_THROW(take_census({}), InputError); }

class PublishedData : public testing::TestWithParam<const char*> {};

TEST_P(PublishedData, raises_no_false_alarm) {
  const char* given = std::getenv("OROGEN_SHARED");
  const auto folder = given ? std::filesystem::path(given) : std::filesystem::path(OROGEN_TEST_DIR) / "../../shared";
  const auto path = folder / "data" / GetParam();
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not here";
  CensusOptions options;
  const auto frames = read_extxyz(path.string(), {}, &options.keys);
  const auto c = take_census(frames, options);
  EXPECT_TRUE(c.suspicions.empty()) << text(c);
  EXPECT_NO_THROW(refuse_unusable(c, {true, true, false}));
}

INSTANTIATE_TEST_SUITE_P(Census, PublishedData,
                         testing::Values("acac/train_300K.xyz", "mlearn/Cu_train.xyz", "mlearn/Si_train.xyz",
                                         "water/deepmd_train.xyz"));

}  // namespace
}  // namespace orogen
