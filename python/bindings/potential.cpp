// Potentials and their answers: numpy arrays in and out, the interpreter lock released in between.
#include <fmt/format.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <chrono>
#include <mutex>

#include "orogen/app/inputs/potential_choice.hpp"
#include "orogen/app/options/idle_options.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/parallel/threads.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/potential/learned/learned_potential.hpp"
#include "orogen/system/elements.hpp"
#include "python/bindings/parts.hpp"

namespace nb = nanobind;

namespace orogen::python {
namespace {

using Numbers = nb::ndarray<const std::int64_t, nb::shape<-1>, nb::c_contig, nb::device::cpu>;
using Vectors = nb::ndarray<const double, nb::shape<-1, 3>, nb::c_contig, nb::device::cpu>;
using Matrix = nb::ndarray<const double, nb::shape<3, 3>, nb::c_contig, nb::device::cpu>;
using Given = std::tuple<Numbers, Vectors, Matrix, std::array<bool, 3>>;

/// The answer for one structure; its arrays are views that keep it alive.
struct Answer {
  Evaluation evaluation;
  Want want;
  double volume = 0;                ///< Å³; 0 when not periodic along a, b and c
  std::vector<double> all_members;  ///< members × N × 3
};

/// A numpy view of n doubles with the given shape, or None when there are none.
nb::object view(nb::handle owner, double* data, std::initializer_list<std::size_t> shape) {
  for (std::size_t length : shape)
    if (length == 0) return nb::none();
  return nb::cast(nb::ndarray<nb::numpy, double>(data, shape.size(), shape.begin(), owner));
}

Structure structure(const Numbers& numbers, const Vectors& positions, const Matrix& cell,
                    const std::array<bool, 3>& periodic) {
  const std::size_t n = numbers.shape(0);
  if (n == 0) throw InputError("a structure without atoms has no energy");
  if (positions.shape(0) != n)
    throw InputError(fmt::format("{} atomic numbers but {} positions", n, positions.shape(0)));
  Structure s;
  s.positions.resize(n);
  std::copy_n(positions.data(), 3 * n, s.positions[0].data());
  for (std::size_t i = 0; i < n; ++i) {
    const std::int64_t z = numbers.data()[i];
    if (z < 1 || z > element_count)
      throw InputError(fmt::format("atom {} has atomic number {}: expected 1 … {}", i, z, element_count));
    s.species.push_back(int(z));
  }
  s.cell.periodic = periodic;
  for (int d = 0; d < 3; ++d)
    for (int c = 0; c < 3; ++c)
      if (periodic[std::size_t(d)]) s.cell.rows(d, c) = cell.data()[3 * d + c];
  return s;
}

/// Ends the wait for a code in another process at Ctrl-C. What Python's handler raises is kept until that code has let
/// go.
class Interrupt : public SilentProgress {
 public:
  bool stop_requested() const override {
    const auto now = std::chrono::steady_clock::now();
    if (raised_ || now - asked_ < std::chrono::milliseconds(50)) return bool(raised_);
    asked_ = now;
    const nb::gil_scoped_acquire locked;
    if (PyErr_CheckSignals() == 0) return false;
    try {
      throw nb::python_error();
    } catch (...) {
      raised_ = std::current_exception();
    }
    return true;
  }
  /// Raises what was kept, once.
  void raise() {
    if (raised_) std::rethrow_exception(std::exchange(raised_, nullptr));
  }

 private:
  mutable std::exception_ptr raised_;
  mutable std::chrono::steady_clock::time_point asked_;
};

/// A potential that several Python threads may call: they take turns.
class SharedPotential {
 public:
  SharedPotential(const std::string& name, const nb::dict& options, int threads)
      : threads_(threads ? threads : default_threads()) {
    PotentialOptions choice;
    OptionTable table;
    describe(table, choice);
    for (const auto& [key, value] : options) set_option(table, nb::cast<std::string>(key), value, "Potential");
    table.set("potential", name, "Potential");
    refuse_idle_potential_options(table);
    if (threads < 0 || threads > 4096) throw InputError(fmt::format("threads = {}: expected 0 … 4096", threads));
    const PotentialChoice chosen(choice);
    potential_ = chosen.make(threads_, interrupt_);
    for (const auto& model : chosen.models()) has_uncertainty_ |= model->knows_uncertainty();
    if (!is_learned(choice)) return;
    model_ = *chosen.models()[0];
    precision_ = choice.precision.empty() ? model_->precision : choice.precision;
  }

  std::vector<Answer> evaluate(const std::vector<Given>& given, const Want& want) {
    std::vector<Structure> structures;
    for (const auto& [numbers, positions, cell, periodic] : given)
      structures.push_back(structure(numbers, positions, cell, periodic));
    check(want);
    std::vector<Evaluation> out(structures.size());
    in_turn([&] { potential_->evaluate(structures, want, out); });
    std::vector<Answer> answers(out.size());
    for (std::size_t k = 0; k < out.size(); ++k) {
      answers[k].evaluation = std::move(out[k]);
      answers[k].want = want;
      if (structures[k].cell.fully_periodic()) answers[k].volume = structures[k].cell.volume();
    }
    return answers;
  }

  nb::object hessian_vector(const Given& given, const Vectors& direction) {
    const auto& [numbers, positions, cell, periodic] = given;
    const Structure s = structure(numbers, positions, cell, periodic);
    if (int(direction.shape(0)) != s.size())
      throw InputError(fmt::format("{} atoms but a direction of {} vectors", s.size(), direction.shape(0)));
    auto product = std::make_unique<std::vector<Vec3>>(direction.shape(0));
    std::copy_n(direction.data(), 3 * product->size(), (*product)[0].data());
    in_turn([&] { *product = potential_->hessian_vector(s, *product); });
    double* data = (*product)[0].data();
    const std::size_t n = product->size();
    const nb::capsule owner(product.release(), [](void* p) noexcept { delete static_cast<std::vector<Vec3>*>(p); });
    return view(owner, data, {n, 3});
  }

  void forget() {
    in_turn([&] { potential_->forget(); });
  }

  int threads() const { return threads_; }
  double reach() const { return potential_->reach(); }
  const std::optional<Model>& model() const { return model_; }
  const std::string& precision() const { return precision_; }
  bool has_uncertainty() const { return has_uncertainty_; }

 private:
  /// Computes without the interpreter's lock, when no other thread does.
  template <class Work> void in_turn(Work work) {
    const nb::gil_scoped_release unlocked;
    const std::lock_guard turn(turn_);
    try {
      work();
    } catch (const NumericalError&) {
      interrupt_.raise();
      throw;
    }
  }
  void check(const Want& want) const {
    if (want.uncertainty && !has_uncertainty())
      throw InputError("uncertainty is wanted, but this potential has none (see Potential.has_uncertainty)");
    if (want.site_energies && !model_)
      throw InputError("site energies are wanted, but only learned potentials have them");
  }

  int threads_;
  std::optional<Model> model_;
  std::string precision_;
  bool has_uncertainty_ = false;
  Interrupt interrupt_;  // outlives the potential, which asks it
  std::unique_ptr<Potential> potential_;
  std::mutex turn_;
};

nb::object vectors(nb::handle owner, std::vector<Vec3>& v) {
  return v.empty() ? nb::none() : view(owner, v[0].data(), {v.size(), 3});
}
nb::object scalars(nb::handle owner, std::vector<double>& v) { return view(owner, v.data(), {v.size()}); }

nb::object member_forces(nb::handle owner, Answer& a) {
  const auto& members = a.evaluation.member_forces;
  if (members.empty() || members[0].empty()) return nb::none();
  if (a.all_members.empty())
    for (const auto& forces : members)
      a.all_members.insert(a.all_members.end(), forces[0].data(), forces[0].data() + 3 * forces.size());
  return view(owner, a.all_members.data(), {members.size(), members[0].size(), 3});
}

/// −virial/volume as a matrix of its own.
nb::object stress(const Answer& a) {
  if (a.volume == 0 || !a.want.virial) return nb::none();
  auto* matrix = new Mat3(-a.evaluation.virial / a.volume);
  const nb::capsule owner(matrix, [](void* p) noexcept { delete static_cast<Mat3*>(p); });
  return view(owner, matrix->data(), {3, 3});  // symmetric: the order of storage does not matter
}

void add_answer(nb::module_& module) {
  using Self = nb::pointer_and_handle<Answer>;
  nb::class_<Answer>(
      module, "Evaluation",
      "The answer for one structure of N atoms: energy [eV], forces [N × 3, eV/Å], virial [3 × 3, eV], stress [3 × "
      "3, eV/Å³], site_energies [N, eV], uncertainty [N, eV/Å], charges [N, e], and of committees of M members "
      "member_energies [M, eV] and member_forces [M × N × 3, eV/Å]. Arrays are views that keep the answer alive; what "
      "was "
      "not wanted, or what the potential does not have, is None.")
      .def_prop_ro("energy", [](const Answer& a) { return a.evaluation.energy; })
      .def_prop_ro("forces",
                   [](Self a) { return a.p->want.forces ? vectors(a.h, a.p->evaluation.forces) : nb::none(); })
      .def_prop_ro("virial",
                   [](Self a) {
                     return a.p->want.virial ? view(a.h, a.p->evaluation.virial.data(), {3, 3}) : nb::none();
                   })
      .def_prop_ro("stress", stress)
      .def_prop_ro("site_energies", [](Self a) { return scalars(a.h, a.p->evaluation.site_energies); })
      .def_prop_ro("uncertainty", [](Self a) { return scalars(a.h, a.p->evaluation.uncertainty); })
      .def_prop_ro("charges", [](Self a) { return scalars(a.h, a.p->evaluation.charges); })
      .def_prop_ro("member_energies", [](Self a) { return scalars(a.h, a.p->evaluation.member_energies); })
      .def_prop_ro("member_forces", [](Self a) { return member_forces(a.h, *a.p); });
}

}  // namespace

void add_potential(nb::module_& module) {
  add_answer(module);
  nb::class_<SharedPotential>(module, "Potential", "What orogen.Potential is made of.")
      .def(nb::init<const std::string&, const nb::dict&, int>(), nb::arg("name"), nb::arg("options"),
           nb::arg("threads"))
      .def(
          "evaluate",
          [](SharedPotential& p, const std::vector<Given>& given, bool forces, bool virial, bool sites, bool spread,
             bool members) {
            return p.evaluate(given, {.forces = forces,
                                      .virial = virial,
                                      .site_energies = sites,
                                      .uncertainty = spread,
                                      .members = members});
          },
          nb::arg("structures"), nb::arg("forces"), nb::arg("virial"), nb::arg("site_energies"), nb::arg("uncertainty"),
          nb::arg("members"))
      .def("hessian_vector", &SharedPotential::hessian_vector, nb::arg("structure"), nb::arg("direction"))
      .def("forget", &SharedPotential::forget)
      .def_prop_ro("threads", &SharedPotential::threads)
      .def_prop_ro("reach", &SharedPotential::reach)
      .def_prop_ro("learned", [](const SharedPotential& p) { return p.model().has_value(); })
      .def_prop_ro("precision", &SharedPotential::precision)
      .def_prop_ro("has_uncertainty", &SharedPotential::has_uncertainty)
      .def_prop_ro("header",
                   [](const SharedPotential& p) { return p.model() ? model_header_json(*p.model()) : std::string(); })
      .def_prop_ro("elements",
                   [](const SharedPotential& p) { return p.model() ? p.model()->elements : std::vector<int>(); })
      .def_prop_ro("members", [](const SharedPotential& p) { return p.model() ? p.model()->members.size() : 1; });
}

}  // namespace orogen::python
