// Stream sockets, UNIX and TCP: whole messages, and no wait without an end.
#pragma once
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include "orogen/base/errors.hpp"

namespace orogen {

/// The moment at which a wait ends. `after` takes seconds; more than a century counts as one.
using Deadline = std::chrono::steady_clock::time_point;
Deadline after(double seconds);

/// The other side is gone, silent for too long or cannot be reached. The text names the address and what was awaited.
class ConnectionError : public NumericalError {
 public:
  using NumericalError::NumericalError;
};

/// Where a socket lies.
struct SocketAddress {
  std::string path;  ///< of a UNIX socket; empty for TCP
  std::string host;
  int port = 0;  ///< of TCP; 0 lets a listener take a free one

  bool is_unix() const { return !path.empty(); }
  /// True when only this machine can reach a listener here.
  bool is_local() const;
  /// As parse_socket_address reads it.
  std::string text() const;
};

/// "unix:NAME" = /tmp/ipi_NAME as i-PI and ASE have it, "unix:/a/path" = that file, "HOST:PORT" or "[IPV6]:PORT" = TCP,
/// ":PORT" = TCP on 127.0.0.1. Throws InputError for anything else, naming `key`.
SocketAddress parse_socket_address(std::string_view text, std::string_view key);

/// One connection. Movable; closes itself. Every call ends by its deadline; a signal does not shorten a wait, and a
/// peer that is gone raises no SIGPIPE.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor, std::string peer) : descriptor_(descriptor), peer_(std::move(peer)) {}
  ~Socket() { close(); }
  Socket(Socket&& other) noexcept;
  Socket& operator=(Socket&& other) noexcept;

  /// One attempt. Throws ConnectionError when nobody listens there by the deadline.
  static Socket connect(const SocketAddress& address, Deadline deadline);

  /// Sends all bytes. Throws ConnectionError.
  void send(std::string_view bytes, Deadline deadline);
  /// Receives exactly `size` bytes. Throws ConnectionError that says how many had come.
  void receive(void* to, std::size_t size, Deadline deadline);
  /// Appends to `inbox` whatever has come, without waiting; false when the other side has closed the connection.
  bool receive_available(std::string& inbox);
  /// Waits until something has come, or the other side has closed; false at the deadline.
  bool wait_readable(Deadline deadline) const;

  /// True when the other side has closed the connection and everything that it sent was received.
  bool peer_closed() const;
  /// Tells the other side that nothing more comes, and lets it read what was sent: waits for it to close too.
  void finish(Deadline deadline);
  void close();
  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  const std::string& peer() const { return peer_; }

 private:
  int descriptor_ = -1;
  std::string peer_;  ///< for messages
};

/// Waits for connections. A UNIX socket's file is removed at the end.
class Listener {
 public:
  /// Throws InputError when the address cannot be had: in use by another server, no permission, no such host. A UNIX
  /// socket's file that nobody listens to any more is replaced; any other file is left alone.
  explicit Listener(const SocketAddress& address);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// The next connection that waits, or a closed socket when there is none.
  Socket accept();
  int descriptor() const { return descriptor_; }
  /// Where it listens, with the port that was taken.
  const SocketAddress& address() const { return address_; }

 private:
  void listen_unix();
  void listen_tcp();
  SocketAddress address_;
  int descriptor_ = -1, process_ = 0;
};

}  // namespace orogen
