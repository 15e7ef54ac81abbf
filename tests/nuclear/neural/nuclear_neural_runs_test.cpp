// Fits as runs: folds, records of earlier runs, and files that are of no use.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "common/scratch_folder.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/nuclear/neural/forces/force_file.hpp"
#include "orogen/nuclear/neural/forms/local_form.hpp"
#include "orogen/nuclear/neural/runs/fit_data.hpp"
#include "orogen/nuclear/neural/runs/member_run.hpp"
#include "orogen/nuclear/neural/runs/run_record.hpp"

namespace orogen::nuclear {
namespace {

FitData some_data(int experiments) {
  ScatteringData np;
  for (int id = 1; id <= experiments; ++id)
    np.experiments.push_back({id, 1990, "", Observable::sgt, 0, {{10, 0, 1, 1}}});
  return {{np}, {}};
}

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& e) {
    return e.what();
  }
  return "nothing was refused";
}

TEST(NuclearFolds, every_experiment_is_in_one_fold_and_missing_from_its_training_data) {
  const FitData all = some_data(60);
  std::set<int> seen;
  for (int k = 0; k < 5; ++k) {
    const FitData part = fold(all, k, 5);
    EXPECT_EQ(part.train.at(0).size() + part.apart.at(0).size(), 60);
    std::set<int> train;
    for (const Experiment& e : part.train[0].experiments) train.insert(e.id);
    for (const Experiment& e : part.apart[0].experiments) {
      EXPECT_TRUE(seen.insert(e.id).second) << e.id;
      EXPECT_FALSE(train.count(e.id)) << e.id;
    }
  }
  EXPECT_EQ(seen.size(), 60U);
}

TEST(NuclearFolds, of_too_few_experiments_are_refused) {
  EXPECT_THROW(fold(some_data(60), 0, 1), InputError);
  EXPECT_NE(refusal([] {
              for (int k = 0; k < 50; ++k) fold(some_data(3), k, 50);
            }).find("fewer folds"),
            std::string::npos);
}

TEST(NuclearRunRecord, numbers_that_are_none_are_refused_with_the_file_and_the_ways_on) {
  const RunInputs::Record record{{"steps", "many"}, {"objective", "1.5"}, {"negative", "-3"}};
  for (const char* key : {"steps", "negative", "missing"}) {
    const std::string said = refusal([&] { steps_in(record, key, "force.safetensors"); });
    EXPECT_NE(said.find("force.safetensors"), std::string::npos) << said;
    EXPECT_NE(said.find(ways_on), std::string::npos) << said;
  }
  EXPECT_EQ(number_in(record, "objective", "force.safetensors"), 1.5);
}

TEST(NuclearMemberRun, refuses_a_file_that_does_not_say_how_far_its_fit_is) {
  const ScratchFolder folder;
  NeuralForce force;
  const LocalForm form(force, {}, {}, {});
  const RunInputs inputs;
  SilentProgress silent;
  const MemberRun run(form, inputs, {}, 1, silent);
  const MemberTask task{1, "", folder / "force.safetensors", 1, {}};
  EXPECT_FALSE(run.earlier(task));
  const auto said_with = [&](const FitNotes& notes) {
    force.theta = learned_term(interaction(force)).centre();
    force.fit = notes;
    force.fit["input.seed"] = "1";
    save(force, task.file);
    return refusal([&] { run.earlier(task); });
  };
  for (const FitNotes& notes : {FitNotes{{"state", "no more steps"}, {"objective", "3"}},
                                FitNotes{{"state", "asleep"}, {"steps", "15"}, {"objective", "3"}},
                                FitNotes{{"state", "no more steps"}, {"steps", "1e"}, {"objective", "3"}},
                                FitNotes{{"state", "no more steps"}, {"steps", "15"}, {"objective", "?"}}}) {
    const std::string said = said_with(notes);
    EXPECT_NE(said.find("force.safetensors"), std::string::npos) << said;
    EXPECT_NE(said.find(ways_on), std::string::npos) << said;
  }
  said_with({{"state", "converged"}, {"steps", "15"}, {"objective", "3.25"}});
  const auto record = run.earlier(task);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->steps, 15);
  EXPECT_EQ(record->objective, 3.25);
  EXPECT_EQ(record->end, GaussNewtonEnd::converged);
}

}  // namespace
}  // namespace orogen::nuclear
