// The program as a user meets it: exit codes, messages, precedence, JSON lines. Runs the binary on small files.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "app/command.hpp"
#include "orogen/base/files/safetensors.hpp"

using namespace orogen;
using Json = nlohmann::json;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::vector<Json> json_lines(const std::string& text) {
  std::vector<Json> objects;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) objects.push_back(Json::parse(line));
  return objects;
}

/// Waters whose first bond grows from frame to frame, ten lengths in turn.
std::string water(int frames) {
  std::string text;
  for (int i = 0; i < frames; ++i)
    text += "3\nProperties=species:S:1:pos:R:3 config_type=water\nO 0 0 0\nH " +
            std::to_string(0.94 + 0.01 * (i % 10)) + " 0 0\nH -0.24 0.93 0\n";
  return text;
}

struct CommandLine : testing::Test {
  ScratchFolder folder;
  void write(const std::string& name, const std::string& text) { write_atomically(folder / name, text); }
  CommandResult orogen(const std::string& words) { return run_orogen(folder, words); }
};

}  // namespace

TEST_F(CommandLine, prints_version_and_help_and_ends_with_0) {
  const auto version = orogen("--version");
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.out.substr(0, 7), "orogen ");
  const auto help = orogen("--help");
  EXPECT_EQ(help.code, 0);
  EXPECT_TRUE(contains(help.out, "Exit codes")) << help.out;
  EXPECT_TRUE(contains(help.out, "label"));
  EXPECT_EQ(help.err, "");
}

TEST_F(CommandLine, ends_with_2_without_a_verb_and_for_unknown_flags) {
  EXPECT_EQ(orogen("").code, 2);
  EXPECT_EQ(orogen("info --colour").code, 2);
  EXPECT_EQ(orogen("info x --threads none").code, 2);
}

TEST_F(CommandLine, names_the_nearest_verb) {
  const auto result = orogen("lable x.xyz");
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.err, "error: unknown verb \"lable\"; did you mean \"label\"?\n");
}

TEST_F(CommandLine, prints_the_options_of_a_verb) {
  const auto help = orogen("label --help");
  EXPECT_EQ(help.code, 0);
  EXPECT_TRUE(contains(help.out, "xtb.charge")) << help.out;
  EXPECT_TRUE(contains(help.out, "(required)"));
}

TEST_F(CommandLine, collects_all_problems_of_file_and_command_line) {
  write("in.toml", "dta = 'f.xyz'\nresume = 1\n[xtb]\ncharge = 1000\n");
  const auto result = orogen("label in.toml xtb.unpaired=-1 potential=xtb:gfn2 potential=xtb:gfn1");
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(contains(result.err, "error: in.toml:1: unknown key \"dta\"; did you mean \"data\"?")) << result.err;
  EXPECT_TRUE(contains(result.err, "error: in.toml:2: resume = 1: expected true or false"));
  EXPECT_TRUE(
      contains(result.err, "error: in.toml:4: xtb.charge = 1000: expected a whole number in the range -100 … 100 e"));
  EXPECT_TRUE(
      contains(result.err, "error: command line: xtb.unpaired = -1: expected a whole number in the range 0 … 100"));
  EXPECT_TRUE(contains(result.err, "error: command line: potential is given twice"));
  EXPECT_TRUE(contains(result.err, "error: data is missing"));
  EXPECT_EQ(result.out, "");
}

TEST_F(CommandLine, names_files_that_are_missing_or_too_many) {
  const auto missing = orogen("info absent.safetensors");
  EXPECT_EQ(missing.code, 2);
  EXPECT_EQ(missing.err, "error: absent.safetensors: cannot read: No such file or directory\n");
  EXPECT_TRUE(contains(orogen("info a.safetensors b.safetensors").err, "\"b.safetensors\" is one file too many"));
  EXPECT_TRUE(contains(orogen("label absent.toml").err, "absent.toml: cannot read"));
}

TEST_F(CommandLine, refuses_an_unknown_potential_with_the_nearest_name) {
  write("f.xyz", water(1));
  const auto result = orogen("label f.xyz potential=xtb:gnf2");
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.err, "error: potential = \"xtb:gnf2\": no such potential; did you mean \"xtb:gfn2\"?\n");
}

TEST_F(CommandLine, prints_a_model_file) {
  SafetensorsFile file;
  file.metadata["units"] = "eV";
  file.metadata["options"] = R"({"cutoff": 5})";
  file.tensors["weights"] = Tensor::from(std::vector<float>{1, 2}, {1, 2});
  file.write(folder / "m.safetensors");
  const auto text = orogen("info m.safetensors tensors=true");
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_TRUE(contains(text.out, "units: eV"));
  EXPECT_TRUE(contains(text.out, "F32   [1, 2]")) << text.out;
  const auto json = json_lines(orogen("info m.safetensors --json").out);
  ASSERT_EQ(json.size(), 1u);
  EXPECT_EQ(json[0]["event"], "result");
  EXPECT_EQ(json[0]["metadata"]["options"]["cutoff"], 5);
}

TEST_F(CommandLine, reports_errors_as_json_too) {
  for (const std::string words : {"info --json absent", "lable --json", "info x --json --threads none"}) {
    const auto result = orogen(words);
    const auto lines = json_lines(result.out);
    ASSERT_EQ(lines.size(), 1u) << words;
    EXPECT_EQ(lines[0]["event"], "error");
    EXPECT_EQ(lines[0]["kind"], "input");
    EXPECT_EQ(lines[0]["exit_code"], 2);
    EXPECT_EQ(result.err, "");
  }
}

TEST_F(CommandLine, labels_frames_and_saves_the_input_with_overrides) {
  write("f.xyz", water(3));
  write("in.toml", "data = 'f.xyz'\npotential = 'xtb:gfn1'\nout = 'from-file'\n");
  const auto result = orogen("label in.toml potential=xtb:gfn2 out=lab --threads 2");
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "3 of 3 frames labelled, 0 failed: lab/labelled.xyz\n");
  const std::string saved = read_file(folder / "lab" / "input.toml");
  EXPECT_TRUE(contains(saved, "potential = \"xtb:gfn2\"")) << saved;
  EXPECT_TRUE(contains(saved, "electronic_temperature = 300.0"));
  EXPECT_FALSE(std::filesystem::exists(folder / "from-file"));
  EXPECT_FALSE(std::filesystem::exists(folder / "lab" / "labelled.partial.xyz"));
  const auto again = orogen("label lab/input.toml out=again --threads 1");
  ASSERT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(read_file(folder / "again" / "labelled.xyz"), read_file(folder / "lab" / "labelled.xyz"));
}

TEST_F(CommandLine, refuses_a_charge_that_is_no_whole_number) {
  write("f.xyz", water(1));
  const auto result = orogen("label f.xyz potential=xtb:gfn2 xtb.charge=0.4 out=l");
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(contains(result.err, "xtb.charge = 0.4: expected a whole number")) << result.err;
  EXPECT_EQ(orogen("label f.xyz potential=xtb:gfn2 xtb.charge=0.0 out=l").code, 0);
}

TEST_F(CommandLine, goes_on_labelling_after_a_cut_and_gives_the_same_file) {
  write("f.xyz", water(4));
  ASSERT_EQ(orogen("label f.xyz potential=xtb:gfn2 out=whole").code, 0);
  ASSERT_EQ(orogen("label f.xyz potential=xtb:gfn2 out=cut").code, 0);
  const std::string whole = read_file(folder / "whole" / "labelled.xyz");
  std::filesystem::remove(folder / "cut" / "labelled.xyz");
  write("cut/labelled.partial.xyz", whole.substr(0, whole.size() / 2));
  const auto result = orogen("label f.xyz potential=xtb:gfn2 out=cut");
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_TRUE(contains(result.err, "going on after")) << result.err;
  EXPECT_EQ(read_file(folder / "cut" / "labelled.xyz"), whole);
}

TEST_F(CommandLine, refuses_to_go_on_with_another_potential_or_other_data) {
  write("f.xyz", water(1));
  ASSERT_EQ(orogen("label f.xyz potential=xtb:gfn2 out=l").code, 0);
  write("f.xyz", water(2));
  const auto result = orogen("label f.xyz potential=xtb:gfn1 out=l");
  EXPECT_EQ(result.code, 2);
  EXPECT_TRUE(contains(result.err, "potential was \"xtb:gfn2\", is \"xtb:gfn1\" now"))
      << result.err;
  EXPECT_TRUE(contains(result.err, "data (SHA-256) was"));
  EXPECT_EQ(orogen("label f.xyz potential=xtb:gfn1 out=l resume=false").code, 0);
}

TEST_F(CommandLine, keeps_frames_that_fail_apart_and_ends_with_1_when_all_fail) {
  const std::string bad = "2\nProperties=species:S:1:pos:R:3\nH 0 0 0\nH 0 0 0\n";
  write("f.xyz", water(1) + bad);
  const auto some = orogen("label f.xyz potential=xtb:gfn2 out=some");
  EXPECT_EQ(some.code, 0) << some.err;
  EXPECT_TRUE(contains(some.err, "warning: 1 of 2 frames got no labels")) << some.err;
  EXPECT_TRUE(contains(read_file(folder / "some" / "failed.xyz"), "label_error="));
  write("bad.xyz", bad);
  EXPECT_EQ(orogen("label bad.xyz potential=xtb:gfn2 out=all").code, 1);
}

TEST_F(CommandLine, keeps_the_input_of_a_run_whose_continuation_is_refused) {
  write("a.xyz", water(1));
  write("b.xyz", "2\nProperties=species:S:1:pos:R:3\nH 0 0 0\nH 0.74 0 0\n");
  ASSERT_EQ(orogen("md a.xyz potential=xtb:gfnff steps=3 out=run").code, 0);
  const std::string input = read_file(folder / "run" / "input.toml"), thermo = read_file(folder / "run" / "thermo.csv");
  for (const char* words : {"md b.xyz potential=xtb:gfnff steps=9 out=run",
                            "md a.xyz potential=xtb:gfnff steps=9 out=run max_uncertainty=1"}) {
    const auto result = orogen(words);
    EXPECT_EQ(result.code, 2) << words << result.err;
    EXPECT_EQ(read_file(folder / "run" / "input.toml"), input) << words;
    EXPECT_EQ(read_file(folder / "run" / "thermo.csv"), thermo) << words;
  }
  ASSERT_EQ(orogen("md a.xyz potential=xtb:gfnff steps=9 out=run").code, 0);
  EXPECT_TRUE(contains(read_file(folder / "run" / "input.toml"), "steps = 9"));
}

TEST_F(CommandLine, says_little_when_quiet_and_only_json_with_json) {
  write("f.xyz", water(2));
  const auto quiet = orogen("label f.xyz potential=xtb:gfn2 out=q --quiet");
  EXPECT_EQ(quiet.err, "");
  EXPECT_EQ(quiet.out, "2 of 2 frames labelled, 0 failed: q/labelled.xyz\n");
  const auto json = orogen("label f.xyz potential=xtb:gfn2 out=j --json");
  EXPECT_EQ(json.err, "");
  const auto lines = json_lines(json.out);
  ASSERT_GE(lines.size(), 2u);
  EXPECT_EQ(lines.front()["event"], "progress");
  EXPECT_EQ(lines.front()["total"], 2);
  EXPECT_EQ(lines.back()["labelled"], 2);
}

TEST_F(CommandLine, prints_no_colours_and_no_bar_outside_a_terminal) {
  write("f.xyz", water(2));
  const auto result = orogen("label f.xyz potential=xtb:gfn2 out=l");
  EXPECT_FALSE(contains(result.err, "\033")) << result.err;
  EXPECT_TRUE(contains(result.err, "label 100 % 2/2")) << result.err;
}

TEST_F(CommandLine, draws_a_bar_and_colours_on_a_terminal_and_no_colours_with_NO_COLOR) {
  write("f.xyz", water(2));
  const std::string label = std::string(OROGEN_BINARY) + " label f.xyz potential=xtb:gfn2 out=l resume=false";
  EXPECT_TRUE(contains(run_on_terminal(folder, label).out, "label [########################] 100 % 2/2"));
  const std::string wrong = std::string(OROGEN_BINARY) + " lable";
  EXPECT_TRUE(contains(run_on_terminal(folder, "unset NO_COLOR; TERM=xterm " + wrong).out, "\033[1;31merror: \033[0m"));
  EXPECT_FALSE(contains(run_on_terminal(folder, "NO_COLOR=1 TERM=xterm " + wrong).out, "\033["));
}

TEST_F(CommandLine, ends_with_130_when_interrupted_and_goes_on_later) {
  write("f.xyz", water(150));
  const auto stopped = run_shell(
      folder,
      std::string(OROGEN_BINARY) +
          " label f.xyz potential=xtb:gfn2 xtb.accuracy=0.001 out=l --threads 1 & pid=$!; "
          "while [ ! -s l/labelled.partial.xyz ] && kill -0 $pid; do sleep 0.01; done; kill -TERM $pid; wait $pid");
  if (stopped.code == 0) GTEST_SKIP() << "done before the signal came";
  EXPECT_EQ(stopped.code, 130) << stopped.err;
  EXPECT_TRUE(contains(stopped.out, "of 150 frames labelled")) << stopped.out;
  EXPECT_TRUE(contains(stopped.err, "asked to stop")) << stopped.err;
  const auto resumed = orogen("label f.xyz potential=xtb:gfn2 xtb.accuracy=0.001 out=l");
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_TRUE(contains(resumed.err, "going on after"));
}

TEST_F(CommandLine, keeps_the_page_of_options_in_the_docs_up_to_date) {
  const std::string page = OROGEN_TEST_DIR "/../docs/options.md";
  EXPECT_EQ(read_file(page), orogen("options --markdown").out) << "run: orogen options --markdown > docs/options.md";
}
