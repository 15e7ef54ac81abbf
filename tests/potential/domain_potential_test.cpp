// A model on the caller's atoms and lists gives what the library gives on the whole structure.
#include "orogen/potential/learned/domain_potential.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "orogen/base/errors.hpp"
#include "orogen/potential/learned/model_sum.hpp"
#include "potential/domain_fixtures.hpp"

namespace orogen {
namespace {

using namespace domain;

constexpr Want everything{
    .forces = true, .virial = true, .site_energies = true, .uncertainty = true, .site_virials = true, .members = true};

/// What a caller such as an MD engine holds: its atoms in its own order, ghosts shuffled among themselves, lists with a
/// skin.
struct Caller {
  int local = 0;
  std::vector<int> types, owner;
  std::vector<double> positions;
  std::vector<std::vector<int>> lists;  // of local atoms, or of all
  int total() const { return int(types.size()); }
  ListOfCentre list_of() const {
    return [this](int i) { return std::span<const int>(lists[i]); };
  }
};

/// Ghosts out to `reach`; lists of the local atoms within `list_cutoff`, or of all atoms.
Caller caller_of(const Structure& s, const Model& model, double reach, double list_cutoff, Vec3 origin) {
  NeighborList wide(reach, 0.1, false);
  const Neighborhood& hood = wide.update(s);
  Caller c;
  c.local = hood.local;
  std::vector<int> at(hood.total);  // place in the caller's order: ghosts backwards
  for (int i = 0; i < hood.total; ++i) at[i] = i < hood.local ? i : hood.local + hood.total - 1 - i;
  const auto type_of = model.type_of();
  c.types.resize(hood.total), c.owner.resize(hood.total), c.positions.resize(3 * hood.total);
  for (int i = 0; i < hood.total; ++i) {
    c.types[at[i]] = type_of[hood.species[i]], c.owner[at[i]] = hood.owner[i];
    for (int d = 0; d < 3; ++d) c.positions[3 * at[i] + d] = hood.positions[4 * i + d] + origin[d];
  }
  c.lists.resize(hood.total);
  for (int i = 0; i < hood.total; ++i)
    for (int j = hood.total - 1; j >= 0; --j) {
      const Eigen::Map<const Vec3> a(&hood.positions[4 * i]), b(&hood.positions[4 * j]);
      if (i != j && (a - b).norm() < list_cutoff) c.lists[at[i]].push_back(at[j]);
    }
  return c;
}

/// Ghosts of this process are images of its own atoms; a caller with more processes sends rows instead.
template <class T> void copy_rows(const Caller& c, MessageRows rows) {
  T* data = static_cast<T*>(rows.data);
  for (int g = c.local; g < c.total(); ++g)
    std::copy_n(data + long(c.owner[g]) * rows.values, rows.values, data + long(g) * rows.values);
}
template <class T> void add_rows(const Caller& c, MessageRows rows) {
  T* data = static_cast<T*>(rows.data);
  for (int g = c.local; g < c.total(); ++g)
    for (int v = 0; v < rows.values; ++v) data[long(c.owner[g]) * rows.values + v] += data[long(g) * rows.values + v];
}
HaloExchange halo_of(const Caller& c) {
  return {[&c](MessageRows r) { r.value_size == 4 ? copy_rows<float>(c, r) : copy_rows<double>(c, r); },
          [&c](MessageRows r) { r.value_size == 4 ? add_rows<float>(c, r) : add_rows<double>(c, r); }};
}

template <class V> std::vector<V> folded(const Caller& c, const std::vector<V>& all) {
  std::vector<V> local(all.begin(), all.begin() + c.local);
  for (int g = c.local; g < c.total(); ++g) local[c.owner[g]] += all[g];
  return local;
}

void expect_near(double a, double b, double tolerance, const char* what) {
  EXPECT_NEAR(a, b, tolerance * (1 + std::abs(b))) << what;
}

/// Folds an answer for a domain and compares it with the answer for the structure.
void expect_same(const Caller& c, Evaluation domain, const Evaluation& whole, double tolerance) {
  expect_near(domain.energy, whole.energy, tolerance, "energy");
  expect_near((domain.virial - whole.virial).norm(), 0, tolerance * (1 + whole.virial.norm()), "virial");
  const auto forces = folded(c, domain.forces);
  for (int i = 0; i < c.local; ++i) {
    expect_near((forces[i] - whole.forces[i]).norm(), 0, tolerance * (1 + whole.forces[i].norm()), "forces");
    expect_near(domain.site_energies[i], whole.site_energies[i], tolerance, "site energy");
  }
  const auto virials = folded(c, domain.site_virials);
  for (int i = 0; i < c.local; ++i)
    expect_near((virials[i] - whole.site_virials[i]).norm(), 0, tolerance * (1 + whole.virial.norm()), "site virial");
  if (!domain.member_forces.empty()) {
    for (auto& f : domain.member_forces) f = folded(c, f);
    domain.uncertainty.resize(c.local);
    committee_spread(domain.member_forces, forces, domain.uncertainty);
  }
  ASSERT_EQ(domain.uncertainty.size(), whole.uncertainty.size());
  for (std::size_t i = 0; i < whole.uncertainty.size(); ++i)
    expect_near(domain.uncertainty[i], whole.uncertainty[i], tolerance, "uncertainty");
}

enum class Messages { exchanged, from_lists };

void compare(const Structure& s, const Model& model, Messages way, int threads, const std::string& precision,
             double tolerance, Vec3 origin = Vec3::Zero()) {
  const double rc = model.shape.cutoff, skin = 0.7;
  const bool wide = way == Messages::from_lists && model.shape.layers == 2;
  const Caller c = caller_of(s, model, wide ? 2 * (rc + skin) : rc + skin, rc + skin, origin);
  const auto whole =
      make_learned_potential(model, {.threads = threads, .precision = precision})->evaluate(s, everything);
  const auto domain = make_domain_potential(model, {.threads = threads, .precision = precision});
  std::vector<int> ghosts;
  if (wide) {  // every ghost that a local atom sees, in an order of its own
    std::vector<bool> seen(c.total());
    for (int i = 0; i < c.local; ++i)
      for (int j : c.lists[i]) seen[j] = true;
    for (int g = c.local; g < c.total(); ++g)
      if (seen[g]) ghosts.push_back(g);
  }
  domain->set_list(c.local, c.types, c.list_of(), ghosts);
  const HaloExchange halo = halo_of(c);
  Evaluation answer;
  domain->evaluate(c.positions, everything, answer, wide ? nullptr : &halo);
  if (wide) {  // the share of a site depends on which domain counted it; their sum does not
    Mat3 sum = Mat3::Zero();
    for (const Mat3& w : answer.site_virials) sum += w;
    EXPECT_LT((0.5 * (sum + sum.transpose()) - whole.virial).norm(), tolerance * (1 + whole.virial.norm()));
  }
  expect_same(c, answer, whole, tolerance);
}

std::vector<Structure> structures() { return {molecule(), triclinic(), slab(), tiny()}; }

TEST(DomainPotential, equals_the_library_for_one_layer) {
  for (const Structure& s : structures())
    compare(s, random_model({.last_layer = true}), Messages::exchanged, 1, "float64", 1e-10);
}
TEST(DomainPotential, equals_the_library_for_two_layers_with_exchanged_messages) {
  for (const Structure& s : structures())
    compare(s, random_model({.layers = 2, .last_layer = true}), Messages::exchanged, 1, "float64", 1e-10);
}
TEST(DomainPotential, equals_the_library_for_two_layers_with_lists_of_ghosts) {
  for (const Structure& s : structures())
    compare(s, random_model({.layers = 2, .last_layer = true}), Messages::from_lists, 1, "float64", 1e-10);
}
TEST(DomainPotential, equals_the_library_for_a_committee) {
  for (int layers : {1, 2})
    for (Messages way : {Messages::exchanged, Messages::from_lists})
      compare(triclinic(), random_model({.layers = layers, .members = 3}), way, 1, "float64", 1e-10);
}
TEST(DomainPotential, equals_the_library_on_several_threads_and_in_single_precision) {
  for (int layers : {1, 2})
    for (Messages way : {Messages::exchanged, Messages::from_lists}) {
      compare(triclinic(), random_model({.layers = layers}), way, 3, "float64", 1e-10);
      compare(triclinic(), random_model({.layers = layers}), way, 2, "float32", 2e-4);
    }
}
TEST(DomainPotential, does_not_lose_digits_far_from_the_origin) {
  compare(slab(), random_model({.layers = 2}), Messages::exchanged, 1, "float32", 2e-4, Vec3(4e5, -3e5, 2e5));
}
TEST(DomainPotential, one_list_serves_as_long_as_no_atom_moved_half_its_skin) {
  Structure s = triclinic();
  for (int layers : {1, 2}) {
    const Model model = random_model({.layers = layers});
    Caller c = caller_of(s, model, 4.2, 4.2, Vec3::Zero());
    const auto domain = make_domain_potential(model);
    domain->set_list(c.local, c.types, c.list_of());
    const HaloExchange halo = halo_of(c);
    Structure moved = s;
    Random random(8);
    std::vector<Vec3> step(c.local);
    for (Vec3& d : step) d = 0.045 * Vec3(random.normal(), random.normal(), random.normal()).normalized();
    for (int n = 0; n < 8;
         ++n) {  // 0.315 Å in the end: past half the margin of the shortened lists, within half the skin
      Evaluation answer;
      domain->evaluate(c.positions, everything, answer, &halo);
      expect_same(c, answer, make_learned_potential(model)->evaluate(moved, everything), 1e-10);
      for (int i = 0; i < c.local; ++i) moved.positions[i] += step[i];
      for (int i = 0; i < c.total(); ++i)
        for (int d = 0; d < 3; ++d) c.positions[3 * i + d] += step[c.owner[i]][d];
    }
  }
}
TEST(DomainPotential, counts_the_repulsion_of_close_nuclei) {
  Structure close = molecule();
  close.positions[1] = close.positions[0] + Vec3(0.4, 0, 0);
  const Model with = random_model({}), without = random_model({.zbl = false});
  compare(close, with, Messages::exchanged, 1, "float64", 1e-10);
  compare(close, without, Messages::exchanged, 1, "float64", 1e-10);
  EXPECT_GT(make_learned_potential(with)->evaluate(close).energy,
            make_learned_potential(without)->evaluate(close).energy + 1);
}
TEST(DomainPotential, site_virials_of_the_library_add_up_to_the_virial) {
  for (int layers : {1, 2}) {
    const auto answer = make_learned_potential(random_model({.layers = layers}))->evaluate(triclinic(), everything);
    Mat3 sum = Mat3::Zero();
    for (const Mat3& w : answer.site_virials) sum += w;
    EXPECT_LT((0.5 * (sum + sum.transpose()) - answer.virial).norm(), 1e-10 * (1 + answer.virial.norm()));
    EXPECT_GT(answer.site_virials[0].norm(), 1e-3);
  }
}
TEST(DomainPotential, an_empty_domain_has_no_energy_and_still_exchanges_messages) {
  const auto domain = make_domain_potential(random_model({.layers = 2, .members = 2}));
  const std::vector<int> types{0, 1};
  domain->set_list(0, types, {});
  int forward = 0, reverse = 0;
  const HaloExchange halo{[&](MessageRows) { ++forward; }, [&](MessageRows) { ++reverse; }};
  Evaluation answer;
  domain->evaluate(std::vector<double>{0, 0, 0, 1, 0, 0}, everything, answer, &halo);
  EXPECT_EQ(answer.energy, 0);
  EXPECT_EQ(forward, 2);
  EXPECT_EQ(reverse, 2);
  for (const Vec3& f : answer.forces) EXPECT_EQ(f.norm(), 0);
}

template <class Error, class F> void expect_error(F f, const std::string& part) {
  try {
    f();
    FAIL() << "no error that says " << part;
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find(part), std::string::npos) << e.what();
  }
}

TEST(DomainPotential, refuses_types_and_lists_that_cannot_be) {
  const auto domain = make_domain_potential(random_model({}));
  const std::vector<int> types{0, 1}, wrong{0, 3};
  auto list = [](std::vector<int> entries) { return [entries](int) { return std::span<const int>(entries); }; };
  expect_error<InputError>([&] { domain->set_list(2, wrong, list({})); }, "atom 1 has type 3");
  expect_error<InputError>([&] { domain->set_list(3, types, list({})); }, "3 local atoms among 2");
  expect_error<InputError>([&] { domain->set_list(1, types, list({2})); }, "holds 2");
  expect_error<InputError>([&] { domain->set_list(1, types, list({0})); }, "holds 0");
  Evaluation answer;
  expect_error<InputError>([&] { domain->evaluate({}, {}, answer); }, "before its lists were set");
  domain->set_list(1, types, list({1}));
  expect_error<InputError>([&] { domain->evaluate({}, {}, answer); }, "expected 3 for each of 2 atoms");
}
TEST(DomainPotential, refuses_two_layers_without_the_ghosts_messages) {
  const auto domain = make_domain_potential(random_model({.layers = 2}));
  const std::vector<int> types{0, 1}, list{1};
  domain->set_list(1, types, [&](int) { return std::span<const int>(list); });
  Evaluation answer;
  expect_error<InputError>([&] { domain->evaluate(std::vector<double>{0, 0, 0, 1, 0, 0}, {}, answer); }, "ghost 1");
}
TEST(DomainPotential, coincident_and_lost_atoms_are_errors_after_the_exchanges) {
  const auto domain = make_domain_potential(random_model({.layers = 2}));
  const std::vector<int> types{0, 1}, lists[] = {{1}, {0}};
  domain->set_list(2, types, [&](int i) { return std::span<const int>(lists[i]); });
  int calls = 0;
  const HaloExchange halo{[&](MessageRows) { ++calls; }, [&](MessageRows) { ++calls; }};
  Evaluation answer;
  expect_error<NumericalError>([&] { domain->evaluate(std::vector<double>(6, 1.0), {}, answer, &halo); }, "coincident");
  EXPECT_EQ(calls, 2);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  expect_error<NumericalError>(
      [&] {
        domain->evaluate(std::vector<double>{0, 0, 0, 1, nan, 0}, {}, answer, &halo);
      },
      "position of atom 1");
  EXPECT_EQ(calls, 4);
}

}  // namespace
}  // namespace orogen
