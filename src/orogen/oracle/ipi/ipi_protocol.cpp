#include "orogen/oracle/ipi/ipi_protocol.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

#include "orogen/base/net/socket.hpp"
#include "orogen/base/units.hpp"

namespace orogen::ipi {
namespace {

constexpr double force_unit = units::hartree / units::bohr;

template <class T> void put(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T> T get(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

/// The nine numbers of `m` column by column, which is the order of its transpose row by row.
void put_transposed(std::string& bytes, const Mat3& m, double unit) {
  for (int column = 0; column < 3; ++column)
    for (int row = 0; row < 3; ++row) put(bytes, m(row, column) / unit);
}

Mat3 get_transposed(const char* bytes, double unit) {
  Mat3 m;
  for (int column = 0; column < 3; ++column)
    for (int row = 0; row < 3; ++row) m(row, column) = get<double>(bytes + 8 * (3 * column + row)) * unit;
  return m;
}

void put_vectors(std::string& bytes, std::span<const Vec3> vectors, double unit) {
  for (const Vec3& v : vectors)
    for (int k = 0; k < 3; ++k) put(bytes, v[k] / unit);
}

std::vector<Vec3> get_vectors(const char* bytes, int n, double unit) {
  std::vector<Vec3> vectors(static_cast<std::size_t>(n));
  for (auto& v : vectors)
    for (int k = 0; k < 3; ++k, bytes += sizeof(double)) v[k] = get<double>(bytes) * unit;
  return vectors;
}

std::int32_t count(const char* bytes, std::int32_t limit, const char* what) {
  const auto n = get<std::int32_t>(bytes);
  if (n < 0 || n > limit)
    throw ConnectionError(
        fmt::format("an answer with {} {} cannot be: the client does not speak this protocol, or not "
                    "in this machine's byte order",
                    n, what));
  return n;
}

Mat3 symmetric(const Mat3& m) {
  Mat3 s = 0.5 * (m + m.transpose());
  for (int p = 0; p < 3; ++p)
    for (int q = 0; q < 3; ++q)
      if ((m(p, q) == 0) != (m(q, p) == 0)) s(p, q) = m(p, q) + m(q, p);
  return s;
}

constexpr std::size_t before_forces = word_size + sizeof(double) + sizeof(std::int32_t);
std::size_t before_text(std::int32_t atoms) {
  return before_forces + (3 * std::size_t(atoms) + 9) * sizeof(double) + sizeof(std::int32_t);
}

}  // namespace

std::string word(std::string_view text) {
  std::string bytes(text);
  bytes.resize(word_size, ' ');
  return bytes;
}

std::string read_word(std::string_view bytes) {
  const auto letters = bytes.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  const auto length = std::min(letters, bytes.size());
  if (bytes.find_first_not_of(' ', length) != std::string_view::npos) return "";
  return std::string(bytes.substr(0, length));
}

std::string init_message() {
  std::string bytes = word("INIT");
  put(bytes, std::int32_t(0));
  put(bytes, std::int32_t(1));
  return bytes + '\0';
}

int batch_size(std::string_view text) {
  constexpr std::string_view key = "batch_size:";
  const auto at = text.find(key);
  if (at == std::string_view::npos) return 1;
  int n = 1;
  std::from_chars(text.data() + at + key.size(), text.data() + text.size(), n);
  return std::max(n, 1);
}

std::string position_message(const Structure& s) {
  std::string bytes = word("POSDATA");
  const Mat3& rows = s.cell.rows;
  put_transposed(bytes, rows, units::bohr);
  put_transposed(bytes, s.cell.volume() > 0 ? Mat3(rows.inverse()) : Mat3(Mat3::Zero()), 1 / units::bohr);
  put(bytes, std::int32_t(s.size()));
  put_vectors(bytes, s.positions, units::bohr);
  return bytes;
}

Mat3 read_cell(const char* bytes) { return get_transposed(bytes, units::bohr); }

std::vector<Vec3> read_positions(const char* bytes, int n) { return get_vectors(bytes, n, units::bohr); }

std::string force_message(std::span<const Evaluation> answers, std::span<const std::string> texts) {
  std::string bytes = word("FORCEREADY");
  for (const auto& answer : answers) put(bytes, answer.energy / units::hartree);
  put(bytes, std::int32_t(answers.empty() ? 0 : answers.front().forces.size()));
  for (const auto& answer : answers) put_vectors(bytes, answer.forces, force_unit);
  for (const auto& answer : answers) put_transposed(bytes, answer.virial, units::hartree);
  for (const auto& text : texts) put(bytes, std::int32_t(text.size())), bytes += text;
  return bytes;
}

std::size_t force_message_size(std::string_view inbox) {
  if (inbox.size() < word_size) return word_size;
  if (read_word(inbox.substr(0, word_size)) != "FORCEREADY")
    throw ConnectionError("something else than FORCEREADY came in answer to GETFORCE");
  if (inbox.size() < before_forces) return before_forces;
  const auto atoms = count(inbox.data() + before_forces - sizeof(std::int32_t), max_atoms, "atoms");
  const std::size_t fixed = before_text(atoms);
  if (inbox.size() < fixed) return fixed;
  return fixed + std::size_t(count(inbox.data() + fixed - sizeof(std::int32_t), max_text, "bytes of text"));
}

ForceAnswer read_force_message(std::string_view message) {
  const auto atoms = get<std::int32_t>(message.data() + before_forces - sizeof(std::int32_t));
  const char* forces = message.data() + before_forces;
  ForceAnswer answer;
  answer.evaluation.energy = get<double>(message.data() + word_size) * units::hartree;
  answer.evaluation.forces = get_vectors(forces, atoms, force_unit);
  answer.evaluation.virial =
      symmetric(get_transposed(forces + 3 * sizeof(double) * std::size_t(atoms), units::hartree));
  answer.text = message.substr(before_text(atoms));
  return answer;
}

}  // namespace orogen::ipi
