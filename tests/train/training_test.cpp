// Training: it learns, it resumes to the same numbers, it refuses what it must, and models survive the disk.
#include <gtest/gtest.h>

#include <cmath>
#include <csignal>

#include "orogen/app/terminal/signals.hpp"
#include "orogen/app/terminal/terminal.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/potential/learned/learned_potential.hpp"
#include "orogen/potential/terms/zbl.hpp"
#include "train/training_fixtures.hpp"

using namespace orogen;

namespace {

TEST(Training, learns_a_pair_potential_and_ends_far_below_the_spread_of_its_labels) {
  TrainOptions o = small_options();
  o.epochs = 120;
  SilentProgress quiet;
  const TrainResult r = train(water_input(fresh_folder("learn")), o, quiet);
  ASSERT_TRUE(r.finished);
  EXPECT_LT(r.learning.force_rmse.back(), 150);  // meV/Å; the labels' rms is several eV/Å
  const auto potential = make_learned_potential(r.model);
  const Frame unseen = water_frame(9999);
  EXPECT_NEAR(potential->evaluate(unseen.structure).energy, *unseen.labels.energy, 0.1);
}

TEST(Training, a_stopped_run_resumes_to_the_numbers_of_an_undisturbed_one) {
  for (const char* size : {"balanced", "accurate"}) {
    TrainOptions o = small_options();
    o.size = size;
    SilentProgress quiet;
    const auto whole = fresh_folder("whole"), parts = fresh_folder("parts");
    const TrainResult undisturbed = train(water_input(whole), o, quiet);
    StopAfter early(17), later(23);
    EXPECT_FALSE(train(water_input(parts), o, early).finished);
    EXPECT_FALSE(train(water_input(parts), o, later).finished);
    const TrainResult resumed = train(water_input(parts), o, quiet);
    ASSERT_TRUE(resumed.finished);
    EXPECT_EQ(resumed.model.members, undisturbed.model.members) << size;
    EXPECT_EQ(resumed.learning.force_rmse, undisturbed.learning.force_rmse);
  }
}

TEST(Training, a_run_stopped_before_a_divergence_goes_back_to_the_same_state_as_an_undisturbed_one) {
  TrainOptions o = small_options();
  o.learning_rate = 10, o.warmup = 0, o.clip = 1e9;  // bound to diverge
  SilentProgress quiet;
  const TrainResult undisturbed = train(water_input(fresh_folder("diverge")), o, quiet);
  ASSERT_GT(undisturbed.rollbacks, 0);
  const auto parts = fresh_folder("diverge-parts");
  for (int stop : {1, 1, 1, 2, 3, 5}) {
    StopAfter early(stop);
    train(water_input(parts), o, early);
  }
  const TrainResult resumed = train(water_input(parts), o, quiet);
  EXPECT_EQ(resumed.rollbacks, undisturbed.rollbacks);
  EXPECT_EQ(resumed.model.members, undisturbed.model.members);
}

TEST(Training, a_request_to_finish_early_ends_one_member_and_leaves_the_next_alone) {
  TrainOptions o = small_options();
  o.members = 2;
  SilentProgress quiet;
  const TrainResult undisturbed = train(water_input(fresh_folder("two")), o, quiet);
  catch_signals();
  std::raise(SIGUSR1);
  Terminal terminal({.quiet = true});
  const TrainResult hurried = train(water_input(fresh_folder("hurried")), o, terminal);
  ASSERT_TRUE(hurried.finished);
  EXPECT_LT(hurried.learning.epoch.size(), undisturbed.learning.epoch.size());
  EXPECT_NE(hurried.model.members[0], undisturbed.model.members[0]);
  EXPECT_EQ(hurried.model.members[1], undisturbed.model.members[1]);
  EXPECT_FALSE(terminal.take_early_stop());
}

TEST(Training, a_changed_input_is_refused_with_the_key_that_changed) {
  const auto folder = fresh_folder("changed");
  SilentProgress quiet;
  StopAfter early(5);
  TrainOptions o = small_options();
  train(water_input(folder), o, early);
  o.learning_rate = 0.02;
  TrainInput again = water_input(folder);
  again.accepted = [] { FAIL() << "a refused run must not replace what the earlier one left"; };
  try {
    train(again, o, quiet);
    FAIL() << "resumed with another learning rate";
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find("learning_rate"), std::string::npos) << e.what();
    EXPECT_NE(std::string(e.what()).find("restart=true"), std::string::npos) << e.what();
  }
}

TEST(Training, threads_change_the_result_only_by_rounding) {
  SilentProgress quiet;
  TrainOptions o = small_options();
  o.epochs = 1;
  TrainInput one = water_input(fresh_folder("one")), two = water_input(fresh_folder("two"));
  two.threads = 2;
  const TrainResult a = train(one, o, quiet), b = train(two, o, quiet);
  ASSERT_EQ(a.model.members[0].size(), b.model.members[0].size());
  double worst = 0;
  for (std::size_t i = 0; i < a.model.members[0].size(); ++i)
    worst = std::max(worst, std::abs(double(a.model.members[0][i] - b.model.members[0][i])));
  EXPECT_LT(worst, 2e-3);
}

TEST(Training, references_stay_sane_when_every_frame_has_the_same_composition) {
  const Model model = blank_model(water_data(), small_options());
  double sum = 0;
  for (double e : model.reference_energies) {
    EXPECT_LT(std::abs(e), 2100);  // minimum norm: nothing beyond the energy of the whole molecule
    sum += e == model.reference_energies[0] ? 2 * e : e;
  }
  EXPECT_NEAR(sum, -2010, 20);
}

/// A primitive cell of copper under a strain, with made-up energy and virial; the force on its one atom is zero.
Frame copper_frame(double strain) {
  Frame f;
  f.structure.species = {29};
  f.structure.positions = {Vec3::Zero()};
  f.structure.cell.rows << 0, 1.8, 1.8, 1.8, 0, 1.8, 1.8, 1.8, 0;
  f.structure.cell.rows *= 1 + strain;
  f.structure.cell.periodic = {true, true, true};
  f.labels.energy = -3.5 + 40 * strain * strain;
  f.labels.forces = {Vec3::Zero()};
  f.labels.virial = -80.0 / 3 * strain * Mat3::Identity();
  return f;
}

TEST(Training, one_atom_in_a_small_cell_is_a_crystal_to_learn_from) {
  TestData data;
  for (int k = 0; k < 12; ++k) (k % 4 ? data.train : data.valid).push_back(copper_frame(0.01 * (k - 6)));
  TrainOptions o = small_options();
  o.epochs = 2;
  SilentProgress quiet;
  const TrainResult r = train(data.input(fresh_folder("crystal")), o, quiet);
  ASSERT_TRUE(r.finished);
  for (const auto& note : r.notes) EXPECT_EQ(note.find("isolated atom"), std::string::npos) << note;
  EXPECT_NEAR(r.model.reference_energies.at(0), -3.5, 0.2) << "least squares over the crystals";
}

Frame lone_atom(int z, double energy) {
  Frame atom;
  atom.structure.species = {z};
  atom.structure.positions = {Vec3::Zero()};
  atom.structure.cell.rows = 15 * Mat3::Identity();
  atom.structure.cell.periodic = {true, true, true};
  atom.labels.energy = energy;
  return atom;
}

TEST(Training, isolated_atoms_in_a_large_cell_give_the_reference_energies_the_first_of_each_element) {
  TestData data = water_data();
  for (const auto& [z, energy] : std::vector<std::pair<int, double>>{{1, -13.5}, {8, -1990}, {1, -14.5}})
    data.train.push_back(lone_atom(z, energy));
  const Model model = blank_model(data, small_options());
  EXPECT_EQ(model.lineage.at("reference_energies"), "isolated");
  EXPECT_EQ(model.reference_energies, (std::vector<double>{-13.5, -1990}));
}

TEST(Training, isolated_atoms_are_learned_so_that_an_atom_without_neighbours_has_its_own_energy) {
  TestData data = water_data();
  const std::vector<Frame> atoms{lone_atom(1, -13.5), lone_atom(8, -2043)};
  data.train.insert(data.train.end(), atoms.begin(), atoms.end());
  TrainOptions o = small_options();
  o.epochs = 150;
  SilentProgress quiet;
  const TrainResult r = train(data.input(fresh_folder("lone")), o, quiet);
  ASSERT_TRUE(r.finished);
  const auto potential = make_learned_potential(r.model);
  for (const Frame& atom : atoms) EXPECT_NEAR(potential->evaluate(atom.structure).energy, *atom.labels.energy, 0.02);
}

TEST(Training, a_set_of_isolated_atoms_alone_is_refused) {
  TestData data = water_data();
  data.train = {lone_atom(1, -13.5), lone_atom(8, -2043)};
  SilentProgress quiet;
  EXPECT_THROW(train(data.input(fresh_folder("atoms")), small_options(), quiet), InputError);
}

TEST(Training, an_error_without_labels_is_not_a_number_instead_of_zero) {
  TestData data = water_data();
  for (Frame& f : data.valid) f.labels.forces.reset();
  TrainOptions o = small_options();
  o.epochs = 2;
  SilentProgress quiet;
  const TrainResult r = train(data.input(fresh_folder("unlabelled")), o, quiet);
  EXPECT_TRUE(std::isnan(r.learning.force_rmse.back())) << r.learning.force_rmse.back();
  EXPECT_GT(r.learning.energy_rmse.back(), 0);
}

TEST(Training, reference_energies_that_would_be_ignored_are_refused) {
  TrainOptions o = small_options();
  o.reference_energies = {"O:-2000", "H:-5"};
  for (const char* reference : {"auto", "least_squares", "isolated"}) {
    o.reference = reference;
    try {
      blank_model(water_data(), o);
      FAIL() << reference;
    } catch (const InputError& e) {
      EXPECT_NE(std::string(e.what()).find("set reference = given"), std::string::npos) << e.what();
    }
  }
  o.reference = "given";
  EXPECT_EQ(blank_model(water_data(), o).reference_energies, (std::vector<double>{-5, -2000}));
}

TEST(Training, reference_energies_that_are_missing_are_named) {
  TrainOptions o = small_options();
  o.reference = "given";
  o.reference_energies = {"O:-2000"};
  try {
    blank_model(water_data(), o);
    FAIL();
  } catch (const InputError& e) {
    EXPECT_NE(std::string(e.what()).find(" H"), std::string::npos) << e.what();
  }
}

TEST(ModelFile, what_is_written_is_read_back_with_the_same_energies) {
  SilentProgress quiet;
  TrainOptions o = small_options();
  o.epochs = 3, o.members = 2;
  const auto folder = fresh_folder("file");
  const TrainResult r = train(water_input(folder), o, quiet);
  write_model(folder / "m.safetensors", r.model);
  const Model back = read_model(folder / "m.safetensors");
  EXPECT_EQ(back.members, r.model.members);
  EXPECT_EQ(back.uncertainty, r.model.uncertainty);
  const Structure s = water_frame(5).structure;
  EXPECT_EQ(make_learned_potential(back)->evaluate(s).energy, make_learned_potential(r.model)->evaluate(s).energy);
}

TEST(Committee, members_are_evaluated_together_and_their_spread_is_the_uncertainty) {
  SilentProgress quiet;
  TrainOptions o = small_options();
  o.epochs = 3, o.members = 3;
  const TrainResult r = train(water_input(fresh_folder("committee")), o, quiet);
  const Structure s = water_frame(5).structure;
  Want want;
  want.uncertainty = want.members = true;
  const Evaluation together = make_learned_potential(r.model)->evaluate(s, want);
  ASSERT_EQ(together.member_forces.size(), 3u);
  double mean = 0;
  std::vector<Evaluation> alone;
  for (int m = 0; m < 3; ++m) {
    Model single = r.model;
    single.members = {r.model.members[m]};
    alone.push_back(make_learned_potential(single)->evaluate(s, want));
    mean += alone.back().energy / 3;
  }
  EXPECT_NEAR(together.energy, mean, 1e-9 * std::abs(mean));
  Vec3 f = Vec3::Zero();
  for (const auto& e : alone) f += e.forces[1] / 3;
  EXPECT_LT((together.forces[1] - f).norm(), 1e-9);
  double spread = 0;
  for (const auto& e : alone) spread += (e.forces[1] - f).squaredNorm() / 2;
  EXPECT_NEAR(together.uncertainty[1], std::sqrt(spread), 1e-8);
}

TEST(LearnedPotential, an_uncertainty_that_is_not_known_is_left_out_and_not_zero) {
  SilentProgress quiet;
  TrainOptions o = small_options();
  o.epochs = 2, o.forces = false;
  const Structure s = water_frame(5).structure;
  const Want want{.uncertainty = true};
  TrainResult r = train(water_input(fresh_folder("energies")), o, quiet);
  EXPECT_TRUE(make_learned_potential(r.model)->evaluate(s, want).uncertainty.empty()) << "trained without forces";
  o.forces = true;
  r = train(water_input(fresh_folder("forces")), o, quiet);
  EXPECT_GT(make_learned_potential(r.model)->evaluate(s, want).uncertainty.at(1), 0);
  Model blind = r.model;
  blind.uncertainty_scale = 0;  // as in files of before
  EXPECT_TRUE(make_learned_potential(blind)->evaluate(s, want).uncertainty.empty());
  blind = r.model;
  blind.uncertainty.clear();
  EXPECT_TRUE(make_learned_potential(blind)->evaluate(s, want).uncertainty.empty());
}

TEST(LearnedPotential, an_unknown_element_and_coincident_atoms_are_clear_errors) {
  SilentProgress quiet;
  TrainOptions o = small_options();
  o.epochs = 1;
  const TrainResult r = train(water_input(fresh_folder("errors")), o, quiet);
  const auto potential = make_learned_potential(r.model);
  Structure s = water_frame(5).structure;
  s.species[0] = 6;
  EXPECT_THROW(potential->evaluate(s), InputError);
  s = water_frame(5).structure;
  s.positions[1] = s.positions[0];
  EXPECT_THROW(potential->evaluate(s), NumericalError);
}

TEST(Zbl, is_the_published_potential_inside_contact_and_zero_with_two_derivatives_at_its_edge) {
  // Si–Si at 0.1 Å: a = 0.46850/(2·14^0.23) Å; screening by the published constants.
  const double a = 0.46850 / (2 * std::pow(14, 0.23)), x = 0.1 / a;
  const double phi = 0.18175 * std::exp(-3.1998 * x) + 0.50986 * std::exp(-0.94229 * x) +
                     0.28022 * std::exp(-0.4029 * x) + 0.02817 * std::exp(-0.20162 * x);
  const double t = 0.1 / Zbl::contact(14, 14), s = std::pow(1 - t, 3) * (1 + 3 * t + 6 * t * t);
  EXPECT_NEAR(Zbl::energy(14, 14, 0.1), 14.399645 * 196 / 0.1 * phi * s, 1e-2);
  const double edge = Zbl::contact(14, 14), h = 1e-3;
  EXPECT_EQ(Zbl::energy(14, 14, edge), 0);
  EXPECT_LT(Zbl::energy(14, 14, edge - h) / (h * h), 1e-1);
}

}  // namespace
