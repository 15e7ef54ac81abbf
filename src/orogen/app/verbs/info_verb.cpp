#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "orogen/app/verbs/verb_list.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/safetensors.hpp"
#include "orogen/base/files/sha256.hpp"
#include "orogen/potential/model/model.hpp"

namespace orogen {
namespace {

using Json = nlohmann::json;

/// A metadata text that is itself JSON is shown as such.
Json structured(const std::string& text) {
  const Json parsed = Json::parse(text, nullptr, false);
  return parsed.is_structured() ? parsed : Json(text);
}

class InfoVerb : public Verb {
 public:
  std::string name() const override { return "info"; }
  std::string summary() const override { return "print what a model file holds"; }
  std::string example() const override { return "orogen info run/model.safetensors"; }
  std::vector<std::string> file_keys() const override { return {"model"}; }
  void describe(OptionTable& table) override {
    table.add("model", model_, "", "model file").must();
    table.add("tensors", list_tensors_, "", "list every tensor with type and shape");
  }

  Outcome run(const Context& context) override {
    const std::string bytes = read_file(model_);
    const auto file = SafetensorsFile::parse(bytes, model_);
    Json json = {{"file", model_},
                 {"bytes", bytes.size()},
                 {"sha256", sha256_hex(bytes)},
                 {"metadata", Json::object()},
                 {"tensors", Json::object()}};
    for (const auto& [key, text] : file.metadata) json["metadata"][key] = structured(text);
    for (const auto& [name, tensor] : file.tensors)
      json["tensors"][name] = {{"dtype", tensor.dtype}, {"shape", tensor.shape}};
    const bool is_model = file.metadata.contains("orogen");
    if (is_model) json["model"] = Json::parse(model_header_json(read_model(model_)));
    context.terminal.result(
        head(json, file) + (is_model ? describe_model(read_model(model_)) : metadata_text(json)) + tensor_list(file),
        json);
    return Outcome::done;
  }

 private:
  std::string head(const Json& json, const SafetensorsFile& file) const {
    std::int64_t numbers = 0;
    for (const auto& [name, tensor] : file.tensors) numbers += tensor.size();
    return fmt::format("{}: {} bytes, {} tensors with {} numbers, SHA-256 {}\n", model_,
                       json["bytes"].get<std::size_t>(), file.tensors.size(), numbers,
                       json["sha256"].get<std::string>());
  }
  static std::string metadata_text(const Json& json) {
    std::string out;
    for (const auto& [key, value] : json["metadata"].items())
      out += fmt::format("{}: {}\n", key, value.is_string() ? value.get<std::string>() : value.dump(2));
    return out;
  }
  std::string tensor_list(const SafetensorsFile& file) const {
    std::string out;
    for (const auto& [name, tensor] : file.tensors)
      if (list_tensors_) out += fmt::format("  {:<32} {:<5} [{}]\n", name, tensor.dtype, fmt::join(tensor.shape, ", "));
    return out;
  }

  std::string model_;
  bool list_tensors_ = false;
};

}  // namespace

std::unique_ptr<Verb> info_verb() { return std::make_unique<InfoVerb>(); }

}  // namespace orogen
