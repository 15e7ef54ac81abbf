// The other side of an i-PI connection, as well-behaved or as faulty as a test wants it.
#pragma once
#include <gtest/gtest.h>

#include <cstring>
#include <thread>

#include "common/scratch_folder.hpp"
#include "orogen/oracle/ipi/ipi_client.hpp"
#include "orogen/oracle/ipi/ipi_protocol.hpp"
#include "orogen/oracle/ipi/ipi_server.hpp"
#include "potential/reference_potentials.hpp"

namespace orogen {

constexpr double patience = 20;  // s; far more than any test needs on a busy machine

/// Eight argon atoms in a tilted cell, moved a little from their places.
inline Structure tilted_argon() {
  Structure s = reference::face_centred_cubic(1, 5.4);
  for (std::size_t i = 0; i < s.positions.size(); ++i)
    s.positions[i] += 0.1 * Vec3(std::sin(3.0 * double(i)), std::cos(5.0 * double(i)), std::sin(7.0 * double(i) + 1));
  s.cell.rows(1, 0) = 0.7;
  s.cell.rows(2, 0) = -0.4, s.cell.rows(2, 1) = 0.3;
  return s;
}

/// One byte after another, as the documented layout has it.
template <class T> T at(const std::string& bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

/// A client written by hand.
struct HandClient {
  Socket socket;
  explicit HandClient(const SocketAddress& address) : socket(Socket::connect(address, after(patience))) {}

  void send(const std::string& bytes) { socket.send(bytes, after(patience)); }
  std::string receive(std::size_t size) {
    std::string bytes(size, '\0');
    socket.receive(bytes.data(), size, after(patience));
    return bytes;
  }
  std::string word() { return ipi::read_word(receive(ipi::word_size)); }
  void expect(const std::string& expected) { EXPECT_EQ(word(), expected); }
  /// From the first STATUS to the positions of n atoms.
  void take_positions(int n) {
    expect("STATUS"), send(ipi::word("READY"));
    expect("POSDATA"), receive(ipi::cell_size + 4 + 24 * std::size_t(n));
    expect("STATUS");
  }
  /// An answer after take_positions().
  void give(const Evaluation& answer, const std::string& text = "{}") {
    send(ipi::word("HAVEDATA"));
    expect("GETFORCE");
    send(ipi::force_message(std::span(&answer, 1), std::span(&text, 1)));
  }
};

/// Runs something beside the test; what it threw is kept as text. Joined at the end.
class Beside {
 public:
  template <class Work>
  explicit Beside(Work work)
      : thread_([this, work]() mutable {
          try {
            work();
          } catch (const std::exception& error) {
            problem_ = error.what();
          }
        }) {}
  ~Beside() { join(); }
  /// Waits for its end; what it threw, or "".
  const std::string& join() {
    if (thread_.joinable()) thread_.join();
    return problem_;
  }

 private:
  std::string problem_;
  std::thread thread_;
};

inline IpiServerOptions at_free_port() {
  return {.address = parse_socket_address("127.0.0.1:0", "address"), .wait = patience, .timeout = patience};
}

/// A well-behaved client with argon's potential, and how its service ended.
class ArgonClient {
 public:
  ArgonClient(const SocketAddress& address, const Structure& start)
      : beside_([this, address, start] {
          reference::LennardJones argon;
          SilentProgress silent;
          service = serve_ipi(argon, start, {.address = address, .wait = patience, .message = patience}, silent);
        }) {}
  const std::string& join() { return beside_.join(); }

  IpiService service;

 private:
  Beside beside_;  // last, so that it is joined before anything that it uses goes away
};

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// The text of what `work` throws.
template <class Work> std::string problem_of(Work work) {
  try {
    work();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

}  // namespace orogen
