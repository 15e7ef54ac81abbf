#include "orogen/dynamics/files/md_restart.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <span>
#include <sstream>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/safetensors.hpp"
#include "orogen/base/files/sha256.hpp"
#include "orogen/system/masses.hpp"

namespace orogen {
namespace {

constexpr const char* kind = "orogen molecular dynamics restart 1";

Tensor vectors(const std::vector<Vec3>& v) {
  return Tensor::from(std::span(v.empty() ? nullptr : v[0].data(), 3 * v.size()), {std::int64_t(v.size()), 3});
}

std::vector<Vec3> vectors(const Tensor& tensor) {
  const auto numbers = tensor.as<double>();
  std::vector<Vec3> v(numbers.size() / 3);
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = Eigen::Map<const Vec3>(&numbers[3 * i]);
  return v;
}

Tensor matrix(const Mat3& rows) {
  const Mat3 row_major = rows.transpose();
  return Tensor::from(std::span(row_major.data(), 9), {3, 3});
}

std::vector<std::int64_t> counters(const MdState& s, const MdOrigin& r) {
  return {s.step, std::int64_t(r.seed), std::int64_t(r.trajectory_bytes), std::int64_t(r.thermo_bytes)};
}

template <class T> void append_bytes(std::string& bytes, const T* data, std::size_t count) {
  bytes.append(reinterpret_cast<const char*>(data), count * sizeof(T));
}

const std::string& entry(const SafetensorsFile& file, const std::string& key, const std::filesystem::path& path) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end())
    throw InputError(fmt::format("{}: '{}' is missing; this is no restart file", path.string(), key));
  return found->second;
}

template <class T>
std::vector<T> numbers(const SafetensorsFile& file, const char* name, std::size_t count,
                       const std::filesystem::path& path) {
  auto values = file.at(name).as<T>();
  if (values.size() != count)
    throw InputError(fmt::format("{}: '{}' holds {} numbers, expected {}", path.string(), name, values.size(), count));
  return values;
}

std::string lines(const std::map<std::string, std::string>& texts) {
  std::string all;
  for (const auto& [key, text] : texts) all += key + " = " + text + "\n";
  return all;
}

std::map<std::string, std::string> texts(const std::string& lines) {
  std::map<std::string, std::string> all;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);)
    if (const auto equals = line.find(" = "); equals != std::string::npos)
      all[line.substr(0, equals)] = line.substr(equals + 3);
  return all;
}

}  // namespace

std::string fingerprint(const Structure& s) {
  std::string bytes;
  append_bytes(bytes, s.species.data(), s.species.size());
  append_bytes(bytes, reinterpret_cast<const double*>(s.positions.data()), 3 * s.positions.size());
  append_bytes(bytes, s.cell.rows.data(), 9);
  append_bytes(bytes, s.masses.data(), s.masses.size());
  for (bool periodic : s.cell.periodic) bytes += periodic ? 'T' : 'F';
  return sha256_hex(bytes);
}

namespace {

void put(SafetensorsFile& file, const MdMark& m) {
  file.tensors["mark.positions"] = vectors(m.positions);
  file.tensors["mark.velocities"] = vectors(m.velocities);
  file.tensors["mark.cell"] = matrix(m.cell);
  file.tensors["mark.counters"] =
      Tensor::from(std::vector<std::int64_t>{m.step, std::int64_t(m.trajectory_bytes), std::int64_t(m.thermo_bytes)});
  file.tensors["mark.scalars"] = Tensor::from(std::vector<double>{m.heat, m.energy});
  if (!m.thermostat.empty()) file.tensors["mark.thermostat"] = Tensor::from(m.thermostat);
}

std::optional<MdMark> mark_of(const SafetensorsFile& file, const std::filesystem::path& path, std::size_t atoms) {
  if (!file.tensors.contains("mark.positions")) return {};
  MdMark m;
  m.positions = vectors(file.at("mark.positions"));
  m.velocities = vectors(file.at("mark.velocities"));
  if (m.positions.size() != atoms || m.velocities.size() != atoms)
    throw InputError(fmt::format("{}: the mark is of another number of atoms than the state", path.string()));
  m.cell = Eigen::Map<const Mat3>(numbers<double>(file, "mark.cell", 9, path).data()).transpose();
  const auto counts = numbers<std::int64_t>(file, "mark.counters", 3, path);
  m.step = counts[0], m.trajectory_bytes = std::uint64_t(counts[1]), m.thermo_bytes = std::uint64_t(counts[2]);
  const auto scalars = numbers<double>(file, "mark.scalars", 2, path);
  m.heat = scalars[0], m.energy = scalars[1];
  if (file.tensors.contains("mark.thermostat")) m.thermostat = file.at("mark.thermostat").as<double>();
  return m;
}

std::string lines(const std::vector<std::pair<long, std::string>>& segments) {
  std::string all;
  for (const auto& [step, text] : segments) all += fmt::format("{} = {}\n", step, text);
  return all;
}

std::vector<std::pair<long, std::string>> segments_of(const std::string& text, const std::filesystem::path& path) {
  std::vector<std::pair<long, std::string>> all;
  std::istringstream in(text);
  long step = 0;
  for (std::string line; std::getline(in, line);) {
    const auto equals = line.find(" = ");
    const char* end = line.data() + std::min(equals, line.size());
    if (equals == std::string::npos || std::from_chars(line.data(), end, step).ptr != end)
      throw InputError(fmt::format("{}: segments: '{}', expected a step and a potential", path.string(), line));
    all.emplace_back(step, line.substr(equals + 3));
  }
  return all;
}

/// What files of earlier versions, or of runs without it, do not have.
void read_additions(const SafetensorsFile& file, const std::filesystem::path& path, MdRestart& restart) {
  MdOrigin& r = restart.origin;
  if (file.tensors.contains("clock")) {
    const auto clock = numbers<double>(file, "clock", 2, path);
    r.clock = {std::lround(clock[0]), clock[1]};
  }
  if (const auto found = file.metadata.find("physics"); found != file.metadata.end()) r.physics = texts(found->second);
  if (const auto found = file.metadata.find("segments"); found != file.metadata.end())
    r.segments = segments_of(found->second, path);
  if (file.tensors.contains("thermostat")) r.thermostat = file.at("thermostat").as<double>();
  MdState& s = restart.state;
  if (file.tensors.contains("masses"))
    s.structure.masses = numbers<double>(file, "masses", s.structure.species.size(), path);
  s.mass = atomic_masses(s.structure);
  restart.mark = mark_of(file, path, s.structure.species.size());
}

/// Files of earlier versions have no seal.
void require_undamaged(const SafetensorsFile& file, const std::filesystem::path& path) {
  try {
    file.require_undamaged();
  } catch (const InputError& error) {
    throw InputError(
        fmt::format("{}: {}; resume=false starts the run anew from its structure", path.string(), error.what()));
  }
}

}  // namespace

void MdRestart::return_to_mark() {
  state.structure.positions = std::move(mark->positions);
  state.structure.cell.rows = mark->cell;
  state.velocities = std::move(mark->velocities);
  state.step = mark->step, state.heat = mark->heat, state.evaluation.energy = mark->energy;
  origin.trajectory_bytes = mark->trajectory_bytes, origin.thermo_bytes = mark->thermo_bytes;
  origin.thermostat = std::move(mark->thermostat);
  mark.reset();
}

void write_restart(const std::filesystem::path& path, const MdState& s, const MdOrigin& r,
                   const std::optional<MdMark>& mark) {
  SafetensorsFile file;
  file.metadata = {{"format", kind}, {"ensemble", r.ensemble}, {"start", r.start}};
  file.tensors["species"] =
      Tensor::from(std::vector<std::int32_t>(s.structure.species.begin(), s.structure.species.end()));
  file.tensors["positions"] = vectors(s.structure.positions);
  file.tensors["velocities"] = vectors(s.velocities);
  file.tensors["cell"] = matrix(s.structure.cell.rows);
  const auto& p = s.structure.cell.periodic;
  file.tensors["periodic"] = Tensor::from(std::vector<std::uint8_t>(p.begin(), p.end()));
  file.tensors["counters"] = Tensor::from(counters(s, r));
  file.tensors["scalars"] = Tensor::from(std::vector<double>{r.timestep, s.heat, s.evaluation.energy});
  file.tensors["clock"] = Tensor::from(std::vector<double>{double(r.clock.step), r.clock.time});
  file.metadata["physics"] = lines(r.physics);
  if (!r.segments.empty()) file.metadata["segments"] = lines(r.segments);
  if (!r.thermostat.empty()) file.tensors["thermostat"] = Tensor::from(r.thermostat);
  if (!s.structure.masses.empty()) file.tensors["masses"] = Tensor::from(s.structure.masses);
  if (mark && mark->step != s.step) put(file, *mark);
  file.seal();
  file.write(path);
}

MdRestart read_restart(const std::filesystem::path& path) {
  const auto file = SafetensorsFile::read(path);
  require_undamaged(file, path);
  if (entry(file, "format", path) != kind)
    throw InputError(
        fmt::format("{}: format is '{}', expected '{}'", path.string(), entry(file, "format", path), kind));
  MdRestart restart;
  MdState& s = restart.state;
  MdOrigin& r = restart.origin;
  r.ensemble = entry(file, "ensemble", path);
  r.start = entry(file, "start", path);
  const auto species = file.at("species").as<std::int32_t>();
  s.structure.species.assign(species.begin(), species.end());
  s.structure.positions = vectors(file.at("positions"));
  s.velocities = vectors(file.at("velocities"));
  if (s.structure.positions.size() != species.size() || s.velocities.size() != species.size())
    throw InputError(fmt::format("{}: species, positions and velocities are of different lengths", path.string()));
  const auto rows = numbers<double>(file, "cell", 9, path);
  s.structure.cell.rows = Eigen::Map<const Mat3>(rows.data()).transpose();
  const auto periodic = numbers<std::uint8_t>(file, "periodic", 3, path);
  for (int k = 0; k < 3; ++k) s.structure.cell.periodic[k] = periodic[k] != 0;
  const auto counts = numbers<std::int64_t>(file, "counters", 4, path);
  s.step = counts[0], r.seed = counts[1], r.trajectory_bytes = counts[2], r.thermo_bytes = counts[3];
  const auto scalars = numbers<double>(file, "scalars", 3, path);
  r.timestep = scalars[0], s.heat = scalars[1], s.evaluation.energy = scalars[2];
  read_additions(file, path, restart);
  return restart;
}

}  // namespace orogen
