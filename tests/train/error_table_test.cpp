// Errors against labels: values worked out by hand, what counts, what stops.
#include "orogen/report/errors/error_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"

namespace orogen {
namespace {

Frame water(double energy) {
  Frame frame;
  frame.structure.species = {8, 1, 1};
  frame.structure.positions = {{0, 0, 0}, {0.96, 0, 0}, {0, 0.96, 0}};
  frame.labels.energy = energy;
  frame.labels.forces = std::vector<Vec3>(3, Vec3::Zero());
  frame.source = "water.xyz:1";
  return frame;
}

Evaluation answer(double energy, Vec3 oxygen, Vec3 hydrogen) {
  Evaluation e;
  e.energy = energy;
  e.forces = {oxygen, hydrogen, hydrogen};
  return e;
}

TEST(ErrorTable, energy_errors_are_in_meV_per_atom_and_per_structure) {
  ErrorCollector collector;
  collector.add(water(-10), answer(-10 + 0.003, Vec3::Zero(), Vec3::Zero()), "test");
  collector.add(water(-11), answer(-11 - 0.009, Vec3::Zero(), Vec3::Zero()), "test");
  const ErrorRow row = collector.table().sets.at(0).all;
  EXPECT_EQ(row.frames, 2);
  EXPECT_EQ(row.energy.labels, 2);
  EXPECT_NEAR(row.energy.rmse, std::sqrt((9.0 + 81.0) / 2), 1e-9);
  EXPECT_NEAR(row.energy.mae, 6, 1e-9);
  EXPECT_NEAR(row.energy.max, 9, 1e-9);
  EXPECT_NEAR(row.energy.bias, -3, 1e-9);
  EXPECT_NEAR(row.energy_per_atom.rmse, row.energy.rmse / 3, 1e-9);
}

TEST(ErrorTable, forces_are_split_by_element_and_count_components) {
  ErrorCollector collector;
  collector.add(water(0), answer(0, {0.004, 0, 0}, {0, 0.001, 0}), "test");
  const ErrorTable table = collector.table();
  const SetErrors& set = table.sets.at(0);
  ASSERT_EQ(set.by_element.size(), 2u);
  EXPECT_EQ(set.by_element[0].group, "H");
  EXPECT_EQ(set.by_element[0].forces.labels, 6);
  EXPECT_NEAR(set.by_element[0].forces.rmse, std::sqrt(2.0 / 6), 1e-9);
  EXPECT_EQ(set.by_element[1].group, "O");
  EXPECT_NEAR(set.by_element[1].forces.mae, 4.0 / 3, 1e-9);
  EXPECT_EQ(set.by_element[1].energy.labels, 0);
  EXPECT_EQ(set.all.forces.labels, 9);
  EXPECT_NEAR(set.all.forces.rmse, std::sqrt(18.0 / 9), 1e-9);
  EXPECT_NEAR(set.all.forces.max, 4, 1e-9);
}

TEST(ErrorTable, stress_is_minus_virial_over_volume_and_counts_for_fully_periodic_frames_only) {
  Frame crystal = water(0);
  crystal.structure.cell.rows = 10 * Mat3::Identity();
  crystal.structure.cell.periodic = {true, true, true};
  crystal.labels.virial = Mat3::Zero();
  Evaluation e = answer(0, Vec3::Zero(), Vec3::Zero());
  e.virial(0, 0) = 2;  // eV, in 1000 Å³: stress −2 meV/Å³
  ErrorCollector collector;
  collector.add(crystal, e, "bulk");
  crystal.structure.cell.periodic = {true, true, false};
  collector.add(crystal, e, "bulk");
  const Errors stress = collector.table().sets.at(0).all.stress;
  EXPECT_EQ(stress.labels, 9);
  EXPECT_NEAR(stress.max, 2, 1e-12);
  EXPECT_NEAR(stress.bias, -2.0 / 9, 1e-12);
  const Scatter points = collector.table().sets.at(0).stress_points;
  EXPECT_EQ(points.total, 9);
  ASSERT_FALSE(points.prediction.empty());
  EXPECT_NEAR(*std::min_element(points.prediction.begin(), points.prediction.end()), -2e-3, 1e-12);  // eV/Å³
}

TEST(ErrorTable, frames_without_a_label_do_not_count) {
  Frame bare = water(0);
  bare.labels = {};
  ErrorCollector collector;
  collector.add(bare, answer(5, Vec3::Zero(), Vec3::Zero()), "test");
  collector.add(water(0), answer(0.003, Vec3::Zero(), Vec3::Zero()), "test");
  const ErrorRow row = collector.table().sets.at(0).all;
  EXPECT_EQ(row.frames, 2);
  EXPECT_EQ(row.energy.labels, 1);
  EXPECT_NEAR(row.energy.max, 3, 1e-9);
  EXPECT_EQ(row.stress.labels, 0);
}

TEST(ErrorTable, sets_keep_their_order_and_config_types_are_apart) {
  ErrorCollector collector;
  Frame hot = water(0);
  hot.config_type = "600K";
  collector.add(water(0), answer(0.001, Vec3::Zero(), Vec3::Zero()), "validation");
  collector.add(hot, answer(0.010, Vec3::Zero(), Vec3::Zero()), "training");
  collector.add(hot, answer(0.020, Vec3::Zero(), Vec3::Zero()), "validation");
  const ErrorTable table = collector.table();
  ASSERT_EQ(table.sets.size(), 2u);
  EXPECT_EQ(table.sets[0].name, "validation");
  ASSERT_EQ(table.sets[0].by_config_type.size(), 2u);
  EXPECT_EQ(table.sets[0].by_config_type[0].group, "600K");
  EXPECT_NEAR(table.sets[0].by_config_type[0].energy.max, 20, 1e-9);
  EXPECT_NE(table.find("training"), nullptr);
  EXPECT_EQ(table.find("test"), nullptr);
}

TEST(ErrorTable, a_prediction_that_is_not_finite_is_a_numerical_error_that_names_the_frame) {
  for (const int what : {0, 1, 2}) {
    Evaluation e = answer(0, Vec3::Zero(), Vec3::Zero());
    if (what == 0) e.energy = std::nan("");
    if (what == 1) e.forces[2].y() = INFINITY;
    if (what == 2) e.virial(1, 1) = std::nan("");
    ErrorCollector collector;
    try {
      collector.add(water(0), e, "test");
      FAIL() << "no error for case " << what;
    } catch (const NumericalError& error) {
      EXPECT_NE(std::string(error.what()).find("water.xyz:1"), std::string::npos);
    }
  }
}

TEST(ErrorTable, labels_that_do_not_fit_are_input_errors_all_named_at_once) {
  Frame frame = water(std::nan(""));
  frame.labels.forces->pop_back();
  ErrorCollector collector;
  try {
    collector.add(frame, answer(0, Vec3::Zero(), Vec3::Zero()), "test");
    FAIL();
  } catch (const InputError& error) {
    const std::string what = error.what();
    EXPECT_NE(what.find("energy label"), std::string::npos) << what;
    EXPECT_NE(what.find("2 force labels for 3 atoms"), std::string::npos) << what;
  }
}

TEST(ErrorTable, the_largest_force_errors_are_named_with_their_atom) {
  ErrorCollector collector;
  for (int k = 0; k < 20; ++k) {
    Frame frame = water(0);
    frame.source = "water.xyz:" + std::to_string(k);
    collector.add(frame, answer(0, {0, 0, 0.001 * k}, Vec3::Zero()), "test");
  }
  const auto worst = collector.table().sets.at(0).worst;
  ASSERT_EQ(worst.size(), 10u);
  EXPECT_EQ(worst[0].source, "water.xyz:19");
  EXPECT_EQ(worst[0].element, "O");
  EXPECT_NEAR(worst[0].error, 19, 1e-9);
  EXPECT_NEAR(worst[9].error, 10, 1e-9);
}

TEST(ErrorTable, text_has_units_and_columns_that_line_up) {
  ErrorCollector collector;
  Frame hot = water(0);
  hot.config_type = "600K";
  collector.add(water(0), answer(0.001, Vec3::Zero(), Vec3::Zero()), "validation");
  collector.add(hot, answer(123.456, {1, 2, 3}, Vec3::Zero()), "validation");
  const std::string table = text(collector.table());
  for (const char* unit : {"[meV/atom]", "[meV/structure]", "[meV/Å]", "[meV/Å³]"})
    EXPECT_NE(table.find(unit), std::string::npos) << unit;
  std::istringstream lines(table);
  std::string line;
  std::size_t width = 0;
  while (std::getline(lines, line)) {
    std::size_t characters = 0;  // code points, not bytes
    for (const char c : line) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (width > 0) {
      EXPECT_EQ(characters, width) << line;
    }
    width = characters;
  }
}

TEST(ErrorTable, json_says_nothing_where_there_was_no_label_and_reads_that_back) {
  Frame bare = water(-3);
  bare.labels.forces.reset();
  ErrorCollector collector;
  collector.add(bare, answer(-3.001, {0.1, 0, 0}, {0, 0.2, 0}), "test");
  const auto json = to_json(collector.table());
  EXPECT_TRUE(json["sets"][0]["all"]["forces_meV_per_A"]["rmse"].is_null()) << json["sets"][0]["all"].dump();
  EXPECT_EQ(error_table_from_json(json).sets.at(0).all.forces.labels, 0);
  EXPECT_NEAR(error_table_from_json(json).sets.at(0).all.energy.rmse, 1, 1e-6);
}

TEST(ErrorTable, the_largest_uncertainty_is_named_where_the_potential_has_one) {
  Evaluation sure = answer(-3, Vec3::Zero(), Vec3::Zero()), unsure = sure;
  sure.uncertainty.assign(std::size_t(water(-3).structure.size()), 0.01);
  unsure.uncertainty = sure.uncertainty;
  unsure.uncertainty.at(1) = 0.25;
  ErrorCollector collector;
  for (const Evaluation& e : {sure, unsure, sure}) collector.add(water(-3), e, "test");
  collector.add(water(-3), answer(-3, Vec3::Zero(), Vec3::Zero()), "without");
  const ErrorTable table = error_table_from_json(to_json(collector.table()));
  ASSERT_TRUE(table.sets.at(0).least_sure);
  EXPECT_EQ(table.sets[0].least_sure->atom, 1);
  EXPECT_NEAR(table.sets[0].least_sure->value, 250, 1e-9);
  EXPECT_FALSE(table.sets.at(1).least_sure);
  EXPECT_NE(text(table).find("largest uncertainty, test: 250.0 meV/Å on atom 1"), std::string::npos) << text(table);
}

TEST(ErrorTable, json_brings_back_the_same_table) {
  ErrorCollector collector;
  collector.add(water(-3), answer(-3.001, {0.1, 0, 0}, {0, 0.2, 0}), "test \"quoted\"");
  const auto json = to_json(collector.table());
  EXPECT_EQ(to_json(error_table_from_json(nlohmann::json::parse(json.dump()))), json);
  EXPECT_THROW(error_table_from_json(nlohmann::json{{"sets", {{{"name", 1}}}}}), InputError);
}

TEST(Scatter, thinning_keeps_outliers_is_deterministic_and_respects_the_limit) {
  std::vector<double> reference, prediction;
  Random random(7);
  for (int i = 0; i < 100000; ++i) {
    reference.push_back(random.normal());
    prediction.push_back(reference.back() + 0.01 * random.normal());
  }
  reference[5000] = 0.5, prediction[5000] = 4;
  const Scatter first = thin(reference, prediction, 2000), second = thin(reference, prediction, 2000);
  EXPECT_LE(first.reference.size(), 2000u);
  EXPECT_GE(first.reference.size(), 1000u);
  EXPECT_EQ(first.total, 100000u);
  EXPECT_EQ(first.reference, second.reference);
  EXPECT_EQ(first.prediction, second.prediction);
  EXPECT_NE(std::find(first.prediction.begin(), first.prediction.end(), 4.0), first.prediction.end());
}

TEST(Scatter, fewer_points_than_the_limit_all_stay) {
  const Scatter s = thin({1, 2, 3}, {1, 2, 4}, 10);
  EXPECT_EQ(s.reference, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(thin({5, 5, 5, 5}, {5, 5, 5, 5}, 1).reference.size(), 1u);
  EXPECT_TRUE(thin({}, {}, 10).reference.empty());
}

TEST(Scatter, histogram_counts_every_error_once) {
  std::vector<double> reference(1000, 0.0), prediction;
  Random random(3);
  for (int i = 0; i < 1000; ++i) prediction.push_back(0.002 * random.normal());
  prediction[0] = 5;
  const ErrorHistogram h = error_histogram(reference, prediction, 1e3);
  double sum = double(h.outside);
  for (const double c : h.count) sum += c;
  EXPECT_EQ(sum, 1000);
  EXPECT_GE(h.outside, 1u);
  EXPECT_LE(h.outside, 5u);  // at most 0.5 %
  EXPECT_EQ(h.range, 6);     // 2.8 σ of 2 meV, rounded up
}

}  // namespace
}  // namespace orogen
