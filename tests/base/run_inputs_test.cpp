// May an interrupted run go on? The one answer for training, labelling, dynamics and fits.
#include "orogen/base/options/run_inputs.hpp"

#include <gtest/gtest.h>

#include "common/scratch_folder.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/sha256.hpp"

namespace orogen {
namespace {

std::string refusal(const RunInputs& inputs, const RunInputs::Record& before, const std::string& prefix = "") {
  try {
    inputs.require_same(before, "run.bin", "another out keeps it", prefix);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

struct Fields {
  double rate = 0.1;
  long steps = 100;
  std::string data, out = "run";
  std::vector<std::string> more;
  OptionTable table;
  Fields() {
    table.add("rate", rate, "", "a number that acts");
    table.add("steps", steps, "", "the length of the run");
    table.add("data", data, "", "a file");
    table.add("more", more, "", "files");
    table.add("out", out, "", "where the answer goes");
  }
  Fields(const Fields&) = delete;  // the table is bound to these fields
};

RunInputs inputs_of(Fields& fields) { return RunInputs(fields.table, {"data", "more"}, {"steps", "out"}); }

TEST(RunInputs, the_same_inputs_agree_and_free_options_may_change) {
  Fields fields;
  const auto record = inputs_of(fields).record();
  fields.steps = 200, fields.out = "elsewhere";
  EXPECT_EQ(refusal(inputs_of(fields), record), "");
  EXPECT_EQ(record.count("steps"), 0u);
}

TEST(RunInputs, every_changed_key_is_named_with_both_values_and_the_ways_on) {
  ScratchFolder folder;
  Fields fields;
  fields.data = folder / "a";
  fields.more = {folder / "a", folder / "b"};
  write_atomically(folder / "a", "first");
  write_atomically(folder / "b", "second");
  const auto record = inputs_of(fields).record();
  fields.rate = 0.2;
  write_atomically(folder / "a", "third");
  EXPECT_EQ(refusal(inputs_of(fields), record),
            "run.bin: cannot resume: data has other contents, more has other contents, rate was 0.1, is 0.2 now; "
            "another out keeps it");
  fields.rate = 0.1;
  write_atomically(folder / "a", "first");
  EXPECT_EQ(refusal(inputs_of(fields), record), "");
}

TEST(RunInputs, a_file_may_move_as_long_as_its_contents_stay) {
  ScratchFolder folder;
  Fields fields;
  fields.data = folder / "a";
  write_atomically(folder / "a", "first");
  const auto record = inputs_of(fields).record();
  EXPECT_EQ(record.at("data"), sha256_hex("first"));
  std::filesystem::rename(folder / "a", folder / "b");
  fields.data = folder / "b";
  EXPECT_EQ(refusal(inputs_of(fields), record), "");
  fields.data = folder / "a";
  EXPECT_THROW(inputs_of(fields), InputError);
}

TEST(RunInputs, an_option_that_an_older_record_does_not_name_had_its_default) {
  Fields fields;
  auto record = inputs_of(fields).record();
  record.erase("rate");
  EXPECT_EQ(refusal(inputs_of(fields), record), "");
  fields.rate = 0.3;
  EXPECT_NE(refusal(inputs_of(fields), record).find("rate was 0.1, is 0.3 now"), std::string::npos);
}

TEST(RunInputs, an_input_without_a_default_must_be_in_the_record) {
  RunInputs inputs;
  inputs.add("start", "abc");
  inputs.add("seed", "1", "1");
  EXPECT_NE(refusal(inputs, {{"seed", "1"}}).find("start was not given, is abc now"), std::string::npos);
  EXPECT_EQ(refusal(inputs, {{"start", "abc"}}), "");
}

TEST(RunInputs, a_prefix_separates_the_record_from_other_entries_of_the_same_file) {
  RunInputs inputs;
  inputs.add("seed", "1");
  std::map<std::string, std::string> metadata{{"seed", "other"}, {"format", "chain"}};
  EXPECT_NE(refusal(inputs, metadata, "input.").find("run.bin: does not say what it was made from"), std::string::npos);
  inputs.put(metadata, "input.");
  EXPECT_EQ(metadata.at("seed"), "other");
  EXPECT_EQ(metadata.at("input.seed"), "1");
  EXPECT_EQ(refusal(inputs, metadata, "input."), "");
}

TEST(RunInputs, changes_can_be_told_instead_of_refused) {
  RunInputs inputs;
  inputs.add("temperature", "70 K");
  inputs.add_digest("model", "1234");
  const auto changes = inputs.changes({{"temperature", "60 K"}, {"model", "5678"}, {"retired", "1"}});
  ASSERT_EQ(changes.size(), 2u);
  EXPECT_EQ(changes[0].text(), "model has other contents");
  EXPECT_EQ(changes[0].before, "5678");
  EXPECT_EQ(changes[1].text(), "temperature was 60 K, is 70 K now");
}

}  // namespace
}  // namespace orogen
