#include "orogen/oracle/xtb/xtb.hpp"

#include <fmt/format.h>
#include <xtb.h>

#include <cctype>
#include <cmath>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include "orogen/base/errors.hpp"
#include "orogen/base/units.hpp"
#include "orogen/oracle/command/scratch_folder.hpp"
#include "orogen/oracle/formula.hpp"
#include "orogen/oracle/xtb/quiet_section.hpp"

namespace orogen {
namespace {

// libxtb keeps parameters in global variables: one call at a time in a process.
std::mutex& xtb_mutex() {
  static std::mutex mutex;
  return mutex;
}

/// Owns one C handle.
template <class Handle, void (*Delete)(Handle*)> struct Owned {
  Handle handle = nullptr;
  Owned() = default;
  explicit Owned(Handle h) : handle(h) {}
  Owned(Owned&& other) noexcept : handle(std::exchange(other.handle, nullptr)) {}
  Owned& operator=(Owned&& other) noexcept { return std::swap(handle, other.handle), *this; }
  ~Owned() {
    if (handle) Delete(&handle);
  }
  operator Handle() const { return handle; }
};
using Environment = Owned<xtb_TEnvironment, xtb_delEnvironment>;
using Molecule = Owned<xtb_TMolecule, xtb_delMolecule>;
using Calculator = Owned<xtb_TCalculator, xtb_delCalculator>;
using Results = Owned<xtb_TResults, xtb_delResults>;

/// What xtb keeps for one slot of a batch.
struct Slot {
  std::vector<int> species;
  Molecule molecule;
  Calculator calculator;
};

/// A fixed rotation without any symmetry (unit quaternion ∝ 1, 0.37, 0.71, 0.23). xtb 6.5.1 drops a part of the
/// gradient of two atoms whose separation has an exactly zero Cartesian component (up to 0.02 eV/Å in water), so every
/// structure is turned before xtb sees it and forces and virial are turned back.
const Mat3& rotation() {
  static const Mat3 r = Eigen::Quaterniond(1, 0.37, 0.71, 0.23).normalized().toRotationMatrix();
  return r;
}

std::vector<double> to_xtb(const std::vector<Vec3>& positions) {
  std::vector<double> x(3 * positions.size());
  for (std::size_t i = 0; i < positions.size(); ++i)
    Eigen::Map<Vec3>{&x[3 * i]} = rotation() * positions[i] / units::bohr;
  return x;
}

void check_options(const XtbOptions& o) {
  std::vector<std::string> problems;
  if (o.method != "GFN2-xTB" && o.method != "GFN1-xTB" && o.method != "GFN-FF")
    problems.push_back(fmt::format("xtb method '{}' is unknown; expected GFN2-xTB, GFN1-xTB or GFN-FF", o.method));
  if (!(o.accuracy >= 1e-4 && o.accuracy <= 1000))
    problems.push_back(fmt::format("xtb accuracy {} is out of range; expected 0.0001 … 1000", o.accuracy));
  if (!(o.electronic_temperature >= 0))
    problems.push_back(fmt::format("xtb electronic_temperature {} K is negative", o.electronic_temperature));
  if (o.max_iterations < 1) problems.push_back(fmt::format("xtb max_iterations {} is below 1", o.max_iterations));
  if (o.unpaired < 0) problems.push_back(fmt::format("xtb unpaired electrons {} is negative", o.unpaired));
  if (!problems.empty()) throw InputError(problems);
}

void check_structure(const Structure& s, const XtbOptions& o) {
  if (s.size() == 0) throw InputError("xtb was given a structure without atoms");
  for (int i = 0; i < s.size(); ++i)
    if (s.species[i] < 1 || s.species[i] > 86)
      throw InputError(fmt::format("xtb knows the elements 1 … 86; atom {} of {} has atomic number {}", i, formula(s),
                                   s.species[i]));
  for (int i = 0; i < s.size(); ++i)
    if (!s.positions[i].allFinite())
      throw NumericalError(fmt::format("{}: the position of atom {} of {} is not finite", o.method, i, formula(s)));
  if (s.cell.any_periodic())
    throw InputError(
        fmt::format("{} is periodic; libxtb 6.5 computes isolated molecules only (with a cell GFN2-xTB and GFN-FF give "
                    "up, and the forces of GFN1-xTB do not fit its energies); remove the cell or use another code",
                    formula(s)));
}

/// The structure whose bonds hold for `s`.
const Structure& bonds_of(const Structure& s, const XtbOptions& o) {
  if (o.method != "GFN-FF" || !o.topology) return s;
  if (o.topology->species != s.species)
    throw InputError(fmt::format("GFN-FF was given the bonds of {} ({} atoms) and is asked about {} ({} atoms)",
                                 formula(*o.topology), o.topology->size(), formula(s), s.size()));
  return *o.topology;
}

constexpr int lanthanide_valence = 3;  // of Ce … Lu in GFN1 and GFN2: the 4f electrons belong to the core

/// The parity of the electron number must fit the unpaired electrons, else xtb computes something else without a word.
void check_parity(const Structure& s, const XtbOptions& o) {
  if (o.method == "GFN-FF") return;
  long electrons = -long(o.charge);
  for (int z : s.species) electrons += z >= 58 && z <= 71 ? lanthanide_valence : z;
  if (electrons < o.unpaired || (electrons - o.unpaired) % 2 != 0)
    throw InputError(fmt::format(
        "{} with charge {} has {} electrons (4f ones not counted), which cannot leave {} unpaired; set charge or "
        "unpaired electrons",
        formula(s), o.charge, electrons, o.unpaired));
}

}  // namespace

struct XtbPotential::Session {
  Environment environment;
  std::vector<Slot> slots;

  std::string error() {
    std::string text(2048, '\0');
    const int size = int(text.size());
    xtb_getError(environment, text.data(), &size);
    text.resize(std::strlen(text.c_str()));
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
    return text.empty() ? "no message" : text;
  }
  void require_success(const Structure& s, const XtbOptions& o, const char* doing) {
    if (xtb_checkEnvironment(environment) != 0)
      throw NumericalError(
          fmt::format("{} failed for {} ({} atoms) while {}: {}", o.method, formula(s), s.size(), doing, error()));
  }
  void open_environment() {
    if (environment) return;
    environment = Environment(xtb_newEnvironment());
    xtb_setVerbosity(environment, XTB_VERBOSITY_MUTED);
  }

  void start(Slot& slot, const Structure& s, const XtbOptions& o) {
    slot = Slot{};
    const auto x = to_xtb(s.positions);
    const int n = s.size();
    const double charge = o.charge;
    slot.molecule =
        Molecule(xtb_newMolecule(environment, &n, s.species.data(), x.data(), &charge, &o.unpaired, nullptr, nullptr));
    require_success(s, o, "reading the structure");
    slot.calculator = Calculator(xtb_newCalculator());
    load(slot, o);
    require_success(s, o, "loading the parameters");
    slot.species = s.species;
  }
  void load(Slot& slot, const XtbOptions& o) {
    if (o.method == "GFN2-xTB") xtb_loadGFN2xTB(environment, slot.molecule, slot.calculator, nullptr);
    if (o.method == "GFN1-xTB") xtb_loadGFN1xTB(environment, slot.molecule, slot.calculator, nullptr);
    if (o.method == "GFN-FF")
      return in_scratch_folder([&] { xtb_loadGFNFF(environment, slot.molecule, slot.calculator, nullptr); });
    if (xtb_checkEnvironment(environment) != 0) return;
    xtb_setAccuracy(environment, slot.calculator, o.accuracy);
    xtb_setElectronicTemp(environment, slot.calculator, o.electronic_temperature);
    xtb_setMaxIter(environment, slot.calculator, o.max_iterations);
  }

  /// Points the slot's objects at `s`; makes them anew when the atoms are others.
  void prepare(Slot& slot, const Structure& s, const XtbOptions& o) {
    if (!slot.calculator || slot.species != s.species) start(slot, bonds_of(s, o), o);
    const auto x = to_xtb(s.positions);
    xtb_updateMolecule(environment, slot.molecule, x.data(), nullptr);
    require_success(s, o, "reading the positions");
  }

  void compute(Slot& slot, const Structure& s, const XtbOptions& o, Want want, Evaluation& out) {
    const Results results(xtb_newResults());
    xtb_singlepoint(environment, slot.molecule, slot.calculator, results);
    require_success(s, o, "computing energy and forces");
    read(results, s, o, want, out);
  }

  void read(const Results& results, const Structure& s, const XtbOptions& o, Want want, Evaluation& out) {
    out = Evaluation{};
    xtb_getEnergy(environment, results, &out.energy);
    require_success(s, o, "reading the energy");
    out.energy *= units::hartree;
    std::vector<double> gradient(3 * s.size());
    xtb_getGradient(environment, results, gradient.data());
    require_success(s, o, "reading the forces");
    std::vector<Vec3> forces(s.size());
    for (int i = 0; i < s.size(); ++i)
      forces[i] = -rotation().transpose() * Eigen::Map<const Vec3>(&gradient[3 * i]) * (units::hartree / units::bohr);
    if (want.virial) out.virial = virial(s, forces);
    if (o.method != "GFN-FF") read_charges(results, s, o, out);
    if (want.forces) out.forces = std::move(forces);
    refuse_nan(s, o, out);
  }
  static Mat3 virial(const Structure& s, const std::vector<Vec3>& forces) {
    Mat3 w = Mat3::Zero();
    for (int i = 0; i < s.size(); ++i) w += s.positions[i] * forces[i].transpose();
    return 0.5 * (w + w.transpose());
  }
  void read_charges(const Results& results, const Structure& s, const XtbOptions& o, Evaluation& out) {
    out.charges.resize(s.size());
    xtb_getCharges(environment, results, out.charges.data());
    require_success(s, o, "reading the charges");
  }
  static void refuse_nan(const Structure& s, const XtbOptions& o, const Evaluation& out) {
    bool finite = std::isfinite(out.energy) && out.virial.allFinite();
    for (const auto& f : out.forces) finite = finite && f.allFinite();
    if (!finite)
      throw NumericalError(
          fmt::format("{} gave numbers that are not finite for {} ({} atoms)", o.method, formula(s), s.size()));
  }
};

XtbPotential::XtbPotential(XtbOptions options) : options_(std::move(options)), session_(std::make_unique<Session>()) {
  check_options(options_);
}

XtbPotential::~XtbPotential() {
  const std::lock_guard lock(xtb_mutex());
  session_.reset();
}

void XtbPotential::forget() {
  const std::lock_guard lock(xtb_mutex());
  session_->slots.clear();
}

void XtbPotential::compute(std::span<const Structure> structures, Want want, std::span<Evaluation> out) {
  const std::lock_guard lock(xtb_mutex());
  const QuietSection quiet(options_.method == "GFN-FF");
  session_->open_environment();
  if (session_->slots.size() < structures.size()) session_->slots.resize(structures.size());
  for (std::size_t k = 0; k < structures.size(); ++k) {
    check_structure(structures[k], options_);
    check_parity(structures[k], options_);
    Slot& slot = session_->slots[k];
    try {
      session_->prepare(slot, structures[k], options_);
      session_->compute(slot, structures[k], options_, want, out[k]);
    } catch (...) {
      slot = Slot{};  // nothing of a failed calculation may reach the next one
      throw;
    }
  }
}

}  // namespace orogen
