#include <fmt/format.h>
#include <sys/un.h>

#include <charconv>

#include "orogen/base/net/socket.hpp"

namespace orogen {
namespace {

constexpr const char* expected =
    "expected unix:NAME (the file /tmp/ipi_NAME), unix:/path/of/a/socket, HOST:PORT, or :PORT for 127.0.0.1";

[[noreturn]] void refuse(std::string_view key, std::string_view text, std::string_view why) {
  throw InputError(fmt::format("{} = \"{}\": {}; {}", key, text, why, expected));
}

int parse_port(std::string_view key, std::string_view text, std::string_view digits) {
  int port = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port < 0 || port > 65535)
    refuse(key, text, fmt::format("\"{}\" is no port 0 … 65535", digits));
  return port;
}

SocketAddress parse_unix(std::string_view key, std::string_view text, std::string name) {
  if (name.empty()) refuse(key, text, "the socket has no name");
  if (name.front() != '/' && name.find('/') != std::string::npos)
    refuse(key, text, "the path of a socket must begin with /");
  SocketAddress address;
  address.path = name.front() == '/' ? std::move(name) : "/tmp/ipi_" + name;
  if (address.path.size() >= sizeof(sockaddr_un::sun_path))
    refuse(key, text,
           fmt::format("{} is longer than the {} bytes that the system allows", address.path,
                       sizeof(sockaddr_un::sun_path) - 1));
  return address;
}

}  // namespace

bool SocketAddress::is_local() const {
  return is_unix() || host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string SocketAddress::text() const {
  if (is_unix()) return "unix:" + path;
  return host.find(':') != std::string::npos ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

SocketAddress parse_socket_address(std::string_view text, std::string_view key) {
  if (text.starts_with("unix:")) return parse_unix(key, text, std::string(text.substr(5)));
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) refuse(key, text, "neither a UNIX socket nor a host with a port");
  SocketAddress address;
  address.port = parse_port(key, text, text.substr(colon + 1));
  address.host = text.substr(0, colon);
  if (address.host.empty()) address.host = "127.0.0.1";
  if (address.host.front() == '[' && address.host.back() == ']' && address.host.size() > 2)
    address.host = address.host.substr(1, address.host.size() - 2);
  return address;
}

}  // namespace orogen
