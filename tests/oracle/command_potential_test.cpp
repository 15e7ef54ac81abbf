// A program of the user's as a Potential: what goes in and comes out, and every way in which it can fail.
#include "orogen/oracle/command/command_potential.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "common/scratch_folder.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/oracle/command/command_words.hpp"
#include "potential/reference_potentials.hpp"

using namespace orogen;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Structure dimer() {
  Structure s;
  s.species = {18, 18};
  s.positions = {Vec3(0.1, 0, 0), Vec3(0, 3.5, 0.2)};
  return s;
}

struct Notes : SilentProgress {
  std::string text;
  void message(Level, std::string_view line) override { text += std::string(line) + "\n"; }
};

struct Command : testing::Test {
  ScratchFolder folder;
  Notes notes;

  /// A shell script in the folder, and the command that runs it.
  std::string script(const std::string& text) {
    write_atomically(folder / "run.sh", text + "\n");
    return "/bin/sh " + (folder / "run.sh").string() + " {in} {out}";
  }
  CommandPotential potential(const std::string& command, int attempts = 1, double timeout = 20, int parallel = 1) {
    return CommandPotential({command, timeout, attempts, parallel, (folder / "scratch").string()}, &notes);
  }
  std::string problem(const std::string& text, const Structure& s = dimer(), double timeout = 20) {
    try {
      auto p = potential(script(text), 1, timeout);
      p.evaluate(s);
    } catch (const NumericalError& error) {
      return error.what();
    }
    return "";
  }
  long kept_folders() const {
    const auto path = folder / "scratch";
    if (!std::filesystem::exists(path)) return 0;
    return std::distance(std::filesystem::directory_iterator(path), {});
  }
};

const std::string good = R"(printf '2\nenergy=-1.5 Properties=species:S:1:pos:R:3:forces:R:3\n' > $2
printf 'Ar 0.1 0 0 0.25 0 0\nAr 0 3.5 0.2 -0.25 0 0\n' >> $2)";

std::string answer(const std::string& comment, const std::string& rows) {
  return "printf '2\\n" + comment + "\\n' > $2\nprintf '" + rows + "' >> $2";
}

}  // namespace

TEST_F(Command, gives_energy_forces_and_the_virial_of_a_molecule) {
  auto p = potential(script(good));
  const Evaluation e = p.evaluate(dimer());
  EXPECT_DOUBLE_EQ(e.energy, -1.5);
  EXPECT_EQ(e.forces[1], Vec3(-0.25, 0, 0));
  EXPECT_NEAR(e.virial(0, 0), 0.025, 1e-12);
  EXPECT_NEAR(e.virial(0, 1), -0.4375, 1e-12);
  EXPECT_EQ(kept_folders(), 0) << "a run that went well leaves nothing behind";
}

TEST_F(Command, of_the_examples_agrees_with_the_same_potential_in_a_tilted_cell) {
  const std::string script = std::string(OROGEN_TEST_DIR) + "/../examples/oracles/lennard_jones.py";
  auto p = potential("python3 " + script + " {in} {out}");
  Structure s = reference::face_centred_cubic(1, 5.4);
  s.positions[1] += Vec3(0.1, -0.2, 0.05);
  s.cell.rows(1, 0) = 0.7, s.cell.rows(2, 1) = 0.3;
  const Evaluation e = p.evaluate(s);
  const auto moved = [&](double x) {
    Structure t = s;
    t.positions[1].x() += x;
    return p.evaluate(t).energy;
  };
  EXPECT_NEAR(e.forces[1].x(), -(moved(1e-4) - moved(-1e-4)) / 2e-4, 1e-6);
  const double h = 1e-5;
  const auto strained = [&](double xy) {
    Structure t = s;
    Mat3 f = Mat3::Identity();
    f(0, 1) = f(1, 0) = 0.5 * xy;
    for (auto& r : t.positions) r = f * r;
    t.cell.rows = s.cell.rows * f.transpose();
    return p.evaluate(t).energy;
  };
  EXPECT_NEAR(e.virial(0, 1), -(strained(h) - strained(-h)) / (2 * h), 1e-6);
}

TEST_F(Command, runs_several_at_a_time_and_keeps_the_answers_apart) {
  const std::string name = "atom=$(tail -n 1 $1)\nset -- $1 $2 $atom\n";
  auto p = potential(script(name + "printf '2\\nenergy=%s Properties=species:S:1:pos:R:3:forces:R:3\\n' $5 > $2\n"
                                   "awk 'NR > 2 { print $1, $2, $3, $4, 0, 0, 0 }' $1 >> $2"),
                     1, 20, 3);
  std::vector<Structure> batch(10, dimer());
  for (std::size_t k = 0; k < batch.size(); ++k) batch[k].positions[1].y() = 3 + 0.125 * double(k);
  std::vector<Evaluation> out(batch.size());
  p.evaluate(batch, {}, out);
  for (std::size_t k = 0; k < batch.size(); ++k) EXPECT_DOUBLE_EQ(out[k].energy, 3 + 0.125 * double(k));
}

TEST_F(Command, names_every_kind_of_failure_with_its_reason) {
  const struct {
    const char* name;
    std::string script;
    std::vector<std::string> words;
  } failures[] = {
      {"exit code", "echo boo; exit 3", {"ended badly: exit code 3", "\n  boo"}},
      {"signal", "kill -9 $$", {"ended badly: signal 9"}},
      {"no output", "true", {"wrote no answer: {out} was not written", "(nothing)"}},
      {"empty output", ": > $2", {"wrote no answer: {out} is empty"}},
      {"unreadable", "echo nonsense > $2", {"wrote something unreadable", "out.xyz:1: 'nonsense' is no number"}},
      {"two frames", good + "\ncat $2 $2 > both; mv both $2", {"wrote something unreadable: {out} has 2 frames"}},
      {"NaN",
       answer("energy=nan Properties=species:S:1:pos:R:3:forces:R:3", "Ar 0.1 0 0 0 0 0\\nAr 0 3.5 0.2 0 0 0\\n"),
       {"wrote a number that is not finite", "energy"}},
      {"no energy",
       answer("Properties=species:S:1:pos:R:3:forces:R:3", "Ar 0.1 0 0 0 0 0\\nAr 0 3.5 0.2 0 0 0\\n"),
       {"left out a label: {out} has no energy"}},
      {"no forces",
       answer("energy=-1 Properties=species:S:1:pos:R:3", "Ar 0.1 0 0\\nAr 0 3.5 0.2\\n"),
       {"left out a label: {out} has no forces"}},
      {"other species",
       answer("energy=-1 Properties=species:S:1:pos:R:3:forces:R:3", "Ar 0.1 0 0 0 0 0\\nKr 0 3.5 0.2 0 0 0\\n"),
       {"answered for other atoms: atom 1 (counted from 0) is Kr in {out} and Ar in {in}"}},
      {"a molecule that was turned",
       answer("energy=-1 Properties=species:S:1:pos:R:3:forces:R:3", "Ar 0 0.1 0 0 0 0\\nAr 3.5 0 0.2 0 0 0\\n"),
       {"answered for other atoms: atom 0 (counted from 0) lies 0.141 Å from where {in} has it"}},
      {"wrong number of atoms",
       "printf '1\\nenergy=-1 Properties=species:S:1:pos:R:3:forces:R:3\\nAr 0 0 0 0 0 0\\n' > $2",
       {"answered for other atoms: {out} has 1 atoms, {in} has 2"}},
      {"unconverged",
       answer("energy=-1 converged=F Properties=species:S:1:pos:R:3:forces:R:3",
              "Ar 0.1 0 0 0 0 0\\nAr 0 3.5 0.2 0 0 0\\n"),
       {"did not converge: {out} says converged=F"}}};
  long kept = 0;
  for (const auto& failure : failures) {
    const std::string text = problem(failure.script);
    for (const auto& words : failure.words) EXPECT_TRUE(contains(text, words)) << failure.name << ": " << text;
    EXPECT_TRUE(contains(text, "structure 1 (Ar2, 2 atoms)")) << failure.name << ": " << text;
    EXPECT_EQ(kept_folders(), ++kept) << failure.name << ": the folder of a failed run is kept";
  }
}

TEST_F(Command, keeps_input_output_and_log_of_a_failed_run) {
  const std::string text = problem("for i in $(seq 1 30); do echo line $i; done; echo half > $2; exit 1");
  EXPECT_FALSE(contains(text, "  line 10\n")) << text;
  EXPECT_TRUE(contains(text, "\n  line 11\n")) << text;
  EXPECT_TRUE(contains(text, "\n  line 30")) << text;
  const auto run = std::filesystem::directory_iterator(folder / "scratch")->path();
  EXPECT_TRUE(contains(text, run.string())) << text;
  for (const char* name : {"in.xyz", "out.xyz", "output.log"}) EXPECT_TRUE(std::filesystem::exists(run / name)) << name;
}

TEST_F(Command, that_takes_too_long_is_ended_with_everything_that_it_started) {
  const std::string text = problem("sleep 300 & echo $! > " + (folder / "pid").string() + "\nsleep 300", dimer(), 2);
  EXPECT_TRUE(contains(text, "took too long: it was ended after 2 s")) << text;
  const std::string stat = "/proc/" + std::to_string(std::stoi(read_file(folder / "pid"))) + "/stat";
  const auto alive = [&] {
    std::ifstream file(stat);
    std::string line;
    return std::getline(file, line) && !contains(line, ") Z ");  // Z: dead, and nobody asked yet
  };
  for (int tries = 0; tries < 500 && alive(); ++tries) ::usleep(10000);
  EXPECT_FALSE(alive());
}

TEST_F(Command, that_ignores_the_wish_to_end_is_killed) {
  EXPECT_TRUE(contains(problem("trap '' TERM\nwhile true; do sleep 0.1; done", dimer(), 0.3), "took too long"));
}

TEST_F(Command, is_tried_again_where_that_may_help) {
  const std::string count = "echo x >> " + (folder / "count").string() + "\n";
  auto p = potential(script(count + "[ $(wc -l < " + (folder / "count").string() + ") -ge 2 ] || exit 1\n" + good), 2);
  EXPECT_DOUBLE_EQ(p.evaluate(dimer()).energy, -1.5);
  EXPECT_TRUE(contains(notes.text, "attempt 1 of 2")) << notes.text;
  EXPECT_EQ(kept_folders(), 1);
  std::filesystem::remove(folder / "count");
  auto q = potential(script(count + answer("Properties=species:S:1:pos:R:3", "Ar 0.1 0 0\\nAr 0 3.5 0.2\\n")), 3);
  EXPECT_THROW(q.evaluate(dimer()), NumericalError);
  EXPECT_EQ(read_file(folder / "count"), "x\n") << "a label that is left out will be left out again";
}

TEST_F(Command, may_fail_for_one_structure_of_many) {
  auto p =
      potential(script("grep -q 'Ar 9' $1 && exit 4\n"
                       "printf '2\\nenergy=-1 Properties=species:S:1:pos:R:3:forces:R:3\\n' > $2\n"
                       "awk 'NR > 2 { print $1, $2, $3, $4, 0, 0, 0 }' $1 >> $2"));
  std::vector<Structure> batch(3, dimer());
  batch[1].positions[1].x() = 9;
  std::vector<std::string> problems(3, "none");
  p.evaluate_each(batch, {}, [&](std::size_t slot, const Evaluation&, const std::string& text) {
    return problems[slot] = text, true;
  });
  EXPECT_EQ(problems[0], "");
  EXPECT_TRUE(contains(problems[1], "structure 2 (Ar2, 2 atoms)")) << problems[1];
  EXPECT_EQ(problems[2], "");
}

/// The dimer in a cube of 8 Å, answered for with another comment line.
std::string crystal_answer(const std::string& comment) {
  return answer("energy=-1 " + comment + " Properties=species:S:1:pos:R:3:forces:R:3",
                "Ar 0.1 0 0 0 0 0\\nAr 0 3.5 0.2 0 0 0\\n");
}

TEST_F(Command, of_a_crystal_must_answer_for_its_cell_with_a_symmetric_stress) {
  Structure s = dimer();
  s.cell.rows = 8 * Mat3::Identity();
  s.cell.periodic = {true, true, true};
  const std::string right = "Lattice=\"8 0 0 0 8 0 0 0 8\" ", larger = "Lattice=\"8.8 0 0 0 8.8 0 0 0 8.8\" ";
  const std::string stress = "stress=\"1 2 3 2 5 6 3 6 9\"";
  auto p = potential(script(crystal_answer(right + stress)));
  EXPECT_DOUBLE_EQ(p.evaluate(s).virial(0, 1), -512 * 2);
  EXPECT_TRUE(contains(problem(crystal_answer(larger + stress), s),
                       "the lattice of {out} differs from that of {in} by up to 0.8 Å"));
  EXPECT_TRUE(contains(problem(crystal_answer(right + "stress=\"1 2 3 9 5 6 9 9 9\""), s), "is not symmetric"));
  auto q = potential(script(crystal_answer(right + "stress=\"1 2 3 0 5 6 0 0 9\"")));
  EXPECT_DOUBLE_EQ(q.evaluate(s).virial(1, 0), -512 * 2) << "one triangle is enough";
}

TEST_F(Command, that_prints_without_end_is_quoted_by_its_end_only) {
  const std::string text = problem("head -c 3000000 /dev/zero | tr '\\0' x; echo the end; exit 1");
  EXPECT_LT(text.size(), 10000u);
  EXPECT_TRUE(contains(text, "xxthe end")) << text.substr(0, 300);
}

TEST_F(Command, of_a_crystal_must_give_a_stress_only_when_asked) {
  Structure s = dimer();
  s.cell.rows = 8 * Mat3::Identity();
  s.cell.periodic = {true, true, true};
  auto p = potential(script(good));
  EXPECT_DOUBLE_EQ(p.evaluate(s, {.virial = false}).energy, -1.5);
  try {
    p.evaluate(s);
    FAIL();
  } catch (const NumericalError& error) {
    EXPECT_TRUE(contains(error.what(), "left out a label: {out} has no stress")) << error.what();
  }
}

TEST(CommandWords, are_split_like_a_shell_does) {
  EXPECT_EQ(split_words(R"(a 'b c' "d  e"f g\ h "" "i\"j")"),
            (std::vector<std::string>{"a", "b c", "d  ef", "g h", "", "i\"j"}));
  EXPECT_THROW(split_words("a 'b"), InputError);
}

TEST(CommandWords, name_files_by_their_full_path_and_find_the_program) {
  ScratchFolder folder;
  write_atomically(folder / "run.py", "x");
  const auto words = command_words("sh -c run.py {in} {out}", folder.path());
  EXPECT_TRUE(words[0] == "/bin/sh" || words[0] == "/usr/bin/sh") << words[0];
  EXPECT_EQ(words[1], "-c");
  EXPECT_EQ(words[2], (folder / "run.py").string());
  EXPECT_EQ(filled(words, "/a b", "/c")[3], "/a b");
}

TEST(CommandWords, that_cannot_be_run_are_refused_before_anything_starts) {
  ScratchFolder folder;
  write_atomically(folder / "run.sh", "x");
  const auto problem = [&](const std::string& command) {
    try {
      command_words(command, folder.path());
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_TRUE(contains(problem("run.sh {in} {out}"), "may not be executed; chmod +x run.sh"));
  EXPECT_TRUE(contains(problem("no-such-program {in} {out}"), "there is no program no-such-program"));
  EXPECT_TRUE(contains(problem("./absent {in} {out}"), "there is no program ./absent"));
  EXPECT_TRUE(contains(problem("sh {in}"), "{out} is missing"));
  EXPECT_TRUE(contains(problem("sh {out}"), "{in} is missing"));
}
