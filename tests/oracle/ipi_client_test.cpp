// A Potential as a client of an i-PI server, and servers that fail in every way.
#include "oracle/ipi_peers.hpp"

#include <nlohmann/json.hpp>

#include "orogen/base/units.hpp"
#include "orogen/potential/learned/learned_potential.hpp"

using namespace orogen;

namespace {

/// A server written by hand: it listens, takes one client at a time and says what the test wants.
struct HandServer {
  Listener listener{parse_socket_address(":0", "address")};
  Socket client;

  void accept() {
    const Deadline deadline = after(patience);
    do client = listener.accept();
    while (!client.is_open() && std::chrono::steady_clock::now() < deadline);
    ASSERT_TRUE(client.is_open());
  }
  void send(const std::string& bytes) { client.send(bytes, after(patience)); }
  std::string receive(std::size_t size) {
    std::string bytes(size, '\0');
    client.receive(bytes.data(), size, after(patience));
    return bytes;
  }
  std::string status() {
    send(ipi::word("STATUS"));
    return ipi::read_word(receive(ipi::word_size));
  }
  void init(const std::string& text) {
    std::string bytes = ipi::word("INIT") + std::string(8, '\0') + text;
    const auto size = std::int32_t(text.size());
    std::memcpy(bytes.data() + 16, &size, 4);
    send(bytes);
  }
  ipi::ForceAnswer ask(const Structure& s) {
    send(ipi::position_message(s));
    EXPECT_EQ(status(), "HAVEDATA");
    send(ipi::word("GETFORCE"));
    std::string inbox;
    while (inbox.size() < ipi::force_message_size(inbox))
      inbox += receive(ipi::force_message_size(inbox) - inbox.size());
    return ipi::read_force_message(inbox);
  }
};

/// A client beside the test with whatever potential and options.
struct Service {
  IpiService done;
  Beside beside;
  Service(Potential& potential, const Structure& start, IpiClientOptions options)
      : beside([this, &potential, start, options] {
          SilentProgress silent;
          done = serve_ipi(potential, start, options, silent);
        }) {}
};

IpiClientOptions to(const HandServer& server) {
  return {.address = server.listener.address(), .wait = patience, .idle = patience, .message = patience};
}

struct IpiClient : testing::Test {
  reference::LennardJones argon;
  HandServer server;
  Structure start = tilted_argon();
};

}  // namespace

TEST_F(IpiClient, goes_through_the_states_of_the_protocol_and_ends_at_exit) {
  Service client(argon, start, to(server));
  server.accept();
  EXPECT_EQ(server.status(), "NEEDINIT");
  server.init("");
  EXPECT_EQ(server.status(), "READY");
  EXPECT_NEAR(server.ask(start).evaluation.energy, argon.evaluate(start).energy, 1e-12);
  EXPECT_EQ(server.status(), "READY");
  server.send(ipi::word("EXIT"));
  EXPECT_EQ(client.beside.join(), "");
  EXPECT_EQ(client.done.end, IpiService::End::exit);
  EXPECT_EQ(client.done.structures, 1);
}

TEST_F(IpiClient, takes_positions_and_getforce_in_one_go_and_without_init) {
  Service client(argon, start, to(server));
  server.accept();
  server.send(ipi::position_message(start) + ipi::word("GETFORCE"));
  std::string inbox;
  while (inbox.size() < ipi::force_message_size(inbox))
    inbox += server.receive(ipi::force_message_size(inbox) - inbox.size());
  EXPECT_NEAR(ipi::read_force_message(inbox).evaluation.energy, argon.evaluate(start).energy, 1e-12);
  server.client.close();
  EXPECT_EQ(client.beside.join(), "");
  EXPECT_EQ(client.done.end, IpiService::End::closed);
}

TEST_F(IpiClient, follows_a_cell_that_changes) {
  Service client(argon, start, to(server));
  server.accept();
  Structure wide = start;
  wide.cell.rows *= 1.05;
  for (auto& r : wide.positions) r *= 1.05;
  for (const Structure& s : {start, wide, start}) {
    const auto answer = server.ask(s).evaluation;
    const auto expected = argon.evaluate(s);
    EXPECT_NEAR(answer.energy, expected.energy, 1e-12);
    EXPECT_LT((answer.virial - expected.virial).norm(), 1e-11);
  }
  server.send(ipi::word("EXIT"));
}

TEST_F(IpiClient, answers_batches_in_one_evaluation) {
  Service client(argon, start, to(server));
  server.accept();
  EXPECT_EQ(server.status(), "NEEDINIT");
  server.init("whatever, batch_size:2");
  Structure other = start;
  other.positions[1].z() += 0.2;
  other.cell.rows *= 1.02;
  const std::string a = ipi::position_message(start), b = ipi::position_message(other);
  const std::size_t n = start.positions.size(), forces = 24 * n;
  server.send(a.substr(0, 12) + a.substr(156, 4) + a.substr(12, 144) + b.substr(12, 144) + a.substr(160) +
              b.substr(160) + ipi::word("GETFORCE"));
  const std::string answer = server.receive(12 + 16 + 4 + 2 * forces + 144 + 2 * (4 + 2));
  EXPECT_EQ(answer.substr(0, 12), "FORCEREADY  ");
  const auto expected = argon.evaluate(other);
  EXPECT_NEAR(at<double>(answer, 20) * units::hartree, expected.energy, 1e-12);
  EXPECT_EQ(at<std::int32_t>(answer, 28), int(n));
  EXPECT_NEAR(at<double>(answer, 32 + forces) * units::hartree / units::bohr, expected.forces[0][0], 1e-12);
  EXPECT_NEAR(at<double>(answer, 32 + 2 * forces + 72) * units::hartree, expected.virial(0, 0), 1e-11);
  EXPECT_EQ(answer.substr(answer.size() - 2), "{}");
  server.send(ipi::word("EXIT"));
  EXPECT_EQ(client.beside.join(), "");
  EXPECT_EQ(client.done.structures, 2);
}

TEST_F(IpiClient, sends_uncertainties_as_json) {
  const auto potential = make_learned_potential(
      read_model(std::string(OROGEN_TEST_DIR) + "/common/reference/model-v1.safetensors"), {1, 0.5, "float64"});
  Structure water;
  water.species = {8, 1, 1};
  water.positions = {Vec3(0.01, 0, 0.02), Vec3(0.97, 0.03, 0), Vec3(-0.23, 0.92, -0.05)};
  const auto expected = potential->evaluate(water, {.uncertainty = true});
  Service client(*potential, water, to(server));
  server.accept();
  const auto answer = server.ask(water);
  const auto json = nlohmann::json::parse(answer.text);
  ASSERT_EQ(json["uncertainty"].size(), 3u);
  EXPECT_GT(expected.uncertainty[1], 0);
  EXPECT_NEAR(json["uncertainty"][1].get<double>(), expected.uncertainty[1], 1e-9);
  EXPECT_NEAR(answer.evaluation.energy, expected.energy, 1e-9);
  server.send(ipi::word("EXIT"));
}

TEST_F(IpiClient, explains_what_a_server_sends_wrongly) {
  Structure three = start, nan = start, flat = start;
  three.species.pop_back(), three.positions.pop_back();
  nan.positions[2].y() = std::nan("");
  flat.cell.rows.row(2).setZero();
  Structure together = start;
  together.positions[1] = together.positions[0];
  struct Fault {
    std::string name, bytes;
    std::vector<std::string> words;
  };
  const std::string half = ipi::position_message(start).substr(0, 100);
  const std::vector<Fault> faults = {
      {"other atoms", ipi::position_message(three), {"sent 3 atoms", "has 4", "same order"}},
      {"NaN", ipi::position_message(nan), {"structure 1", "the position of atom 2", "not finite"}},
      {"no volume", ipi::position_message(flat), {"structure 1"}},
      {"coincident atoms", ipi::position_message(together), {"structure 1", "has no answer"}},
      {"garbage", "GET / HTTP/1.1\r\n", {"\"GET / HTTP/1\"", "no message of the i-PI protocol"}},
      {"no positions", ipi::word("GETFORCE"), {"GETFORCE before any positions"}},
      {"half a message and then nothing", half, {"and then no more in time"}}};
  for (const Fault& fault : faults) {
    IpiClientOptions options = to(server);
    options.message = fault.bytes == half ? 0.3 : patience;
    Service client(argon, start, options);
    server.accept();
    server.send(fault.bytes);
    const std::string problem = client.beside.join();
    for (const auto& words : fault.words) EXPECT_TRUE(contains(problem, words)) << fault.name << ": " << problem;
    EXPECT_TRUE(server.client.wait_readable(after(patience))) << "the client must close the connection";
  }
}

TEST_F(IpiClient, reports_a_server_that_is_killed_in_the_middle_of_something) {
  {
    Service client(argon, start, to(server));
    server.accept();
    server.send(ipi::position_message(start).substr(0, 200));
    server.client.close();
    EXPECT_TRUE(contains(client.beside.join(), "of a message")) << client.beside.join();
  }
  Service client(argon, start, to(server));
  server.accept();
  server.send(ipi::position_message(start));
  EXPECT_EQ(server.status(), "HAVEDATA");
  server.client.close();
  EXPECT_TRUE(contains(client.beside.join(), "after 1 structures")) << client.beside.join();
}

TEST_F(IpiClient, connects_again_as_often_as_allowed) {
  IpiClientOptions options = to(server);
  options.reconnects = 2;
  Service client(argon, start, options);
  for (int time = 0; time < 3; ++time) {
    server.accept();
    server.ask(start);
    server.client.close();
  }
  EXPECT_EQ(client.beside.join(), "");
  EXPECT_EQ(client.done.connections, 3);
  EXPECT_EQ(client.done.structures, 3);
  EXPECT_EQ(client.done.end, IpiService::End::closed);
}

TEST_F(IpiClient, gives_up_in_time_when_no_server_is_there_or_it_says_nothing) {
  IpiClientOptions options = to(server);
  options.idle = 0.3;
  {
    Service client(argon, start, options);
    server.accept();
    EXPECT_TRUE(contains(client.beside.join(), "sent nothing for 0.3 s")) << client.beside.join();
  }
  ScratchFolder folder;
  options.address = parse_socket_address("unix:" + (folder / "nobody").string(), "a");
  options.wait = 0.3;
  SilentProgress silent;
  const std::string problem = problem_of([&] { serve_ipi(argon, start, options, silent); });
  EXPECT_TRUE(contains(problem, "no server at unix:")) << problem;
  EXPECT_TRUE(contains(problem, "Start the server first")) << problem;
}

TEST_F(IpiClient, waits_for_a_server_that_comes_late) {
  ScratchFolder folder;
  const SocketAddress address = parse_socket_address("unix:" + (folder / "late").string(), "a");
  ArgonClient client(address, start);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  {
    IpiServer late({.address = address, .wait = patience});
    EXPECT_NEAR(late.evaluate(start).energy, argon.evaluate(start).energy, 1e-12);
  }
  EXPECT_EQ(client.join(), "");
}

TEST_F(IpiClient, closes_the_connection_when_the_potential_has_no_answer) {
  reference::Spoiled broken(argon, [](const Structure&, long, Evaluation&) { throw NumericalError("lost atoms"); });
  Service client(broken, start, to(server));
  server.accept();
  server.send(ipi::position_message(start));
  EXPECT_TRUE(contains(client.beside.join(), "has no answer: lost atoms")) << client.beside.join();
}
