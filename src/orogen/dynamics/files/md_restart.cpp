#include "orogen/dynamics/files/md_restart.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <span>
#include <sstream>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/safetensors.hpp"
#include "orogen/base/files/sha256.hpp"

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
  for (bool periodic : s.cell.periodic) bytes += periodic ? 'T' : 'F';
  return sha256_hex(bytes);
}

void write_restart(const std::filesystem::path& path, const MdState& s, const MdOrigin& r) {
  SafetensorsFile file;
  file.metadata = {{"format", kind}, {"ensemble", r.ensemble}, {"start", r.start}};
  file.tensors["species"] =
      Tensor::from(std::vector<std::int32_t>(s.structure.species.begin(), s.structure.species.end()));
  file.tensors["positions"] = vectors(s.structure.positions);
  file.tensors["velocities"] = vectors(s.velocities);
  const Mat3 rows = s.structure.cell.rows.transpose();  // row-major in the file
  file.tensors["cell"] = Tensor::from(std::span(rows.data(), 9), {3, 3});
  const auto& p = s.structure.cell.periodic;
  file.tensors["periodic"] = Tensor::from(std::vector<std::uint8_t>(p.begin(), p.end()));
  file.tensors["counters"] = Tensor::from(counters(s, r));
  file.tensors["scalars"] = Tensor::from(std::vector<double>{r.timestep, s.heat, s.evaluation.energy});
  file.tensors["clock"] = Tensor::from(std::vector<double>{double(r.clock.step), r.clock.time});
  file.metadata["physics"] = lines(r.physics);
  file.write(path);
}

MdRestart read_restart(const std::filesystem::path& path) {
  const auto file = SafetensorsFile::read(path);
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
  // Files of earlier versions have neither.
  if (file.tensors.contains("clock")) {
    const auto clock = numbers<double>(file, "clock", 2, path);
    r.clock = {std::lround(clock[0]), clock[1]};
  }
  if (const auto found = file.metadata.find("physics"); found != file.metadata.end()) r.physics = texts(found->second);
  return restart;
}

}  // namespace orogen
