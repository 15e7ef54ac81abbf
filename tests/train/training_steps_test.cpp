// Training as an object: stepped by its caller, from a given start, under a given prior, with samples that do not fit.
#include <gtest/gtest.h>

#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/train/data/frame_subset.hpp"
#include "orogen/train/training/training.hpp"
#include "train/training_fixtures.hpp"

using namespace orogen;

namespace {

/// A training of the water data, to be stepped by hand.
struct Workbench {
  explicit Workbench(const TrainOptions& o, double memory = 1e12, const TestData& data = water_data())
      : options(o),
        model(blank_model(data, o)),
        train(std::make_shared<FrameList>(data.train), model, {}, pool, memory),
        valid(std::make_shared<FrameList>(data.valid), model, {}, pool, memory) {}
  TrainingSetup setup() { return {model, train, valid, options, pool}; }

  TrainOptions options;
  ThreadPool pool{1};
  Model model;
  SampleStream train, valid;
};

void run(Training& training) {
  while (!training.done()) training.step();
  training.finish();
}

double distance(const std::vector<float>& a, const std::vector<float>& b, const std::vector<float>& sizes) {
  double square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) square += std::pow((double(a[i]) - b[i]) / sizes[i], 2);
  return std::sqrt(square);
}

TEST(TrainingSteps, stepped_by_hand_and_moved_to_another_object_they_end_at_the_numbers_of_train) {
  const TrainOptions o = small_options();
  SilentProgress quiet;
  const TrainResult whole = train(water_input(fresh_folder("whole")), o, quiet);
  Workbench bench(o);
  Training first(bench.setup());
  double loss = 0;
  for (int k = 0; k < 33; ++k) {
    const TrainStep step = first.step();
    EXPECT_EQ(step.step, k);
    EXPECT_EQ(step.outcome, TrainStep::Outcome::taken);
    EXPECT_EQ(step.atoms, 12) << "four molecules of three atoms";
    loss = step.loss;
  }
  EXPECT_GT(loss, 0);
  EXPECT_EQ(first.state().curve.epoch.size(), 4u) << "eight steps each";
  Training second(bench.setup(), first.checkpoint());
  run(second);
  EXPECT_EQ(second.parameters(), whole.model.members[0]);
}

TEST(TrainingSteps, samples_that_do_not_fit_into_memory_change_no_number) {
  for (const char* size : {"balanced", "accurate"}) {
    TrainOptions o = small_options();
    o.size = size, o.epochs = 4;
    SilentProgress quiet;
    const TrainResult all = train(water_input(fresh_folder("all")), o, quiet);
    o.sample_memory = 0;
    const TrainResult none = train(water_input(fresh_folder("none")), o, quiet);
    EXPECT_EQ(none.model.members, all.model.members) << size;
    EXPECT_EQ(none.model.uncertainty, all.model.uncertainty) << size;
    EXPECT_EQ(none.learning.force_rmse, all.learning.force_rmse) << size;
    const double few = Workbench(o).train.bytes() / 3;
    Workbench bench(o, few);
    EXPECT_FALSE(bench.train.all_kept());
    EXPECT_LE(bench.train.bytes(), few);
    EXPECT_GT(bench.train.bytes(), 0);
    Training some(bench.setup());
    run(some);
    EXPECT_EQ(some.parameters(), all.model.members[0]) << size;
  }
}

/// Reads its frames until it is told to fail.
struct FailingSource : FrameList {
  using FrameList::FrameList;
  bool broken = false;
  Frame read(std::size_t k) override {
    if (broken) throw InputError("the disk is gone");
    return FrameList::read(k);
  }
};

TEST(TrainingSteps, a_frame_that_cannot_be_read_ahead_of_its_turn_is_an_error_of_the_step_that_needs_it) {
  Workbench bench(small_options());
  const auto source = std::make_shared<FailingSource>(water_data().train);
  SampleStream stream(source, bench.model, {}, bench.pool, 0);
  source->broken = true;
  stream.prepare_ahead({3, 4});
  EXPECT_THROW(stream.sample(3), InputError);
  EXPECT_THROW(stream.sample(7), InputError);
  source->broken = false;
  EXPECT_EQ(stream.sample(7)->size(), 3);
}

TEST(TrainingSteps, a_subset_of_frames_has_those_frames_in_the_order_asked_for) {
  const auto whole = std::make_shared<FrameList>(water_data().train);
  FrameSubset some(whole, {5, 2});
  ASSERT_EQ(some.size(), 2u);
  EXPECT_EQ(some.read(0).source, whole->read(5).source);
  EXPECT_EQ(some.read(1).source, whole->read(2).source);
}

TEST(TrainingSteps, weights_go_over_to_the_final_phase_at_once_or_geometrically_during_the_ramp) {
  TrainOptions o = small_options();
  o.epochs = 100, o.energy_weight = 1, o.final_energy_weight = 1e4, o.stress_weight = 0, o.final_stress_weight = 8;
  Workbench bench(o);
  const Schedule at_once(bench.train, o);
  const long from = at_once.final_from();
  ASSERT_EQ(from, at_once.steps() * 3 / 4);
  EXPECT_EQ(at_once.weights_at(from - 1).energy, 1);
  EXPECT_EQ(at_once.weights_at(from).energy, 1e4);
  o.final_ramp = 0.125;
  const Schedule ramped(bench.train, o);
  const long length = ramped.steps() / 8;
  EXPECT_EQ(ramped.weights_at(from - 1).energy, 1);
  const double factor = std::pow(1e4, 1 / double(length + 1));
  for (long step = from; step <= from + length; ++step)
    EXPECT_NEAR(ramped.weights_at(step).energy / ramped.weights_at(step - 1).energy, factor, 1e-9) << step;
  EXPECT_EQ(ramped.weights_at(from + length).energy, 1e4);
  EXPECT_NEAR(ramped.weights_at(from + length / 2).virial, 4, 0.1) << "from zero it rises linearly";
  EXPECT_EQ(ramped.weights_at(from + length).forces, o.forces_weight);
}

TEST(TrainingSteps, weight_decay_is_the_prior_that_the_options_stand_for) {
  TrainOptions o = small_options();
  o.epochs = 3, o.weight_decay = 1e-3;
  SilentProgress quiet;
  const TrainResult by_option = train(water_input(fresh_folder("option")), o, quiet);
  Workbench bench(o);
  o.weight_decay = 0;
  TrainInput input = water_input(fresh_folder("given"));
  input.prior = prior_of(bench.model, bench.options);
  EXPECT_EQ(train(input, o, quiet).model.members, by_option.model.members);
  EXPECT_NE(train(water_input(fresh_folder("neither")), o, quiet).model.members, by_option.model.members);
}

TEST(TrainingSteps, an_elastic_prior_around_a_start_model_holds_the_training_near_it) {
  TrainOptions o = small_options();
  o.epochs = 30;
  SilentProgress quiet;
  const Model start = train(water_input(fresh_folder("first")), o, quiet).model;
  TestData other = water_data();  // a softer molecule
  for (auto* frames : {&other.train, &other.valid})
    for (Frame& f : *frames) {
      *f.labels.energy = -2010 + 0.7 * (*f.labels.energy + 2010);
      for (Vec3& force : *f.labels.forces) force *= 0.7;
    }
  const auto sizes = start.parameterization().sizes(o.radial_smoothness, o.angular_smoothness);
  std::vector<double> fisher, theta(start.members[0].begin(), start.members[0].end());
  for (float s : sizes) fisher.push_back(1 / (double(s) * s));
  std::vector<double> far;
  for (double lambda : {0.0, 30.0, 3000.0}) {
    TrainInput input = other.input(fresh_folder("lambda"));
    input.start = start;
    if (lambda > 0) input.prior = elastic(theta, fisher, lambda);
    const TrainResult r = train(input, o, quiet);
    EXPECT_EQ(r.model.reference_energies, start.reference_energies);
    far.push_back(distance(r.model.members[0], start.members[0], sizes));
  }
  EXPECT_LT(far[1], 0.7 * far[0]);
  EXPECT_LT(far[2], 0.3 * far[1]);
}

TEST(TrainingSteps, a_start_or_a_prior_of_another_length_is_refused) {
  Workbench bench(small_options());
  TrainingSetup setup = bench.setup();
  setup.start = {1, 2, 3};
  EXPECT_THROW(Training{setup}, InputError);
  TrainingSetup other = bench.setup();
  other.prior = GaussianPrior({0}, {1});
  EXPECT_THROW(Training{other}, InputError);
}

}  // namespace
