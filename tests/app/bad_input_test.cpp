// Every way in which a data file is commonly wrong gets its clear error: `check` and `train` end with 2 and say what is
// wrong, where, and what was expected. Runs the program on small files.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "app/command.hpp"

using namespace orogen;

namespace {

/// One kind of bad file and the words that its message must hold.
struct BadFile {
  std::string name, text;
  std::vector<std::string> words;
};

constexpr int frame_lines = 5;

/// Waters of growing bond length, ten frames of five lines. `properties` and `lattice` go to the second line.
struct Waters {
  std::string forces = "forces", energy_key = "energy", lattice = "";
  bool zero_forces = false, zero_energy = false;

  std::string text() const {
    std::string out;
    for (int i = 0; i < 10; ++i) {
      const double f = zero_forces ? 0 : 0.1 * (i + 1);
      out += fmt::format(
          "3\n{}Properties=species:S:1:pos:R:3:{}:R:3 {}={}\nO 0 0 0 {} 0 0\nH 0.9{} 0 0 {} 0 0\nH -0.24 0.93 0 0 0 "
          "0\n",
          lattice, forces, energy_key, zero_energy ? 0 : -13.5 - 0.01 * i, f, i, -f);
    }
    return out;
  }
};

/// The line `line` (from 1) of the file becomes `by`.
std::string with_line(const std::string& text, int line, const std::string& by) {
  std::size_t begin = 0;
  for (int k = 1; k < line; ++k) begin = text.find('\n', begin) + 1;
  return text.substr(0, begin) + by + text.substr(text.find('\n', begin));
}

std::vector<BadFile> bad_files() {
  const std::string good = Waters{}.text();
  const std::string in_box = Waters{.lattice = "Lattice=\"8 0 0 0 8 0 0 0 8\" "}.text();
  const int second = 2 * frame_lines + 1;  // the first line of the third frame
  return {
      {"truncated", good.substr(0, good.rfind("H ")), {"bad.xyz:46: truncated frame: 3 atoms announced", "after 2"}},
      {"cut inside a line", good.substr(0, good.size() - 4), {"bad.xyz:50: 5 columns, expected 7"}},
      {"forces mistyped", Waters{.forces = "frces"}.text(), {"forces: no frame of 10 carries", "frces"}},
      {"forces misnamed", Waters{.forces = "my_forces"}.text(), {"forces: no frame of 10 carries", "my_forces"}},
      {"energy misnamed",
       Waters{.energy_key = "my_energy"}.text(),
       {"energy: no frame of 10 carries this label", "my_energy"}},
      {"forces all zero", Waters{.zero_forces = true}.text(), {"forces: zero in all 10 frames", "key forces"}},
      {"energy all zero", Waters{.zero_energy = true}.text(), {"energy: zero in all 10 frames", "key energy"}},
      {"NaN among forces",
       with_line(good, second + 3, "H 0.92 0 0 nan 0 0"),
       {"bad.xyz:14: forces: 'nan' is not finite"}},
      {"NaN among positions", with_line(good, second + 3, "H nan 0 0 0 0 0"), {"bad.xyz:14: pos: 'nan' is not finite"}},
      {"energy that is NaN",
       with_line(good, second + 1, "Properties=species:S:1:pos:R:3:forces:R:3 energy=nan"),
       {"bad.xyz:12: energy=\"nan\"", "not finite"}},
      {"a column too few", with_line(good, second + 3, "H 0.92 0 0 0 0"), {"bad.xyz:14: 6 columns, expected 7"}},
      {"a column too many", with_line(good, second + 3, "H 0.92 0 0 0 0 0 7"), {"bad.xyz:14: 8 columns, expected 7"}},
      {"unknown element",
       with_line(good, second + 3, "Xx 0.92 0 0 0 0 0"),
       {"bad.xyz:14: unknown element 'Xx'", "expected a symbol"}},
      {"negative cell",
       with_line(in_box, second + 1,
                 "Lattice=\"8 0 0 0 8 0 0 0 -8\" Properties=species:S:1:pos:R:3:forces:R:3 energy=-13.5"),
       {"bad.xyz:12: Lattice: negative cell: vector c", "write 8 instead of -8"}},
      {"cell without volume",
       with_line(in_box, second + 1,
                 "Lattice=\"8 0 0 0 8 0 0 0 0\" Properties=species:S:1:pos:R:3:forces:R:3 energy=-13.5"),
       {"bad.xyz:12: Lattice:", "no length along the periodic vector c"}},
      {"a word for the number of atoms",
       with_line(good, second, "three"),
       {"bad.xyz:11: 'three' is no number of atoms"}},
      {"no XYZ at all", "hello\nworld\n", {"bad.xyz:1: 'hello' is no number of atoms"}},
      {"empty", "", {"bad.xyz: holds no frames"}},
  };
}

struct BadInput : testing::TestWithParam<const char*> {
  ScratchFolder folder;
  void expect_refused(const BadFile& file) {
    write_atomically(folder / "bad.xyz", file.text);
    const auto result = run_orogen(folder, GetParam());
    EXPECT_EQ(result.code, 2) << file.name << "\n" << result.err;
    EXPECT_NE(result.err.find("error: "), std::string::npos) << file.name;
    for (const auto& words : file.words)
      EXPECT_NE(result.err.find(words), std::string::npos) << file.name << " lacks \"" << words << "\":\n"
                                                           << result.err;
    EXPECT_FALSE(std::filesystem::exists(folder / "out")) << file.name << ": nothing is begun with bad data";
  }
};

}  // namespace

TEST_P(BadInput, ends_with_2_and_says_what_is_wrong_where_and_what_was_expected) {
  for (const auto& file : bad_files()) expect_refused(file);
}

TEST_P(BadInput, names_every_line_that_is_wrong_at_once) {
  const std::string good = Waters{}.text();
  expect_refused({"two lines",
                  with_line(with_line(good, 4, "H 0.90 0 0 0 0"), 14, "Xx 0.92 0 0 0 0 0"),
                  {"bad.xyz:4: 6 columns", "bad.xyz:14: unknown element"}});
}

INSTANTIATE_TEST_SUITE_P(of, BadInput, testing::Values("check bad.xyz", "train bad.xyz out=out steps=4"),
                         [](const auto& info) { return std::string(info.param).substr(0, 5); });

TEST(GoodInput, passes_check_with_and_without_labels) {
  ScratchFolder folder;
  write_atomically(folder / "good.xyz", Waters{}.text());
  EXPECT_EQ(run_orogen(folder, "check good.xyz").code, 0);
  write_atomically(folder / "bare.xyz", "2\nProperties=species:S:1:pos:R:3\nH 0 0 0\nH 0 0 0.74\n");
  EXPECT_EQ(run_orogen(folder, "check bare.xyz").code, 0);
  const auto refused = run_orogen(folder, "train bare.xyz out=out");
  EXPECT_EQ(refused.code, 2);
  EXPECT_NE(refused.err.find("energy: no frame of 1 carries this label"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("forces: no frame of 1 carries this label"), std::string::npos) << refused.err;
}

TEST(WrongKeys, are_named_with_their_nearest_names_all_at_once) {
  ScratchFolder folder;
  write_atomically(folder / "good.xyz", Waters{}.text());
  const auto result = run_orogen(folder, "train good.xyz lerning_rate=0.1 modle=fast cutoff=far out=out");
  EXPECT_EQ(result.code, 2);
  for (const char* words : {"unknown key \"lerning_rate\"; did you mean \"learning_rate\"?",
                            "unknown key \"modle\"; did you mean \"model\"?", "cutoff = \"far\": expected a number"})
    EXPECT_NE(result.err.find(words), std::string::npos) << words << "\n" << result.err;
}

TEST(RefusedTraining, leaves_the_input_of_the_earlier_run_as_it_was) {
  ScratchFolder folder;
  std::string data;
  for (int k = 0; k < 4; ++k) {
    const std::string x = std::to_string(0.7 + 0.02 * k), f = std::to_string(0.5 - 0.1 * k);
    data += "2\nProperties=species:S:1:pos:R:3:forces:R:3 energy=-" + x + "\nH 0 0 0 -" + f + " 0 0\nH " + x + " 0 0 " +
            f + " 0 0\n";
  }
  write_atomically(folder / "h2.xyz", data);
  const std::string words = "train h2.xyz steps=2 features=8 hidden=8 valid_fraction=0.25 out=run --quiet seed=";
  const auto first = run_orogen(folder, words + "1");
  ASSERT_EQ(first.code, 0) << first.err;
  const std::string saved = read_file(folder / "run" / "input.toml");
  EXPECT_NE(saved.find("stress = true"), std::string::npos) << "as it was asked, though molecules have none\n" << saved;
  const auto second = run_orogen(folder, words + "2");
  EXPECT_EQ(second.code, 2) << second.err;
  EXPECT_NE(second.err.find("cannot resume: seed was"), std::string::npos) << second.err;
  EXPECT_EQ(read_file(folder / "run" / "input.toml"), saved);
}

TEST(WrongPotential, is_explained_for_folders_and_for_models_that_are_not_there) {
  ScratchFolder folder;
  write_atomically(folder / "good.xyz", Waters{}.text());
  std::filesystem::create_directories(folder / "run");
  write_atomically(folder / "run/model.safetensors", "");
  EXPECT_NE(run_orogen(folder, "md good.xyz potential=run").err.find("its model is run/model.safetensors"),
            std::string::npos);
  const auto absent = run_orogen(folder, "md good.xyz potential=absent/model.safetensors");
  EXPECT_EQ(absent.code, 2);
  EXPECT_NE(absent.err.find("the folder absent does not exist"), std::string::npos) << absent.err;
  EXPECT_EQ(absent.err.find("create it"), std::string::npos) << absent.err;
}
