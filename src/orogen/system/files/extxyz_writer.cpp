#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <utility>

#include "orogen/base/errors.hpp"
#include "orogen/system/elements.hpp"
#include "orogen/system/files/extxyz.hpp"
#include "orogen/system/files/extxyz_layout.hpp"
#include "orogen/system/files/text/key_values.hpp"
#include "orogen/system/files/text/text_lines.hpp"

namespace orogen {
namespace {

constexpr std::size_t flush_beyond = 1 << 22;  // bytes of text

bool is_compressed(const std::string& path) { return path.size() > 3 && path.ends_with(".gz"); }

/// One gzip member; members laid end to end are a valid file, so every flush is a place to cut.
std::string gzip(const std::string& text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw NumericalError("gzip cannot start; is there memory left?");
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = uInt(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = uInt(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

void append_number(std::string& out, double value) { fmt::format_to(std::back_inserter(out), "{}", value); }

void append_vector(std::string& out, const Vec3& v, int decimals) {
  for (int d = 0; d < 3; ++d) {
    out += ' ';
    if (decimals < 0)
      append_number(out, v[d]);
    else
      fmt::format_to(std::back_inserter(out), "{:.{}f}", v[d], decimals);
  }
}

std::string tensor_text(const Mat3& t) {
  std::string out;
  for (int k = 0; k < 9; ++k) {
    if (k) out += ' ';
    append_number(out, t(k / 3, k % 3));
  }
  return out;
}

/// True for a pair that a reader would take for the energy or the stress. The frame's labels are the only ones that are
/// written: a second energy, of another method and kept from the file that the structure came from, would win over them
/// where its name comes first in the reader's order.
bool would_pass_for_a_label(const std::string& key) {
  const auto holds = [name = lower(key)](const std::vector<std::string>& keys) {
    return std::find(keys.begin(), keys.end(), name) != keys.end();
  };
  return holds(energy_keys()) || holds(stress_keys());
}

std::string header_text(const Frame& frame) {
  const Cell& cell = frame.structure.cell;
  const Labels& labels = frame.labels;
  std::string out;
  const auto add = [&](std::string_view key, std::string_view value) {
    if (!out.empty()) out += ' ';
    out += key_value_text(key, value);
  };
  if (!cell.rows.isZero(0)) add("Lattice", tensor_text(cell.rows));
  std::string properties = "Properties=species:S:1:pos:R:3";
  if (labels.forces) properties += ":forces:R:3";
  if (!frame.velocities.empty()) properties += ":velocities:R:3";
  if (!frame.structure.masses.empty()) properties += ":masses:R:1";
  if (!out.empty()) out += ' ';
  out += properties;
  if (labels.energy) add("energy", fmt::format("{}", *labels.energy));
  if (labels.virial) {
    add("virial", tensor_text(*labels.virial));
    if (cell.fully_periodic()) add("stress", tensor_text(*labels.virial / -cell.volume()));
  }
  if (frame.config_type != "default") add("config_type", frame.config_type);
  const std::pair<const char*, double> weights[] = {{"config_weight", frame.weight},
                                                    {"config_energy_weight", frame.energy_weight},
                                                    {"config_forces_weight", frame.forces_weight},
                                                    {"config_stress_weight", frame.stress_weight}};
  for (const auto& [key, weight] : weights)
    if (weight != 1) add(key, fmt::format("{}", weight));
  for (const auto& [key, value] : frame.info)
    if (!would_pass_for_a_label(key)) add(key, value);
  add("pbc", fmt::format("{} {} {}", cell.periodic[0] ? 'T' : 'F', cell.periodic[1] ? 'T' : 'F',
                         cell.periodic[2] ? 'T' : 'F'));
  return out;
}

void require_whole(const Frame& frame) {
  const auto n = frame.structure.species.size();
  if (frame.structure.positions.size() != n || (frame.labels.forces && frame.labels.forces->size() != n) ||
      (!frame.velocities.empty() && frame.velocities.size() != n) ||
      (!frame.structure.masses.empty() && frame.structure.masses.size() != n))
    throw InputError(fmt::format("frame {} has {} species but other numbers of positions, forces, velocities or masses",
                                 frame.source, n));
}

}  // namespace

/// The file under way: text is collected, compressed where asked, and put.
struct ExtxyzWriter::State {
  std::string path, written_path;
  WriteOptions options;
  int file = -1;
  bool open = false;
  std::int64_t position = 0;
  std::string text;

  ~State() {
    if (file >= 0) ::close(file);
    if (open && !options.append) ::unlink(written_path.c_str());
  }
  [[noreturn]] void refuse(const char* what) const {
    throw InputError(fmt::format("{}: cannot {}: {}", written_path, what, std::strerror(errno)));
  }
  void create() {
    written_path = options.append ? path : fmt::format("{}.{}.tmp", path, ::getpid());
    file = ::open(written_path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (options.append ? 0 : O_TRUNC), 0666);
    if (file < 0) refuse("write");
    open = true;
    position = ::lseek(file, 0, SEEK_END);
  }
  void cut() {
    if (options.cut_at > position)
      throw InputError(
          fmt::format("{}: has {} bytes, expected at least the {} of the restart; was the file replaced? Move it away "
                      "to start a new one",
                      path, position, options.cut_at));
    if (::ftruncate(file, options.cut_at) != 0) refuse("cut");
    position = ::lseek(file, 0, SEEK_END);
  }
  void add(std::string_view more) {
    text += more;
    if (text.size() > flush_beyond) flush();
  }
  void flush() {
    if (text.empty()) return;
    put(is_compressed(path) ? gzip(text) : text);
    text.clear();
  }
  void put(const std::string& bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
      const auto n = ::write(file, bytes.data() + done, bytes.size() - done);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) refuse("write");
      done += std::size_t(n);
    }
    position += std::int64_t(bytes.size());
  }
  void finish() {
    if (!open) return;
    flush();
    if (!options.append && ::fsync(file) != 0 && errno != EINVAL) refuse("write");
    if (::close(std::exchange(file, -1)) != 0) refuse("write");
    if (!options.append && ::rename(written_path.c_str(), path.c_str()) != 0) refuse("rename");
    open = false;
  }
};

ExtxyzWriter::ExtxyzWriter(const std::string& path, WriteOptions options) : state_(std::make_unique<State>()) {
  state_->path = path;
  state_->options = options;
  state_->create();
  if (options.append && options.cut_at >= 0) state_->cut();
}
ExtxyzWriter::~ExtxyzWriter() {
  if (!state_ || !state_->open || !state_->options.append) return;
  try {
    state_->finish();
  } catch (const std::exception&) {
    // A destructor cannot report; close() does.
  }
}
ExtxyzWriter::ExtxyzWriter(ExtxyzWriter&&) noexcept = default;

std::int64_t ExtxyzWriter::position() const { return state_->position; }
void ExtxyzWriter::flush() { state_->flush(); }
void ExtxyzWriter::close() { state_->finish(); }

void ExtxyzWriter::write(const Frame& frame) {
  require_whole(frame);
  const int decimals = state_->options.decimals;
  std::string text = fmt::format("{}\n{}\n", frame.structure.size(), header_text(frame));
  for (int i = 0; i < frame.structure.size(); ++i) {
    text += symbol(frame.structure.species[i]);
    append_vector(text, frame.structure.positions[i], decimals);
    if (frame.labels.forces) append_vector(text, (*frame.labels.forces)[i], decimals);
    if (!frame.velocities.empty()) append_vector(text, frame.velocities[i], decimals);
    if (!frame.structure.masses.empty()) append_number(text += ' ', frame.structure.masses[i]);
    text += '\n';
  }
  state_->add(text);
}

namespace {

/// Takes one frame's lines, counted but not understood; false when the file ends before the frame does.
bool take_frame(TextLines& lines, std::string& text) {
  std::string_view line, rest;
  if (!lines.next(line)) return false;
  text.append(line) += '\n';
  rest = line;
  const auto atoms = parse_integer(take_word(rest));
  if (!atoms || *atoms < 0) return false;
  for (long k = 0; k <= *atoms; ++k) {
    if (!lines.next(line) || !lines.ended()) return false;
    text.append(line) += '\n';
  }
  return true;
}

}  // namespace

long cut_extxyz(const std::string& path, long frames) {
  if (!std::filesystem::exists(path)) return 0;
  TextLines lines(path);
  ExtxyzWriter::State copy;
  copy.path = path;
  if (is_compressed(path)) copy.create();
  long kept = 0;
  std::int64_t bytes = 0;
  try {
    for (std::string frame; kept < frames && take_frame(lines, frame); ++kept, frame.clear()) {
      bytes = lines.bytes();
      if (is_compressed(path)) copy.add(frame);
    }
  } catch (const InputError&) {
    // A compressed tail that breaks off: what goes away.
  }
  if (is_compressed(path))
    copy.finish();
  else
    std::filesystem::resize_file(path, std::uintmax_t(bytes));
  return kept;
}

}  // namespace orogen
