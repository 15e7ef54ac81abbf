// Codes outside this process on the command line: serve as a client, label, md and relax with clients and commands.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "app/command.hpp"
#include "orogen/system/files/extxyz.hpp"

using namespace orogen;

namespace {

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct FrontsCommandLine : testing::Test {
  ScratchFolder folder;
  std::string model = std::string(OROGEN_TEST_DIR) + "/common/reference/model-v1.safetensors";
  std::string program = OROGEN_BINARY;
  std::string socket = "unix:" + (folder / "socket").string();

  FrontsCommandLine() {
    std::string text;
    for (int i = 0; i < 6; ++i)
      text +=
          "3\nLattice=\"7 0 0 0.5 7.2 0 0.2 -0.3 6.9\" pbc=\"T T T\" Properties=species:S:1:pos:R:3\nO 0.01 0 0.02\nH "
          "0.9" +
          std::to_string(i) + " 0.03 0\nH -0.23 0.92 -0.05\n";
    write_atomically(folder / "water.xyz", text);
    write_atomically(folder / "molecule.xyz",
                     "3\nProperties=species:S:1:pos:R:3\nO 0 0 0.1173\nH 0 0.7572 -0.4692\nH 0 -0.80 -0.45\n");
  }
  /// Clients that run beside the command and whose output and exit codes lie in client1, client2 … afterwards.
  std::string with_clients(int count, const std::string& served, const std::string& command) {
    std::string text;
    for (int k = 1; k <= count; ++k) {
      const std::string file = "client" + std::to_string(k);
      text += "(" + program + " serve " + served + " address=" + socket + " wait=10 > " + file +
              " 2>&1; echo exit $? >> " + file + ") & ";
    }
    return text + program + " " + command + "; code=$?; wait; exit $code";
  }
  std::vector<Frame> labelled(const std::string& out) { return read_extxyz((folder / out / "labelled.xyz").string()); }
};

}  // namespace

TEST_F(FrontsCommandLine, label_with_ipi_clients_gives_the_labels_of_the_potential_that_they_serve) {
  const auto direct = run_orogen(folder, "label water.xyz potential=" + model + " precision=float64 out=direct");
  ASSERT_EQ(direct.code, 0) << direct.err;
  const auto result =
      run_shell(folder, with_clients(2, model + " water.xyz precision=float64",
                                     "label water.xyz potential=ipi ipi.address=" + socket + " out=ipi"));
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_TRUE(contains(result.err, "listening for i-PI clients at unix:")) << result.err;
  for (const char* file : {"client1", "client2"}) {
    const std::string text = read_file(folder / file);
    EXPECT_TRUE(contains(text, "the server sent EXIT: ") || contains(text, "no server at"))
        << text;  // one may be too late
  }
  const auto expected = labelled("direct"), got = labelled("ipi");
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t k = 0; k < got.size(); ++k) {
    EXPECT_NEAR(*got[k].labels.energy, *expected[k].labels.energy, 1e-9);
    for (std::size_t i = 0; i < 3; ++i)
      EXPECT_LT(((*got[k].labels.forces)[i] - (*expected[k].labels.forces)[i]).norm(), 1e-9);
    EXPECT_LT((*got[k].labels.virial - *expected[k].labels.virial).norm(), 1e-8);
  }
}

TEST_F(FrontsCommandLine, md_and_relax_run_on_ipi_clients) {
  const std::string at = " potential=ipi ipi.address=" + socket + " ", xtb = "xtb:gfn2 molecule.xyz";
  const auto md = run_shell(folder, with_clients(1, xtb, "md molecule.xyz" + at + "ensemble=nve steps=5"));
  EXPECT_EQ(md.code, 0) << md.err;
  EXPECT_TRUE(contains(md.out, "5 steps")) << md.out;
  EXPECT_TRUE(contains(read_file(folder / "client1"), "exit 0")) << read_file(folder / "client1");
  const auto relaxed = run_shell(folder, with_clients(1, xtb, "relax molecule.xyz" + at + "out=relaxed"));
  EXPECT_EQ(relaxed.code, 0) << relaxed.err;
  const auto direct = run_orogen(folder, "relax molecule.xyz potential=xtb:gfn2 out=direct");
  EXPECT_NEAR(*read_extxyz((folder / "relaxed" / "relaxed.xyz").string())[0].labels.energy,
              *read_extxyz((folder / "direct" / "relaxed.xyz").string())[0].labels.energy, 1e-5);
}

TEST_F(FrontsCommandLine, label_with_a_command_keeps_frames_apart_that_failed_and_goes_on_later) {
  write_atomically(folder / "run.sh",
                   "grep -q '^H 0.93' $1 && { echo no convergence; exit 5; }\n"
                   "awk 'NR == 2 { sub(/pos:R:3/, \"&:forces:R:3\"); print \"energy=-7 \" $0 }\n"
                   "NR == 1 { print } NR > 2 { print $0, 0, 0, 0.5 }' $1 > $2\n");
  const std::string command =
      "label water.xyz potential=command command='sh run.sh {in} {out}' oracle.attempts=1 oracle.parallel=2 "
      "oracle.scratch=scratch stress=false out=out";
  const auto result = run_orogen(folder, command);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_TRUE(contains(result.err, "1 of 6 frames got no labels")) << result.err;
  EXPECT_TRUE(contains(result.err, "ended badly: exit code 5")) << result.err;
  EXPECT_TRUE(contains(result.err, "no convergence")) << result.err;
  const auto frames = labelled("out");
  ASSERT_EQ(frames.size(), 5u);
  EXPECT_DOUBLE_EQ(*frames[0].labels.energy, -7);
  EXPECT_DOUBLE_EQ((*frames[4].labels.forces)[2].z(), 0.5);
  EXPECT_FALSE(frames[0].labels.virial.has_value());
  EXPECT_EQ(read_extxyz((folder / "out" / "failed.xyz").string()).size(), 1u);
  EXPECT_TRUE(contains(run_orogen(folder, command).err, "already complete"));
  const auto other =
      run_orogen(folder, "label water.xyz potential=command command='sh run.sh {in} {out} more' out=out");
  EXPECT_EQ(other.code, 2);
  EXPECT_TRUE(contains(other.err, "command was ")) << other.err;
}

TEST_F(FrontsCommandLine, serve_and_the_oracles_end_in_time_and_say_why) {
  const auto nobody = run_orogen(folder, "serve " + model + " water.xyz wait=0.2 address=" + socket);
  EXPECT_EQ(nobody.code, 1);
  EXPECT_TRUE(contains(nobody.err, "no server at unix:")) << nobody.err;
  write_atomically(folder / "copper.xyz", "1\nProperties=species:S:1:pos:R:3\nCu 0 0 0\n");
  const auto element = run_orogen(folder, "serve " + model + " copper.xyz address=" + socket);
  EXPECT_EQ(element.code, 2);
  EXPECT_TRUE(contains(element.err, "Cu")) << element.err;
  const auto lonely = run_orogen(folder, "label water.xyz potential=ipi ipi.wait=0.2 ipi.address=" + socket);
  EXPECT_EQ(lonely.code, 1);
  EXPECT_TRUE(contains(lonely.err, "no i-PI client at")) << lonely.err;
  const auto nothing = run_orogen(folder, "label water.xyz potential=command");
  EXPECT_EQ(nothing.code, 2);
  EXPECT_TRUE(contains(nothing.err, "say which; for example command = ")) << nothing.err;
  const auto absent = run_orogen(folder, "md water.xyz potential=command command='absent {in} {out}'");
  EXPECT_EQ(absent.code, 2);
  EXPECT_TRUE(contains(absent.err, "there is no program absent")) << absent.err;
  const auto address = run_orogen(folder, "serve " + model + " water.xyz address=water");
  EXPECT_EQ(address.code, 2);
  EXPECT_TRUE(contains(address.err, "address = \"water\"")) << address.err;
}

TEST_F(FrontsCommandLine, a_signal_ends_a_waiting_client_and_a_waiting_server_cleanly) {
  for (const std::string& words : {"serve " + model + " water.xyz wait=100 address=" + socket,
                                   "label water.xyz potential=ipi ipi.wait=100 ipi.address=" + socket}) {
    const auto result = run_shell(folder, program + " " + words + " & pid=$!; sleep 1; kill -TERM $pid; wait $pid");
    EXPECT_EQ(result.code, 130) << words << result.err;
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "socket"));
}
