// A KIM portable model (KIM API 2.3) of any orogen model: one shared library that serves every model file.
//
// The library lies in a folder named as the KIM item (Copper_orogen__MO_000000000000_000) beside `model.safetensors`,
// inside a folder that KIM_API_PORTABLE_MODELS_DIR names; it learns both from where it was loaded.
// tools/install_kim_model.sh does it. Units: Å, eV. One layer: influence distance r_c. Two layers: 2 r_c, and the lists
// of ghosts are asked for.
#include <dlfcn.h>
#include <fmt/format.h>

#include <KIM_ModelHeaders.hpp>
#include <KIM_SharedLibrarySchema.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "orogen/base/errors.hpp"
#include "orogen/potential/learned/domain_potential.hpp"
#include "orogen/system/elements.hpp"
#include "orogen/system/neighbors/neighbors.hpp"

namespace {

namespace arguments = KIM::COMPUTE_ARGUMENT_NAME;
using orogen::Evaluation;

/// The folder from which this library was loaded.
std::filesystem::path own_folder() {
  Dl_info info{};
  static const char here = 0;
  if (!dladdr(&here, &info)) return {};
  return std::filesystem::absolute(info.dli_fname).parent_path();
}
const char* item_name() {
  static const std::string name = own_folder().filename().string();
  return name.c_str();
}

/// What KIM gives for one evaluation; pointers that were not asked for are null.
struct Request {
  const int *particles = nullptr, *species = nullptr, *contributing = nullptr;
  const double* coordinates = nullptr;
  double *energy = nullptr, *forces = nullptr, *site_energies = nullptr, *virial = nullptr, *site_virials = nullptr;

  explicit Request(const KIM::ModelComputeArguments& a) {
    failed = a.GetArgumentPointer(arguments::numberOfParticles, &particles) ||
             a.GetArgumentPointer(arguments::particleSpeciesCodes, &species) ||
             a.GetArgumentPointer(arguments::particleContributing, &contributing) ||
             a.GetArgumentPointer(arguments::coordinates, &coordinates) ||
             a.GetArgumentPointer(arguments::partialEnergy, &energy) ||
             a.GetArgumentPointer(arguments::partialForces, &forces) ||
             a.GetArgumentPointer(arguments::partialParticleEnergy, &site_energies) ||
             a.GetArgumentPointer(arguments::partialVirial, &virial) ||
             a.GetArgumentPointer(arguments::partialParticleVirial, &site_virials);
  }
  bool failed = false;
};

/// KIM's virial is +∂E/∂strain in the order xx yy zz yz xz xy.
void put_virial(const orogen::Mat3& w, double* out) {
  constexpr int row[] = {0, 1, 2, 1, 0, 0}, column[] = {0, 1, 2, 2, 2, 1};
  for (int k = 0; k < 6; ++k) out[k] = -0.5 * (w(row[k], column[k]) + w(column[k], row[k]));
}

/// One loaded model and the order of its atoms: contributing ones first.
class KimModel {
 public:
  KimModel()
      : domain_(orogen::make_domain_potential(orogen::read_model(own_folder() / "model.safetensors"))),
        cutoff_(domain_->cutoff()),
        influence_(cutoff_ * domain_->model().shape.layers),
        no_lists_of_ghosts_(domain_->needs_messages() ? 0 : 1) {}

  int describe(KIM::ModelCreate& create) {
    int error = create.SetUnits(KIM::LENGTH_UNIT::A, KIM::ENERGY_UNIT::eV, KIM::CHARGE_UNIT::unused,
                                KIM::TEMPERATURE_UNIT::unused, KIM::TIME_UNIT::unused);
    error |= create.SetModelNumbering(KIM::NUMBERING::zeroBased);
    const auto& elements = domain_->model().elements;
    for (std::size_t k = 0; k < elements.size(); ++k)
      error |= create.SetSpeciesCode(KIM::SpeciesName(std::string(orogen::symbol(elements[k]))), int(k));
    create.SetInfluenceDistancePointer(&influence_);
    create.SetNeighborListPointers(1, &cutoff_, &no_lists_of_ghosts_);
    create.SetModelBufferPointer(this);
    return error;
  }

  /// 0 when all went well; KIM does not tell when lists changed, so they are taken anew each time.
  int evaluate(const KIM::ModelComputeArguments& a) {
    const Request want(a);
    if (want.failed) return 1;
    order_atoms(want);
    list_failed_ = false;
    std::size_t entries = 0;
    auto list_of = [&](int centre) {
      entries += list(a, centre).size();
      return std::span<const int>(list_);
    };
    domain_->set_list(local_, types_, list_of, ghosts_seen(a));
    if (list_failed_) return 1;
    if (std::pair now(order_.size(), entries); now != checked_) check_lists(a), checked_ = now;
    domain_->evaluate(positions_,
                      {.forces = want.forces != nullptr,
                       .virial = want.virial != nullptr,
                       .site_energies = want.site_energies != nullptr,
                       .site_virials = want.site_virials != nullptr},
                      answer_);
    give(want);
    return 0;
  }

 private:
  void order_atoms(const Request& want) {
    const int n = *want.particles;
    order_.clear();
    for (int i = 0; i < n; ++i)
      if (want.contributing[i]) order_.push_back(i);
    local_ = int(order_.size());
    for (int i = 0; i < n; ++i)
      if (!want.contributing[i]) order_.push_back(i);
    place_.resize(n), types_.resize(n), positions_.resize(3 * std::size_t(n));
    for (int k = 0; k < n; ++k) {
      place_[order_[k]] = k, types_[k] = want.species[order_[k]];
      std::copy_n(want.coordinates + 3L * order_[k], 3, positions_.begin() + 3L * k);
    }
  }
  std::span<const int> list(const KIM::ModelComputeArguments& a, int centre) {
    int count = 0;
    const int* neighbors = nullptr;
    if (a.GetNeighborList(0, order_[centre], &count, &neighbors)) list_failed_ = true, count = 0;
    list_.resize(count);
    std::transform(neighbors, neighbors + count, list_.begin(), [this](int j) { return place_[j]; });
    return list_;
  }
  /// Simulators leave pairs out of the lists where their input says so (LAMMPS: neigh_modify exclude, special_bonds);
  /// then
  /// the numbers would be wrong without a sign. Asked whenever the lists are not those of the call before.
  void check_lists(const KIM::ModelComputeArguments& a) {
    orogen::Structure all{std::vector<int>(order_.size(), 1), {}, {}};
    for (std::size_t k = 0; k < order_.size(); ++k) all.positions.emplace_back(&positions_[3 * k]);
    orogen::NeighborList finder(cutoff_, 0, false);
    const orogen::Neighborhood& found = finder.update(all);
    for (int i = 0; i < local_; ++i) {
      auto near = [&](int j) { return (all.positions[j] - all.positions[i]).norm() < cutoff_ - 1e-9; };
      auto count = [&](std::span<const int> neighbors) {
        return std::count_if(neighbors.begin(), neighbors.end(), near);
      };
      const auto expected = count({found.neighbor.data() + found.first[i], found.neighbor.data() + found.first[i + 1]});
      if (const auto seen = count(list(a, i)); seen != expected)
        throw orogen::InputError(
            fmt::format("particle {} has {} neighbours within {} Å, but its list holds {} of them: the simulator must "
                        "leave out none "
                        "(LAMMPS: remove neigh_modify exclude, set special_bonds lj/coul 1 1 1)",
                        order_[i], expected, cutoff_, seen));
    }
  }
  /// Ghosts that send messages: all that a contributing atom sees.
  std::vector<int> ghosts_seen(const KIM::ModelComputeArguments& a) {
    std::vector<int> ghosts;
    if (no_lists_of_ghosts_) return ghosts;
    std::vector<bool> seen(order_.size());
    for (int i = 0; i < local_; ++i)
      for (int j : list(a, i)) seen[j] = true;
    for (int g = local_; g < int(order_.size()); ++g)
      if (seen[g]) ghosts.push_back(g);
    return ghosts;
  }
  void give(const Request& want) const {
    if (want.energy) *want.energy = answer_.energy;
    if (want.virial) put_virial(answer_.virial, want.virial);
    for (int k = 0; k < int(order_.size()); ++k) {
      const long i = order_[k];
      if (want.forces) std::copy_n(answer_.forces[k].data(), 3, want.forces + 3 * i);
      if (want.site_energies) want.site_energies[i] = k < local_ ? answer_.site_energies[k] : 0;
      if (want.site_virials) put_virial(answer_.site_virials[k], want.site_virials + 6 * i);
    }
  }

  std::unique_ptr<orogen::DomainPotential> domain_;
  double cutoff_, influence_;
  int no_lists_of_ghosts_, local_ = 0;
  std::vector<int> order_, place_, types_, list_;
  std::vector<double> positions_;
  Evaluation answer_;
  bool list_failed_ = false;
  std::pair<std::size_t, std::size_t> checked_{0, 0};  // particles and entries of the lists that were checked last
};

KimModel* model_of(const KIM::ModelCompute& compute) {
  KimModel* model = nullptr;
  compute.GetModelBufferPointer(reinterpret_cast<void**>(&model));
  return model;
}

int compute(KIM::ModelCompute const* const compute, KIM::ModelComputeArguments const* const a) {
  try {
    return model_of(*compute)->evaluate(*a);
  } catch (const std::exception& e) {
    compute->LogEntry(KIM::LOG_VERBOSITY::error, e.what(), __LINE__, __FILE__);
    return 1;
  }
}

int create_arguments(KIM::ModelCompute const* const, KIM::ModelComputeArgumentsCreate* const create) {
  int error = 0;
  for (const auto& name : {arguments::partialEnergy, arguments::partialForces, arguments::partialParticleEnergy,
                           arguments::partialVirial, arguments::partialParticleVirial})
    error |= create->SetArgumentSupportStatus(name, KIM::SUPPORT_STATUS::optional);
  return error;
}
int destroy_arguments(KIM::ModelCompute const* const, KIM::ModelComputeArgumentsDestroy* const) { return 0; }

int destroy(KIM::ModelDestroy* const destroyed) {
  KimModel* model = nullptr;
  destroyed->GetModelBufferPointer(reinterpret_cast<void**>(&model));
  delete model;
  return 0;
}

int set_routines(KIM::ModelCreate& create) {
  auto set = [&](KIM::ModelRoutineName name, auto* routine) {
    return create.SetRoutinePointer(name, KIM::LANGUAGE_NAME::cpp, true, reinterpret_cast<KIM::Function*>(routine));
  };
  return set(KIM::MODEL_ROUTINE_NAME::Compute, &compute) |
         set(KIM::MODEL_ROUTINE_NAME::ComputeArgumentsCreate, &create_arguments) |
         set(KIM::MODEL_ROUTINE_NAME::ComputeArgumentsDestroy, &destroy_arguments) |
         set(KIM::MODEL_ROUTINE_NAME::Destroy, &destroy);
}

int create_model(KIM::ModelCreate* const create, KIM::LengthUnit const, KIM::EnergyUnit const, KIM::ChargeUnit const,
                 KIM::TemperatureUnit const, KIM::TimeUnit const) {
  try {
    auto model = std::make_unique<KimModel>();
    const int error = model->describe(*create) | set_routines(*create);
    if (!error) model.release();  // KIM's from here on, until destroy()
    return error;
  } catch (const std::exception& e) {
    create->LogEntry(KIM::LOG_VERBOSITY::error, e.what(), __LINE__, __FILE__);
    return 1;
  }
}

}  // namespace

// What KIM looks for. The name is filled in when the library is loaded, from its folder.
extern "C" {
__attribute__((visibility("default"))) int kim_shared_library_schema_version = KIM_SHARED_LIBRARY_SCHEMA_VERSION;
__attribute__((visibility("default"))) KIM::SHARED_LIBRARY_SCHEMA::SharedLibrarySchemaV2 kim_shared_library_schema = {
    KIM::COLLECTION_ITEM_TYPE::portableModel,
    item_name(),
    KIM::LANGUAGE_NAME::cpp,
    reinterpret_cast<KIM::Function*>(&create_model),
    nullptr,
    nullptr,
    0,
    nullptr,
    0,
    nullptr};
}
