#include "orogen/base/net/socket.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace orogen {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::string reason(int error) { return std::strerror(error); }

/// poll until the deadline, however often a signal interrupts it. What happened, 0 at the deadline.
short wait_for(int descriptor, short events, Deadline deadline) {
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now()) + milliseconds(1);
    pollfd query{descriptor, events, 0};
    const int ready = ::poll(&query, 1, int(std::clamp<long>(left.count(), 0, 1'000'000)));
    if (ready > 0) return query.revents;
    if (ready < 0 && errno != EINTR) throw ConnectionError("cannot wait for a socket: " + reason(errno));
    if (Clock::now() >= deadline) return 0;
  }
}

int new_socket(int family) {
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) throw ConnectionError("cannot open a socket: " + reason(errno));
  return descriptor;
}

/// Small messages must not wait for each other: a step is a dozen of them.
void set_no_delay(int descriptor) {
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

sockaddr_un unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), std::min(path.size(), sizeof address.sun_path - 1));
  return address;
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Addresses look_up(const SocketAddress& address, int flags) {
  addrinfo hints{}, *list = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  const int status = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &list);
  if (status != 0)
    throw InputError(fmt::format("{}: the host cannot be found: {}", address.text(), ::gai_strerror(status)));
  return Addresses(list);
}

/// 0, or the system's reason why not.
int try_connect(int descriptor, const sockaddr* to, socklen_t size, Deadline deadline) {
  if (::connect(descriptor, to, size) == 0) return 0;
  if (errno != EINPROGRESS && errno != EINTR) return errno;
  if (wait_for(descriptor, POLLOUT, deadline) == 0) return ETIMEDOUT;
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length);
  return error;
}

}  // namespace

Deadline after(double seconds) {
  constexpr double century = 3.2e9;
  return Clock::now() +
         std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::clamp(seconds, 0.0, century)));
}

Socket::Socket(Socket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), peer_(std::move(other.peer_)) {}

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(peer_, other.peer_);
  return *this;
}

void Socket::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

Socket Socket::connect(const SocketAddress& address, Deadline deadline) {
  int error = 0;
  if (address.is_unix()) {
    const sockaddr_un to = unix_address(address.path);
    Socket socket(new_socket(AF_UNIX), address.text());
    error = try_connect(socket.descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to, deadline);
    if (error == 0) return socket;
  } else {
    const Addresses list = look_up(address, 0);
    for (const addrinfo* at = list.get(); at; at = at->ai_next) {
      Socket socket(new_socket(at->ai_family), address.text());
      error = try_connect(socket.descriptor_, at->ai_addr, at->ai_addrlen, deadline);
      if (error == 0) return set_no_delay(socket.descriptor_), std::move(socket);
    }
  }
  throw ConnectionError(fmt::format("no server at {}: {}", address.text(), reason(error)));
}

void Socket::send(std::string_view bytes, Deadline deadline) {
  const std::size_t size = bytes.size();
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(std::size_t(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (wait_for(descriptor_, POLLOUT, deadline) == 0)
        throw ConnectionError(
            fmt::format("{} took {} of {} bytes and no more in time", peer_, size - bytes.size(), size));
    } else if (errno != EINTR) {
      throw ConnectionError(fmt::format("the connection to {} broke: {}", peer_, reason(errno)));
    }
  }
}

void Socket::receive(void* to, std::size_t size, Deadline deadline) {
  char* at = static_cast<char*>(to);
  std::size_t got = 0;
  while (got < size) {
    const ssize_t n = ::recv(descriptor_, at + got, size - got, 0);
    if (n > 0) {
      got += std::size_t(n);
    } else if (n == 0) {
      throw ConnectionError(
          got == 0 ? fmt::format("{} closed the connection", peer_)
                   : fmt::format("{} closed the connection after {} of {} bytes of a message", peer_, got, size));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!wait_readable(deadline))
        throw ConnectionError(
            fmt::format("{} sent {} of {} bytes of a message and then no more in time", peer_, got, size));
    } else if (errno != EINTR) {
      throw ConnectionError(fmt::format("the connection to {} broke: {}", peer_, reason(errno)));
    }
  }
}

bool Socket::receive_available(std::string& inbox) {
  char block[1 << 16];
  for (;;) {
    const ssize_t n = ::recv(descriptor_, block, sizeof block, 0);
    if (n > 0)
      inbox.append(block, std::size_t(n));
    else if (n == 0)
      return false;
    else if (errno != EINTR)
      return errno == EAGAIN || errno == EWOULDBLOCK;
  }
}

void Socket::finish(Deadline deadline) {
  // Closing at once while something lies unread here would make the system throw away what the peer has not read yet.
  if (is_open() && ::shutdown(descriptor_, SHUT_WR) == 0) {
    std::string unread;
    while (wait_readable(deadline) && receive_available(unread)) unread.clear();
  }
  close();
}

bool Socket::peer_closed() const {
  char byte;
  return ::recv(descriptor_, &byte, 1, MSG_PEEK) == 0;
}

bool Socket::wait_readable(Deadline deadline) const { return wait_for(descriptor_, POLLIN, deadline) != 0; }

Listener::Listener(const SocketAddress& address) : address_(address), process_(::getpid()) {
  try {
    address_.is_unix() ? listen_unix() : listen_tcp();
    if (::listen(descriptor_, 64) != 0)
      throw InputError(fmt::format("cannot listen at {}: {}", address_.text(), reason(errno)));
  } catch (...) {
    if (descriptor_ >= 0) ::close(descriptor_);
    throw;
  }
}

Listener::~Listener() {
  ::close(descriptor_);
  // A forked child holds a copy of this object; the file belongs to the process that made it.
  if (address_.is_unix() && process_ == ::getpid()) ::unlink(address_.path.c_str());
}

void Listener::listen_unix() {
  const std::string& path = address_.path;
  const sockaddr_un at = unix_address(path);
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    if (!S_ISSOCK(status.st_mode))
      throw InputError(fmt::format("cannot listen at {}: a file of that name is there", address_.text()));
    const Socket probe(new_socket(AF_UNIX), "");
    if (try_connect(probe.descriptor(), reinterpret_cast<const sockaddr*>(&at), sizeof at, after(1)) != ECONNREFUSED)
      throw InputError(fmt::format("cannot listen at {}: another server listens there; end it or take another address",
                                   address_.text()));
    ::unlink(path.c_str());
  }
  descriptor_ = new_socket(AF_UNIX);
  if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
    throw InputError(fmt::format("cannot listen at {}: {}", address_.text(), reason(errno)));
  ::chmod(path.c_str(), 0600);
}

void Listener::listen_tcp() {
  const Addresses list = look_up(address_, AI_PASSIVE);
  const addrinfo* at = list.get();  // clients look for "localhost" at its IPv4 address
  while (at->ai_family != AF_INET && at->ai_next) at = at->ai_next;
  if (at->ai_family != AF_INET) at = list.get();
  descriptor_ = new_socket(at->ai_family);
  const int on = 1;
  ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(descriptor_, at->ai_addr, at->ai_addrlen) != 0)
    throw InputError(fmt::format("cannot listen at {}: {}; take another address, or port 0 for a free one",
                                 address_.text(), reason(errno)));
  sockaddr_storage taken{};
  socklen_t size = sizeof taken;
  ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&taken), &size);
  address_.port = ntohs(taken.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(taken).sin6_port
                                                    : reinterpret_cast<sockaddr_in&>(taken).sin_port);
}

Socket Listener::accept() {
  for (;;) {
    const int descriptor = ::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor >= 0) {
      if (!address_.is_unix()) set_no_delay(descriptor);
      return Socket(descriptor, "a client at " + address_.text());
    }
    if (errno != EINTR && errno != ECONNABORTED) return {};
  }
}

}  // namespace orogen
