#include "orogen/train/checkpoint.hpp"

#include <nlohmann/json.hpp>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/safetensors.hpp"
#include "orogen/base/files/sha256.hpp"

namespace orogen {
using nlohmann::json;

namespace {

void put(SafetensorsFile& file, const std::string& prefix, const TrainState& s) {
  auto tensor = [&](const char* name) -> Tensor& { return file.tensors[prefix + name]; };
  tensor("theta") = Tensor::from(s.theta);
  tensor("average") = Tensor::from(s.average);
  tensor("best") = Tensor::from(s.best);
  tensor("adam.first") = Tensor::from(s.adam.first);
  tensor("adam.second") = Tensor::from(s.adam.second);
  tensor("numbers") = Tensor::from(
      std::vector<double>{s.best_loss, s.norm_mean, s.rate_factor, s.epoch_loss, s.epoch_structures, s.seconds});
  tensor("counts") = Tensor::from(
      std::vector<std::int64_t>{s.step, s.adam.steps, s.skipped, s.skipped_in_row, s.rollbacks, s.finished});
  tensor("curve.epoch") = Tensor::from(s.curve.epoch);
  tensor("curve.train_loss") = Tensor::from(s.curve.train_loss);
  tensor("curve.energy_rmse") = Tensor::from(s.curve.energy_rmse);
  tensor("curve.force_rmse") = Tensor::from(s.curve.force_rmse);
  tensor("curve.learning_rate") = Tensor::from(s.curve.learning_rate);
  tensor("curve.time") = Tensor::from(s.curve.time);
  tensor("step_cost") = Tensor::from(s.step_cost);
}

TrainState get(const SafetensorsFile& file, const std::string& prefix) {
  auto floats = [&](const char* name) { return file.at(prefix + name).as<float>(); };
  auto doubles = [&](const char* name) { return file.at(prefix + name).as<double>(); };
  TrainState s;
  s.theta = floats("theta"), s.average = floats("average"), s.best = floats("best");
  s.adam.first = floats("adam.first"), s.adam.second = floats("adam.second");
  const auto n = doubles("numbers");
  s.best_loss = n.at(0), s.norm_mean = n.at(1), s.rate_factor = n.at(2), s.epoch_loss = n.at(3),
  s.epoch_structures = n.at(4), s.seconds = n.at(5);
  const auto c = file.at(prefix + "counts").as<std::int64_t>();
  s.step = c.at(0), s.adam.steps = c.at(1), s.skipped = c.at(2), s.skipped_in_row = c.at(3), s.rollbacks = c.at(4),
  s.finished = c.at(5);
  s.curve.epoch = doubles("curve.epoch"), s.curve.train_loss = doubles("curve.train_loss");
  s.curve.energy_rmse = doubles("curve.energy_rmse"), s.curve.force_rmse = doubles("curve.force_rmse");
  s.curve.learning_rate = doubles("curve.learning_rate"), s.curve.time = doubles("curve.time");
  s.step_cost = doubles("step_cost");
  return s;
}

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const TrainState& state, const TrainState& fallback,
                      const std::map<std::string, std::string>& identity) {
  SafetensorsFile file;
  put(file, "", state);
  put(file, "fallback.", fallback);
  file.metadata["format"] = "orogen training state";
  file.metadata["identity"] = json(identity).dump();
  file.write(path);
}

std::uint64_t digest(const TrainState& s) {
  std::string bytes = std::to_string(s.step) + (s.finished ? " finished" : " under way");
  for (const auto* v : {&s.theta, &s.average, &s.best, &s.adam.first, &s.adam.second})
    bytes.append(reinterpret_cast<const char*>(v->data()), v->size() * sizeof(float));
  return std::stoull(sha256_hex(bytes).substr(0, 16), nullptr, 16);
}

namespace {

void require_same_identity(const SafetensorsFile& file, const std::filesystem::path& path,
                           const std::map<std::string, std::string>& identity) {
  const auto text = file.metadata.find("identity");
  if (text == file.metadata.end())
    throw InputError(path.string() + ": not a training state; remove it or choose another out");
  const auto before = json::parse(text->second).get<std::map<std::string, std::string>>();
  std::vector<std::string> problems;
  for (const auto& [key, now] : identity) {
    const auto was = before.find(key);
    if (was == before.end() || was->second != now)
      problems.push_back(path.parent_path().string() + ": cannot resume: " + key + " was \"" +
                         (was == before.end() ? "" : was->second) + "\", now \"" + now + "\"");
  }
  if (!problems.empty()) {
    problems.push_back("restore the input, or start anew with another out= or with restart=true");
    throw InputError(problems);
  }
}

}  // namespace

void require_same_identity(const std::filesystem::path& path, const std::map<std::string, std::string>& identity) {
  if (std::filesystem::exists(path)) require_same_identity(SafetensorsFile::read(path), path, identity);
}

std::optional<Checkpoint> read_checkpoint(const std::filesystem::path& path,
                                          const std::map<std::string, std::string>& identity) {
  if (!std::filesystem::exists(path)) return {};
  const SafetensorsFile file = SafetensorsFile::read(path);
  require_same_identity(file, path, identity);
  return Checkpoint{get(file, ""), get(file, "fallback.")};
}

}  // namespace orogen
