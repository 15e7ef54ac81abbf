#include "orogen/train/training/checkpoint.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

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

/// Both states of an undamaged file.
Checkpoint states_of(const SafetensorsFile& file) { return {get(file, ""), get(file, "fallback.")}; }

/// Runs `read`; whatever it finds amiss is an InputError that names the file and what to do about it.
template <class Read> auto from_file(const std::filesystem::path& path, Read read) {
  const auto refuse = [&](const std::string& problem) -> InputError {
    return InputError(
        fmt::format("{}: no checkpoint to go on from: {}; restart=true begins anew and replaces it, "
                    "another out= keeps it",
                    path.string(), problem));
  };
  try {
    return read();
  } catch (const InputError& e) {
    throw refuse(e.what());
  } catch (const json::exception& e) {
    throw refuse(fmt::format("its list of inputs cannot be read ({})", e.what()));
  } catch (const std::out_of_range&) {
    throw refuse("a list of numbers is shorter than expected");
  }
}

SafetensorsFile read_sealed(const std::filesystem::path& path) {
  SafetensorsFile file = SafetensorsFile::read(path);
  file.require_undamaged();
  if (!file.metadata.contains("identity")) throw InputError("it is not the state of a training");
  return file;
}

/// Throws InputError that names every input which is another than in the record of the checkpoint.
void require_same(const std::filesystem::path& path, const RunInputs::Record& before, const RunInputs& inputs) {
  std::vector<std::string> problems;
  for (const InputChange& change : inputs.changes(before))
    problems.push_back(fmt::format("{}: cannot resume: {} was \"{}\", now \"{}\"", path.parent_path().string(),
                                   change.key, change.before, change.now));
  if (problems.empty()) return;
  problems.push_back("restore the input, or start anew with another out= or with restart=true");
  throw InputError(problems);
}

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint, const RunInputs& inputs) {
  SafetensorsFile file;
  put(file, "", checkpoint.state);
  put(file, "fallback.", checkpoint.fallback);
  file.metadata["format"] = "orogen training state";
  file.metadata["identity"] = json(inputs.record()).dump();
  file.seal();
  file.write(path);
}

std::uint64_t digest(const TrainState& s) {
  std::string bytes = std::to_string(s.step) + (s.finished ? " finished" : " under way");
  for (const auto* v : {&s.theta, &s.average, &s.best, &s.adam.first, &s.adam.second})
    bytes.append(reinterpret_cast<const char*>(v->data()), v->size() * sizeof(float));
  return std::stoull(sha256_hex(bytes).substr(0, 16), nullptr, 16);
}

std::optional<Checkpoint> read_checkpoint(const std::filesystem::path& path, const RunInputs& inputs) {
  if (!std::filesystem::exists(path)) return {};
  const SafetensorsFile file = from_file(path, [&] { return read_sealed(path); });
  require_same(path,
               from_file(path, [&] { return json::parse(file.metadata.at("identity")).get<RunInputs::Record>(); }),
               inputs);
  return from_file(path, [&] { return states_of(file); });
}

}  // namespace orogen
