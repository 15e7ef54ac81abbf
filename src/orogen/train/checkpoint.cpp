#include "orogen/train/checkpoint.hpp"

#include <nlohmann/json.hpp>

#include "orogen/base/errors.hpp"
#include "orogen/base/safetensors.hpp"

namespace orogen {
using nlohmann::json;

void write_checkpoint(const std::filesystem::path& path, const TrainState& s,
                      const std::map<std::string, std::string>& identity) {
  SafetensorsFile file;
  file.tensors["theta"] = Tensor::from(s.theta);
  file.tensors["average"] = Tensor::from(s.average);
  file.tensors["best"] = Tensor::from(s.best);
  file.tensors["adam.first"] = Tensor::from(s.adam.first);
  file.tensors["adam.second"] = Tensor::from(s.adam.second);
  const std::vector<double> numbers{s.best_loss,  s.norm_mean,        s.rate_factor,
                                    s.epoch_loss, s.epoch_structures, s.seconds};
  file.tensors["numbers"] = Tensor::from(numbers);
  const std::vector<std::int64_t> counts{s.step, s.adam.steps, s.skipped, s.skipped_in_row, s.rollbacks, s.finished};
  file.tensors["counts"] = Tensor::from(counts);
  file.tensors["curve.epoch"] = Tensor::from(s.curve.epoch);
  file.tensors["curve.train_loss"] = Tensor::from(s.curve.train_loss);
  file.tensors["curve.energy_rmse"] = Tensor::from(s.curve.energy_rmse);
  file.tensors["curve.force_rmse"] = Tensor::from(s.curve.force_rmse);
  file.tensors["curve.learning_rate"] = Tensor::from(s.curve.learning_rate);
  file.tensors["curve.time"] = Tensor::from(s.curve.time);
  file.tensors["step_cost"] = Tensor::from(s.step_cost);
  file.metadata["format"] = "orogen training state";
  file.metadata["identity"] = json(identity).dump();
  file.write(path);
}

std::optional<TrainState> read_checkpoint(const std::filesystem::path& path,
                                          const std::map<std::string, std::string>& identity) {
  if (!std::filesystem::exists(path)) return {};
  const SafetensorsFile file = SafetensorsFile::read(path);
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
  TrainState s;
  s.theta = file.at("theta").as<float>(), s.average = file.at("average").as<float>(),
  s.best = file.at("best").as<float>();
  s.adam.first = file.at("adam.first").as<float>(), s.adam.second = file.at("adam.second").as<float>();
  const auto n = file.at("numbers").as<double>();
  s.best_loss = n.at(0), s.norm_mean = n.at(1), s.rate_factor = n.at(2), s.epoch_loss = n.at(3),
  s.epoch_structures = n.at(4), s.seconds = n.at(5);
  const auto c = file.at("counts").as<std::int64_t>();
  s.step = c.at(0), s.adam.steps = c.at(1), s.skipped = c.at(2), s.skipped_in_row = c.at(3), s.rollbacks = c.at(4),
  s.finished = c.at(5);
  s.curve.epoch = file.at("curve.epoch").as<double>(), s.curve.train_loss = file.at("curve.train_loss").as<double>();
  s.curve.energy_rmse = file.at("curve.energy_rmse").as<double>(),
  s.curve.force_rmse = file.at("curve.force_rmse").as<double>();
  s.curve.learning_rate = file.at("curve.learning_rate").as<double>(),
  s.curve.time = file.at("curve.time").as<double>();
  s.step_cost = file.at("step_cost").as<double>();
  return s;
}

}  // namespace orogen
