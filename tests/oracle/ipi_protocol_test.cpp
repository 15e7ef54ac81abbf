// The bytes of the i-PI protocol, and the addresses of its sockets.
#include <fstream>

#include "oracle/ipi_peers.hpp"
#include "orogen/base/units.hpp"

using namespace orogen;

TEST(IpiProtocol, words_are_twelve_bytes_padded_with_blanks) {
  EXPECT_EQ(ipi::word("STATUS"), "STATUS      ");
  EXPECT_EQ(ipi::read_word("FORCEREADY  "), "FORCEREADY");
  for (const char* garbage : {"status      ", "\x01\x02STATUS    ", "GET / HTTP/1", "            "})
    EXPECT_EQ(ipi::read_word(std::string(garbage, 12)), "") << garbage;
}

TEST(IpiProtocol, positions_travel_in_bohr_with_cell_and_inverse_transposed) {
  const Structure s = tilted_argon();
  const std::string bytes = ipi::position_message(s);
  ASSERT_EQ(bytes.size(), 12 + 144 + 4 + 24 * s.positions.size());
  EXPECT_EQ(bytes.substr(0, 12), "POSDATA     ");
  for (int vector = 0; vector < 3; ++vector)
    for (int k = 0; k < 3; ++k)  // row k holds component k of a, b, c
      EXPECT_NEAR(at<double>(bytes, 12 + 8 * std::size_t(3 * k + vector)), s.cell.rows(vector, k) / 0.529177210903,
                  1e-12);
  Mat3 h, inverse;
  std::memcpy(h.data(), bytes.data() + 12, 72), std::memcpy(inverse.data(), bytes.data() + 84, 72);
  EXPECT_LT((h * inverse - Mat3::Identity()).norm(), 1e-12);
  EXPECT_EQ(at<std::int32_t>(bytes, 156), s.size());
  EXPECT_NEAR(at<double>(bytes, 160 + 8 * 4), s.positions[1][1] / 0.529177210903, 1e-12);
  EXPECT_LT((ipi::read_cell(bytes.data() + 12) - s.cell.rows).norm(), 1e-13);
  EXPECT_LT((ipi::read_positions(bytes.data() + 160, s.size())[1] - s.positions[1]).norm(), 1e-13);
}

TEST(IpiProtocol, an_answer_is_energy_atoms_forces_transposed_virial_and_a_text) {
  Evaluation e;
  e.energy = 27.211386245988;
  e.forces = {Vec3(1, 2, 3), Vec3(4, 5, 6)};
  e.virial << 1, 2, 3, 4, 5, 6, 7, 8, 9;
  const std::string text = "{\"a\": 1}";
  const std::string bytes = ipi::force_message(std::span(&e, 1), std::span(&text, 1));
  ASSERT_EQ(bytes.size(), 12 + 8 + 4 + 48 + 72 + 4 + text.size());
  EXPECT_EQ(bytes.substr(0, 12), "FORCEREADY  ");
  EXPECT_DOUBLE_EQ(at<double>(bytes, 12), 1);
  EXPECT_EQ(at<std::int32_t>(bytes, 20), 2);
  EXPECT_DOUBLE_EQ(at<double>(bytes, 24 + 8 * 3), 4 * 0.529177210903 / 27.211386245988);
  EXPECT_DOUBLE_EQ(at<double>(bytes, 72 + 8), 4 / 27.211386245988);  // second in bytes: row 1, column 0
  EXPECT_EQ(at<std::int32_t>(bytes, 144), std::int32_t(text.size()));
  EXPECT_EQ(bytes.substr(148), text);
  for (const std::size_t have : {0, 12, 24, 100, 148})
    EXPECT_LE(ipi::force_message_size(std::string_view(bytes).substr(0, have)), bytes.size());
  EXPECT_EQ(ipi::force_message_size(bytes), bytes.size());
  const auto read = ipi::read_force_message(bytes);
  EXPECT_DOUBLE_EQ(read.evaluation.energy, e.energy);
  EXPECT_LT((read.evaluation.forces[1] - e.forces[1]).norm(), 1e-14);
  EXPECT_DOUBLE_EQ(read.evaluation.virial(0, 2), 5);  // the mean of 3 and 7
  EXPECT_EQ(read.text, text);
}

TEST(IpiProtocol, a_virial_of_one_triangle_is_completed) {
  Evaluation e;
  e.forces = {Vec3(1, 2, 3)};
  e.virial << 1, 2, 3, 0, 5, 6, 0, 0, 9;  // as LAMMPS sends it
  const std::string text;
  const Mat3 read =
      ipi::read_force_message(ipi::force_message(std::span(&e, 1), std::span(&text, 1))).evaluation.virial;
  EXPECT_NEAR(read(0, 1), 2, 1e-14);
  EXPECT_NEAR(read(2, 1), 6, 1e-14);
}

TEST(IpiProtocol, counts_that_cannot_be_and_other_words_are_refused) {
  std::string bytes = ipi::word("FORCEREADY") + std::string(8, '\0') + "\xff\xff\xff\xff";
  EXPECT_THROW(ipi::force_message_size(bytes), ConnectionError);
  EXPECT_THROW(ipi::force_message_size(ipi::word("READY")), ConnectionError);
}

TEST(IpiProtocol, an_init_may_ask_for_batches) {
  EXPECT_EQ(ipi::batch_size("whatever, batch_size:16"), 16);
  for (const char* text : {"", "dummy", "batch_size:", "batch_size:-3"}) EXPECT_EQ(ipi::batch_size(text), 1) << text;
}

TEST(SocketAddress, reads_unix_names_paths_and_hosts) {
  EXPECT_EQ(parse_socket_address("unix:water", "k").path, "/tmp/ipi_water");
  EXPECT_EQ(parse_socket_address("unix:/run/x", "k").path, "/run/x");
  EXPECT_EQ(parse_socket_address("node7:31415", "k").text(), "node7:31415");
  EXPECT_EQ(parse_socket_address(":31415", "k").text(), "127.0.0.1:31415");
  EXPECT_EQ(parse_socket_address("[::1]:80", "k").host, "::1");
  EXPECT_TRUE(parse_socket_address(":0", "k").is_local());
  EXPECT_FALSE(parse_socket_address("0.0.0.0:1", "k").is_local());
}

TEST(SocketAddress, refuses_what_is_none_and_says_what_is_expected) {
  for (const char* text : {"", "water", "unix:", "unix:a/b", "host:", "host:port", "host:65536", "host:-1"}) {
    const std::string problem = problem_of([&] { parse_socket_address(text, "ipi.address"); });
    EXPECT_TRUE(contains(problem, "ipi.address = ")) << text << ": " << problem;
    EXPECT_TRUE(contains(problem, "expected unix:NAME")) << text << ": " << problem;
  }
  EXPECT_TRUE(contains(problem_of([] { parse_socket_address("unix:/" + std::string(200, 'x'), "k"); }), "longer than"));
}

TEST(Listener, replaces_a_dead_socket_and_leaves_other_files_and_live_servers_alone) {
  ScratchFolder folder;
  const SocketAddress address = parse_socket_address("unix:" + (folder / "s").string(), "address");
  std::ofstream(folder / "s") << "a file";
  EXPECT_TRUE(contains(problem_of([&] { Listener{address}; }), "a file of that name is there"));
  std::filesystem::remove(folder / "s");
  {
    const Listener first(address);
    EXPECT_TRUE(contains(problem_of([&] { Listener{address}; }), "another server listens there"));
    std::filesystem::rename(folder / "s", folder / "dead");
  }
  std::filesystem::rename(folder / "dead", folder / "s");  // what a killed server leaves behind
  { const Listener second(address); }
  EXPECT_FALSE(std::filesystem::exists(folder / "s"));
}

TEST(Listener, names_an_address_that_is_taken) {
  const Listener first(parse_socket_address(":0", "address"));
  EXPECT_TRUE(contains(problem_of([&] { Listener{first.address()}; }), "cannot listen at 127.0.0.1:"));
}
