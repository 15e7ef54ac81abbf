// A learned model: options of every term, parameters, units, lineage — exactly what a model file holds.
#pragma once
#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "orogen/kernel/shape.hpp"
#include "orogen/potential/terms/term_options.hpp"

namespace orogen {

/// The trained parameters: the network's canonical parameters (kernel/shape.hpp), matrix by matrix.
class Parameterization {
 public:
  explicit Parameterization(const kernel::Shape& shape);

  struct Block {
    std::string name;  ///< "layer1.mix.0", …, "embedding"
    long offset;       ///< in the trained vector
    long rows, cols;
  };
  const std::vector<Block>& blocks() const { return blocks_; }
  long size() const { return size_; }          ///< of the trained vector
  long network_size() const { return size_; }  ///< of the canonical vector
  /// Trained → canonical: a copy, since embeddings are contracted in the kernels. T is float or double.
  template <class T> void expand(const T* trained, T* network) const { std::copy(trained, trained + size_, network); }
  /// Adds the pull-back of a canonical gradient to a trained one.
  template <class T> void pull(const T*, const T* network_gradient, T* trained_gradient) const {
    for (long i = 0; i < size_; ++i) trained_gradient[i] += network_gradient[i];
  }
  /// Starting values.
  std::vector<float> initial(std::uint64_t seed) const;
  /// Expected size of each trained parameter under a smooth potential (potential/model/initial.hpp). [T6.8]
  std::vector<float> sizes(double radial, double angular) const;

 private:
  kernel::Shape shape_;
  std::vector<Block> blocks_;
  long size_ = 0;
};

struct Model {
  kernel::Shape shape;
  std::vector<int> elements;               ///< atomic numbers, ascending; index = type
  std::vector<double> reference_energies;  ///< E0 [eV], one per element
  /// What is added to the learned term, in this order (term_kinds.hpp).
  std::vector<TermOptions> terms = {{"zbl"}, {"reference_energies"}};
  std::string precision = "float32";        ///< default arithmetic of evaluation: float32 or float64
  std::vector<std::vector<float>> members;  ///< trained parameters of each committee member
  /// Last-layer uncertainty: L⁻¹ (H × H, row-major) of each member with ΦᵀΦ + λ = L Lᵀ; empty = none.
  std::vector<std::vector<double>> uncertainty;
  double uncertainty_scale = 1;  ///< eV/Å per unit of √(φᵀ(ΦᵀΦ+λ)⁻¹φ)
  /// Provenance: level_of_theory, training_set_sha256, program, date, errors (JSON), …
  std::map<std::string, std::string> lineage;

  Parameterization parameterization() const { return Parameterization(shape); }
  /// type_of[z] = index of atomic number z, −1 where unknown.
  std::vector<int> type_of() const;
  /// True when it can tell its uncertainty: a committee, or a last-layer covariance with a scale. A scale of 0 is that
  /// of a training without force errors to measure it by: such a spread has no meaning.
  bool knows_uncertainty() const { return members.size() > 1 || (!uncertainty.empty() && uncertainty_scale > 0); }
  long parameters() const { return parameterization().size(); }
  bool has_term(std::string_view name) const;
  void remove_term(std::string_view name);
};

inline constexpr int model_file_version = 2;

/// Writes a model in the safetensors layout, atomically. Tensors are named member0/layer1.mix.0 …; the metadata key
/// "orogen" holds the JSON header.
void write_model(const std::filesystem::path& path, const Model& model);
/// Reads any version up to model_file_version. Throws InputError that names the file and what is wrong.
Model read_model(const std::filesystem::path& path);
/// What `orogen info` prints.
std::string describe_model(const Model& model);
/// The header as JSON text.
std::string model_header_json(const Model& model);

}  // namespace orogen
