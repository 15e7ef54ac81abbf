#include "orogen/app/options/idle_options.hpp"

#include <gtest/gtest.h>

#include "dynamics/md_fixtures.hpp"
#include "orogen/app/inputs/potential_choice.hpp"

namespace orogen {
namespace {

struct IdleOptions : testing::Test {
  PotentialOptions potential;
  MdOptions md;
  OptionTable table;
  IdleOptions() { describe(table, potential), describe(table, md); }
  void set(const std::vector<std::string>& assignments) {
    for (const auto& text : assignments) table.set_text(text, "command line");
  }
  std::string refusal() {
    try {
      refuse_idle_potential_options(table);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(IdleOptions, of_another_potential_are_refused_all_at_once) {
  set({"potential=a/model.safetensors", "xtb.charge=1", "xtb.unpaired=1", "oracle.parallel=2"});
  const std::string text = refusal();
  for (const char* key : {"xtb.charge = 1", "xtb.unpaired = 1", "oracle.parallel = 2"})
    EXPECT_NE(text.find(key), std::string::npos) << text;
}

TEST_F(IdleOptions, of_a_learned_model_are_refused_for_xtb) {
  set({"potential=xtb:gfn2", "precision=float64", "skin=1"});
  EXPECT_NE(refusal().find("precision"), std::string::npos);
  EXPECT_NE(refusal().find("skin = 1.0 does nothing with potential = xtb:gfn2; it acts with model"), std::string::npos)
      << refusal();
}

TEST_F(IdleOptions, of_the_self_consistent_field_are_refused_for_a_force_field) {
  set({"potential=xtb:gfnff", "xtb.charge=1", "xtb.accuracy=0.01", "xtb.electronic_temperature=500"});
  EXPECT_EQ(refusal().find("xtb.charge"), std::string::npos);
  EXPECT_NE(refusal().find("xtb.accuracy"), std::string::npos);
  EXPECT_NE(refusal().find("xtb.electronic_temperature"), std::string::npos);
}

TEST_F(IdleOptions, that_say_the_default_are_let_pass_so_that_a_saved_input_reads_back) {
  set({"potential=a/model.safetensors", "xtb.charge=0", "xtb.accuracy=0.1"});
  EXPECT_EQ(refusal(), "");
}

TEST_F(IdleOptions, do_not_hide_that_a_potential_is_misspelled) {
  set({"potential=xtb:gnf2", "xtb.charge=1"});
  EXPECT_EQ(refusal(), "");
}

TEST_F(IdleOptions, of_another_ensemble_are_told) {
  set({"ensemble=nve", "ramp_to=500", "pressure=1", "temperature=100"});
  reference::ScriptedProgress sink;
  warn_of_idle_md_options(table, sink);
  EXPECT_TRUE(sink.told("ramp_to = 500.0 does nothing with ensemble = nve"));
  EXPECT_TRUE(sink.told("pressure = 1.0 does nothing with ensemble = nve; it acts with npt"));
  EXPECT_EQ(sink.messages.size(), 2u);
}

}  // namespace
}  // namespace orogen
