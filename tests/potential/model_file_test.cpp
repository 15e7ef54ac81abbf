// Model files stay readable for ever: a file of version 1 is kept, with the answers that it must give.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/safetensors.hpp"
#include "orogen/potential/learned/learned_potential.hpp"

using namespace orogen;

namespace {

const std::string folder = std::string(OROGEN_TEST_DIR) + "/common/reference/";

Structure water() {
  Structure s;
  s.species = {8, 1, 1};
  s.positions = {Vec3(0.01, 0, 0.02), Vec3(0.97, 0.03, 0), Vec3(-0.23, 0.92, -0.05)};
  return s;
}

Model small_model() {
  Model model;
  model.shape.layers = 2, model.shape.species = 2, model.shape.features = 4, model.shape.hidden = 4,
  model.shape.radial = 4;
  model.shape.l_max = 2, model.shape.cutoff = 3, model.shape.mean_neighbors = 4, model.shape.energy_scale = 0.5;
  model.elements = {1, 8};
  model.reference_energies = {-13.5, -2043.25};
  model.members = {model.parameterization().initial(11)};
  model.uncertainty = {std::vector<double>(16, 0.25)};
  model.lineage["level_of_theory"] = "none: drawn parameters";
  return model;
}

/// Writes the reference anew; only for a new version of the format, under a new name.
void write_reference(const std::string& name) {
  write_model(folder + name + ".safetensors", small_model());
  const Evaluation e = make_learned_potential(small_model(), {1, 0.5, "float64"})->evaluate(water());
  nlohmann::json j = {
      {"provenance", "parameters drawn with seed 11; written by tests/model_file_test.cpp; energies in float64"},
      {"energy_eV", e.energy},
      {"force_on_atom_0_eV_per_A", {e.forces[0][0], e.forces[0][1], e.forces[0][2]}}};
  std::ofstream(folder + name + ".json") << j.dump(1) << "\n";
}

TEST(ModelFile, version_1_is_read_and_gives_its_answers) {
  if (std::getenv("OROGEN_WRITE_REFERENCE")) write_reference("model-v1");
  const Model model = read_model(folder + "model-v1.safetensors");
  const auto expected = nlohmann::json::parse(std::ifstream(folder + "model-v1.json"));
  const Evaluation e = make_learned_potential(model, {1, 0.5, "float64"})->evaluate(water());
  EXPECT_NEAR(e.energy, expected["energy_eV"].get<double>(), 1e-9);
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(e.forces[0][c], expected["force_on_atom_0_eV_per_A"][c].get<double>(), 1e-9);
  EXPECT_EQ(model.lineage.at("level_of_theory"), "none: drawn parameters");
}

TEST(ModelFile, one_flipped_bit_anywhere_is_noticed) {
  const auto path =
      std::filesystem::temp_directory_path() / ("orogen-flipped-" + std::to_string(::getpid()) + ".safetensors");
  write_model(path, small_model());
  const std::string whole = read_file(path);
  for (std::size_t at = 8; at < whole.size(); at += 97) {
    std::string flipped = whole;
    flipped[at] = char(flipped[at] ^ 1);
    write_atomically(path, flipped);
    const bool padding = at < whole.find("]}}") && whole[at] == ' ';
    if (padding) continue;
    EXPECT_THROW(read_model(path), InputError) << "byte " << at;
  }
  write_atomically(path, whole);
  EXPECT_EQ(read_model(path).members, small_model().members);
}

TEST(ModelFile, three_layers_tensor_messages_embedding_and_inner_switch_are_kept) {
  Model model = small_model();
  model.shape.layers = 3, model.shape.l_max = 4, model.shape.embedding = 3, model.shape.messages = {{16, 0, 32}};
  model.shape.inner_switch = true, model.shape.contact[0] = 0.217, model.shape.contact[1] = 0.1 + 0.2;
  model.members = {model.parameterization().initial(3)};
  const auto path =
      std::filesystem::temp_directory_path() / ("orogen-deep-" + std::to_string(::getpid()) + ".safetensors");
  write_model(path, model);
  const Model read = read_model(path);
  std::filesystem::remove(path);
  EXPECT_EQ(read.members, model.members);
  EXPECT_EQ(read.shape.contact[1], model.shape.contact[1]);
  const auto energy = [](const Model& m) {
    return make_learned_potential(m, {1, 0.5, "float64"})->evaluate(water()).energy;
  };
  EXPECT_EQ(energy(read), energy(model));
}

TEST(ModelFile, a_newer_version_a_foreign_file_and_a_missing_tensor_are_clear_errors) {
  auto file = SafetensorsFile::read(folder + "model-v1.safetensors");
  const auto path =
      std::filesystem::temp_directory_path() / ("orogen-model-" + std::to_string(::getpid()) + ".safetensors");
  auto message = [&] {
    file.write(path);
    try {
      read_model(path);
      return std::string("read without error");
    } catch (const InputError& e) {
      return std::string(e.what());
    }
  };
  const auto kept = file;
  auto header = nlohmann::json::parse(file.metadata.at("orogen"));
  header["version"] = 99;
  file.metadata["orogen"] = header.dump();
  EXPECT_NE(message().find("newer"), std::string::npos);
  file = kept;
  file.metadata.erase("orogen");
  EXPECT_NE(message().find("not an orogen model"), std::string::npos);
  file = kept;
  const auto with = [&](const std::string& pointer, const nlohmann::json& value) {
    auto changed = nlohmann::json::parse(kept.metadata.at("orogen"));
    changed[nlohmann::json::json_pointer(pointer)] = value;
    file.metadata["orogen"] = changed.dump();
    return message();
  };
  EXPECT_NE(with("/species/1/Z", 4000).find("species 1: Z = 4000, expected 1 … "), std::string::npos);
  EXPECT_NE(with("/species/0/Z", -1).find("species 0: Z = -1"), std::string::npos);
  EXPECT_NE(with("/species/0/Z", 9).find("expected ascending atomic numbers"), std::string::npos);
  EXPECT_NE(with("/terms/learned/message_scalars", -16).find("out of range"), std::string::npos);
  EXPECT_NE(with("/terms/learned/energy_scale_eV", 0).find("out of range"), std::string::npos);
  EXPECT_NE(with("/terms/learned/embedding", -2).find("embedding = -2"), std::string::npos);
  EXPECT_NE(with("/uncertainty/scale", -1).find("uncertainty scale = -1"), std::string::npos);
  file = kept;
  file.tensors["member0/uncertainty"] = Tensor::from(std::vector<double>(4, 0.25), {2, 2});
  EXPECT_NE(message().find("member0/uncertainty has another shape than 4 × 4"), std::string::npos);
  file = kept;
  auto mix = file.at("member0/layer1.mix.0");
  auto values = mix.as<float>();
  values.at(1) = std::nanf("");
  file.tensors["member0/layer1.mix.0"] = Tensor::from(values, mix.shape);
  EXPECT_NE(message().find("member0/layer1.mix.0 holds a number that is not finite"), std::string::npos);
  file = kept;
  file.tensors.erase("member0/layer2.mlp.2");
  EXPECT_NE(message().find("member0/layer2.mlp.2"), std::string::npos);
  std::filesystem::remove(path);
}

}  // namespace
