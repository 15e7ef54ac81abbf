// The server of the i-PI protocol as a Potential: with our own client, and with clients that fail in every way.
#include "oracle/ipi_peers.hpp"

#include "orogen/base/units.hpp"

using namespace orogen;

namespace {

/// Energies, forces and virials of a batch of argon, computed here.
std::vector<Evaluation> direct(std::span<const Structure> batch) {
  reference::LennardJones argon;
  std::vector<Evaluation> out(batch.size());
  argon.evaluate(batch, {}, out);
  return out;
}

void expect_equal(const Evaluation& a, const Evaluation& b) {
  EXPECT_NEAR(a.energy, b.energy, 1e-12);
  ASSERT_EQ(a.forces.size(), b.forces.size());
  for (std::size_t i = 0; i < a.forces.size(); ++i) EXPECT_LT((a.forces[i] - b.forces[i]).norm(), 1e-12);
  EXPECT_LT((a.virial - b.virial).norm(), 1e-11);
}

std::vector<Structure> moved_argon(int count) {
  std::vector<Structure> batch(std::size_t(count), tilted_argon());
  for (std::size_t k = 0; k < batch.size(); ++k) batch[k].positions[0].x() += 0.01 * double(k);
  return batch;
}

Evaluation answer_of(const Structure& s) { return direct(std::span(&s, 1)).front(); }

struct Notes : SilentProgress {
  std::string text;
  void message(Level, std::string_view line) override { text += std::string(line) + "\n"; }
};

}  // namespace

TEST(IpiServer, gives_the_same_numbers_as_the_potential_itself_over_unix_and_tcp) {
  ScratchFolder folder;
  for (const std::string& address : {std::string("127.0.0.1:0"), "unix:" + (folder / "argon").string()}) {
    const auto batch = moved_argon(5);
    std::vector<Evaluation> out(batch.size());
    std::optional<IpiServer> server(std::in_place,
                                    IpiServerOptions{.address = parse_socket_address(address, "a"), .wait = patience});
    ArgonClient client(server->address(), batch[0]);
    server->evaluate(batch, {}, out);
    server->evaluate(batch, {}, out);
    server.reset();
    EXPECT_EQ(client.join(), "");
    EXPECT_EQ(client.service.end, IpiService::End::exit);
    EXPECT_EQ(client.service.structures, 10);
    const auto expected = direct(batch);
    for (std::size_t k = 0; k < batch.size(); ++k) expect_equal(out[k], expected[k]);
  }
}

TEST(IpiServer, shares_a_batch_among_clients_also_those_that_come_late) {
  const auto batch = moved_argon(40);
  std::vector<Evaluation> out(batch.size());
  std::optional<IpiServer> server(std::in_place, at_free_port());
  ArgonClient first(server->address(), batch[0]);
  server->evaluate(batch, {}, out);
  ArgonClient second(server->address(), batch[0]);
  for (int repeat = 0; repeat < 50; ++repeat) server->evaluate(batch, {}, out);
  server.reset();
  first.join(), second.join();
  EXPECT_EQ(first.service.structures + second.service.structures, 51 * 40);
  EXPECT_GT(second.service.structures, 0);
  const auto expected = direct(batch);
  for (std::size_t k = 0; k < batch.size(); ++k) expect_equal(out[k], expected[k]);
}

TEST(IpiServer, virial_is_minus_the_derivative_of_the_energy_by_strain_in_a_tilted_cell) {
  std::optional<ArgonClient> client;  // ends when the server does
  IpiServer server(at_free_port());
  const Structure s = tilted_argon();
  client.emplace(server.address(), s);
  const Mat3 virial = server.evaluate(s).virial;
  const double h = 1e-5;
  for (int a = 0; a < 3; ++a)
    for (int b = 0; b <= a; ++b) {
      Mat3 strain = Mat3::Zero();
      strain(a, b) += 0.5 * h, strain(b, a) += 0.5 * h;
      const auto strained = [&](double sign) {
        Structure t = s;
        const Mat3 f = Mat3::Identity() + sign * strain;
        for (auto& r : t.positions) r = f * r;
        t.cell.rows = (f * s.cell.rows.transpose()).transpose();
        return server.evaluate(t).energy;
      };
      EXPECT_NEAR(virial(a, b), -(strained(1) - strained(-1)) / (2 * h), 1e-6) << a << b;
    }
}

TEST(IpiServer, initialises_a_client_that_asks_for_it) {
  IpiServer server(at_free_port());
  const Structure s = tilted_argon();
  Beside client([&] {
    HandClient c(server.address());
    c.expect("STATUS"), c.send(ipi::word("NEEDINIT"));
    c.expect("INIT");
    const std::string init = c.receive(9);
    EXPECT_EQ(at<std::int32_t>(init, 0), 0);
    EXPECT_EQ(at<std::int32_t>(init, 4), 1);
    c.take_positions(s.size());
    c.give(answer_of(s));
  });
  expect_equal(server.evaluate(s), answer_of(s));
}

TEST(IpiServer, gives_the_structure_of_a_killed_client_to_another) {
  Notes notes;
  std::optional<ArgonClient> second;
  IpiServer server(at_free_port(), &notes);
  const Structure s = tilted_argon();
  Beside first([&] {
    { HandClient(server.address()).take_positions(s.size()); }  // and is gone
    second.emplace(server.address(), s);
  });
  expect_equal(server.evaluate(s), answer_of(s));
  EXPECT_TRUE(contains(notes.text, "structure 1 (Ar4, 4 atoms)")) << notes.text;
  EXPECT_TRUE(contains(notes.text, "another client gets it")) << notes.text;
}

TEST(IpiServer, loses_clients_that_write_half_messages_garbage_or_nothing) {
  struct Fault {
    const char* name;
    void (*commit)(HandClient&);
    const char* words;
  };
  const Fault faults[] = {
      {"half a word", [](HandClient& c) { c.send("HAVE"), c.socket.close(); }, "4 bytes into a message"},
      {"half an answer",
       [](HandClient& c) {
         c.send(ipi::word("HAVEDATA")), c.expect("GETFORCE");
         c.send(ipi::word("FORCEREADY") + std::string(30, '\0')), c.socket.close();
       },
       "42 bytes into a message"},
      {"garbage", [](HandClient& c) { c.send("\x01\x02\x03 what is it"); }, "no message of the i-PI protocol"},
      {"a word out of turn", [](HandClient& c) { c.send(ipi::word("NEEDINIT")); }, "it sent NEEDINIT out of turn"},
      {"silence", [](HandClient& c) { c.socket.wait_readable(after(patience)); }, "no complete answer within 0.3 s"},
      {"half an answer and then silence",
       [](HandClient& c) {
         c.send(ipi::word("HAVEDATA")), c.expect("GETFORCE");
         c.send(ipi::word("FORCEREADY")), c.socket.wait_readable(after(patience));
       },
       "no complete answer within 0.3 s"},
      {"too few atoms",
       [](HandClient& c) {
         Evaluation e;
         e.forces.assign(2, Vec3::Zero());
         c.give(e), c.socket.wait_readable(after(patience));
       },
       "it answered for 2 atoms"}};
  for (const Fault& fault : faults) {
    IpiServerOptions options = at_free_port();
    options.timeout = contains(fault.words, "within 0.3 s") ? 0.3 : patience, options.attempts = 1;
    IpiServer server(options);
    const Structure s = tilted_argon();
    Beside client([&] {
      HandClient c(server.address());
      c.take_positions(s.size());
      fault.commit(c);
    });
    const std::string problem = problem_of([&] { server.evaluate(s); });
    EXPECT_TRUE(contains(problem, fault.words)) << fault.name << ": " << problem;
    EXPECT_TRUE(contains(problem, "structure 1 (Ar4, 4 atoms)")) << fault.name << ": " << problem;
  }
}

TEST(IpiServer, refuses_answers_that_are_not_finite_or_not_converged_and_goes_on) {
  IpiServer server(at_free_port());
  const auto batch = moved_argon(5);
  Beside client([&] {
    HandClient c(server.address());
    Evaluation bad[4];
    for (auto& e : bad) e = answer_of(batch[0]);
    bad[0].energy = std::nan("");
    bad[1].forces[2].y() = INFINITY;
    c.take_positions(4), c.give(bad[0]);
    c.take_positions(4), c.give(bad[1]);
    c.take_positions(4), c.give(bad[2], "{\"converged\": false}");
    c.take_positions(4), c.give(bad[3], "{\"error\": \"SCF exploded\"}");
    c.take_positions(4), c.give(answer_of(batch[4]));
    c.expect("STATUS");
  });
  std::vector<std::string> problems(5);
  server.evaluate_each(batch, {}, [&](std::size_t slot, const Evaluation&, const std::string& problem) {
    return problems[slot] = problem, true;
  });
  const char* words[] = {"the energy is nan", "the force on atom 2", "did not converge", "SCF exploded"};
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_TRUE(contains(problems[k], words[k])) << problems[k];
    EXPECT_TRUE(contains(problems[k], "structure " + std::to_string(k + 1))) << problems[k];
  }
  EXPECT_EQ(problems[4], "");
}

TEST(IpiServer, takes_a_virial_of_zeros_in_a_crystal_for_a_stress_that_was_not_computed) {
  IpiServer server(at_free_port());
  auto batch = moved_argon(1);
  Evaluation none = answer_of(batch[0]);
  none.virial.setZero();
  Beside client([&] {
    HandClient c(server.address());
    for (int k = 0; k < 2; ++k) c.take_positions(4), c.give(none);
    c.expect("STATUS");
  });
  const auto ask = [&](Want want) {
    std::string problem;
    server.evaluate_each(batch, want, [&](std::size_t, const Evaluation&, const std::string& text) {
      problem = text;
      return true;
    });
    return problem;
  };
  EXPECT_TRUE(contains(ask({}), "this client computes no stress"));
  EXPECT_EQ(ask({.virial = false}), "");
}

TEST(IpiServer, ends_with_an_error_when_no_client_comes_in_time) {
  IpiServerOptions options = at_free_port();
  options.wait = 0.2;
  IpiServer server(options);
  const std::string problem = problem_of([&] { server.evaluate(tilted_argon()); });
  EXPECT_TRUE(contains(problem, "no i-PI client at 127.0.0.1:")) << problem;
  EXPECT_TRUE(contains(problem, "for 0.2 s")) << problem;
}

TEST(IpiServer, refuses_structures_with_other_atoms_because_the_protocol_cannot_tell_them) {
  IpiServer server(at_free_port());
  std::vector<Structure> batch = moved_argon(2);
  batch[1].species[0] = 36;
  std::vector<Evaluation> out(2);
  const std::string problem = problem_of([&] { server.evaluate(batch, {}, out); });
  EXPECT_TRUE(contains(problem, "structure 2 (Ar3Kr, 4 atoms): its atoms are not those of the first")) << problem;
}

TEST(IpiServer, is_not_held_up_by_a_connection_that_says_nothing) {
  std::optional<ArgonClient> client;
  IpiServer server(at_free_port());
  const Structure s = tilted_argon();
  const HandClient mute(server.address());
  client.emplace(server.address(), s);
  expect_equal(server.evaluate(s), answer_of(s));
}
