// The C interface with the caller's own ghosts and lists, against the same model with its own.
#include <gtest/gtest.h>
#include <orogen.h>

#include <limits>

#include "common/scratch_folder.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "potential/domain_fixtures.hpp"

using namespace orogen;

namespace {

/// Ghosts out to two cut-offs, and lists of all atoms that have their whole surroundings, as a simulation program makes
/// them.
struct Lists {
  int local, total;
  std::vector<int> species, owner, neighbors, ghosts;
  std::vector<double> positions;
  std::vector<std::int64_t> first{0};

  Lists(const Structure& s, double cutoff, bool lists_of_ghosts) {
    NeighborList list(2 * cutoff, 0, false);
    const Neighborhood& n = list.update(s);
    local = n.local, total = n.total, species = n.species, owner = n.owner;
    for (int i = 0; i < total; ++i)
      for (int c = 0; c < 3; ++c) positions.push_back(n.positions[4L * i + c]);
    for (int i = 0; i < local; ++i) append(i, cutoff + 0.3);
    const std::vector<int> of_local = neighbors;
    for (int g = local; g < total && lists_of_ghosts; ++g)
      if (std::find(of_local.begin(), of_local.end(), g) != of_local.end()) ghosts.push_back(g), append(g, cutoff);
  }
  void append(int i, double reach) {
    for (int j = 0; j < total; ++j) {
      const Eigen::Map<const Vec3> a(&positions[3L * i]), b(&positions[3L * j]);
      if (j != i && (a - b).norm() < reach) neighbors.push_back(j);
    }
    first.push_back(std::int64_t(neighbors.size()));
  }
  orogen_lists view() const {
    return {sizeof(orogen_lists), local,        total, species.data(), first.data(), neighbors.data(),
            int(ghosts.size()),   ghosts.data()};
  }
};

struct Domain {
  ScratchFolder folder;
  orogen_domain* domain = nullptr;
  Model model;
  explicit Domain(const domain::ModelChoice& choice) : model(domain::random_model(choice)) {
    write_model(folder / "model.safetensors", model);
    EXPECT_EQ(orogen_domain_load((folder / "model.safetensors").c_str(), nullptr, &domain), OROGEN_OK);
  }
  ~Domain() { orogen_domain_free(domain); }
  operator orogen_domain*() const { return domain; }
};

void expect_the_numbers_of_own_lists(int layers, const Structure& s) {
  const Domain domain({.layers = layers, .last_layer = true});
  EXPECT_EQ(orogen_domain_layers(domain), layers);
  EXPECT_DOUBLE_EQ(orogen_domain_reach(domain), layers * orogen_domain_cutoff(domain));
  const Lists lists(s, orogen_domain_cutoff(domain), layers > 1);
  const orogen_lists view = lists.view();
  ASSERT_EQ(orogen_domain_set_lists(domain, &view), OROGEN_OK) << orogen_last_error();
  std::vector<double> forces(3 * std::size_t(lists.total)), site(s.size()), sigma(s.size()), virial(9),
      shares(9 * std::size_t(lists.total));
  orogen_domain_result out{
      sizeof(orogen_domain_result), 0, forces.data(), virial.data(), site.data(), shares.data(), sigma.data()};
  ASSERT_EQ(orogen_domain_evaluate(domain, lists.positions.data(), &out), OROGEN_OK) << orogen_last_error();
  const Evaluation e = make_learned_potential(domain.model)->evaluate(s, {true, true, true, true});
  EXPECT_NEAR(out.energy, e.energy, 1e-9 * std::abs(e.energy));
  std::vector<Vec3> folded(s.size(), Vec3::Zero());
  Mat3 sum = Mat3::Zero();
  for (int i = 0; i < lists.total; ++i) {
    folded[lists.owner[i]] += Eigen::Map<const Vec3>(&forces[3L * i]);
    sum += Eigen::Map<const Mat3>(&shares[9L * i]);
  }
  for (int i = 0; i < s.size(); ++i) {
    EXPECT_LT((folded[i] - e.forces[i]).norm(), 1e-9) << i;
    EXPECT_NEAR(site[i], e.site_energies[i], 1e-9);
    EXPECT_NEAR(sigma[i], e.uncertainty[i], 1e-9);
  }
  EXPECT_LT((Eigen::Map<const Mat3>(virial.data()) - e.virial).norm(), 1e-8);
  EXPECT_LT((0.5 * (sum + sum.transpose()) - e.virial).norm(), 1e-8);
}

TEST(CInterfaceDomain, one_layer_on_given_lists_gives_the_numbers_of_own_lists) {
  expect_the_numbers_of_own_lists(1, domain::triclinic());
  expect_the_numbers_of_own_lists(1, domain::slab());
  expect_the_numbers_of_own_lists(1, domain::tiny());
}

TEST(CInterfaceDomain, two_layers_with_lists_of_ghosts_give_the_numbers_of_own_lists) {
  expect_the_numbers_of_own_lists(2, domain::triclinic());
  expect_the_numbers_of_own_lists(2, domain::tiny());
}

struct Refused : testing::Test {
  Domain domain{{.layers = 1}};
  Lists lists{domain::molecule(), 3.5, false};
  int set(const orogen_lists& view) { return orogen_domain_set_lists(domain, &view); }
  static bool says(const std::string& part) { return std::string(orogen_last_error()).find(part) != std::string::npos; }
};

TEST_F(Refused, lists_that_cannot_be_are_named) {
  orogen_lists view = lists.view();
  view.local = view.total + 1;
  EXPECT_EQ(set(view), OROGEN_INPUT);
  lists.species[2] = 92;
  EXPECT_EQ(set(lists.view()), OROGEN_INPUT);
  EXPECT_TRUE(says("atom 2 is U")) << orogen_last_error();
  lists.species[2] = 8;
  lists.neighbors[0] = 1000;
  EXPECT_EQ(set(lists.view()), OROGEN_INPUT);
  EXPECT_TRUE(says("1000")) << orogen_last_error();
  lists.first[1] = -1;
  EXPECT_EQ(set(lists.view()), OROGEN_INPUT);
  view = lists.view(), view.first = nullptr;
  EXPECT_EQ(set(view), OROGEN_INPUT);
}

TEST_F(Refused, positions_that_give_no_energy_are_errors_and_the_next_call_works) {
  orogen_domain_result out = OROGEN_DOMAIN_RESULT_INIT;
  EXPECT_EQ(orogen_domain_evaluate(domain, lists.positions.data(), &out), OROGEN_INPUT);
  EXPECT_TRUE(says("before its lists were set")) << orogen_last_error();
  ASSERT_EQ(set(lists.view()), OROGEN_OK) << orogen_last_error();
  std::vector<double> broken = lists.positions;
  broken[7] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(orogen_domain_evaluate(domain, broken.data(), &out), OROGEN_COMPUTATION);
  broken = lists.positions;
  std::copy_n(broken.begin(), 3, broken.begin() + 3);
  EXPECT_EQ(orogen_domain_evaluate(domain, broken.data(), &out), OROGEN_COMPUTATION);
  EXPECT_TRUE(says("coincident")) << orogen_last_error();
  EXPECT_EQ(orogen_domain_evaluate(domain, lists.positions.data(), &out), OROGEN_OK);
  EXPECT_EQ(orogen_domain_evaluate(domain, nullptr, &out), OROGEN_INPUT);
}

/// A chain of three atoms, 2 Å apart, each in the lists of its neighbours.
struct Chain : Refused {
  std::vector<int> neighbors{1, 0, 2, 1};
  std::vector<std::int64_t> first{0, 1, 3, 4};
  const std::vector<int> oxygen{8, 8, 8};
  const std::vector<double> positions{0, 0, 0, 2, 0, 0, 4, 0, 0};
  int set() {
    return Refused::set({sizeof(orogen_lists), 3, 3, oxygen.data(), first.data(), neighbors.data(), 0, nullptr});
  }
  double energy() {
    orogen_domain_result out = OROGEN_DOMAIN_RESULT_INIT;
    EXPECT_EQ(orogen_domain_evaluate(domain, positions.data(), &out), OROGEN_OK) << orogen_last_error();
    return out.energy;
  }
};

TEST_F(Chain, half_and_doubled_lists_are_refused_with_the_pair) {
  ASSERT_EQ(set(), OROGEN_OK) << orogen_last_error();
  neighbors = {1, 2}, first = {0, 1, 2, 2};
  EXPECT_EQ(set(), OROGEN_INPUT);
  EXPECT_TRUE(says("the list of atom 0 holds atom 1, but the list of atom 1 does not hold atom 0"))
      << orogen_last_error();
  neighbors = {1, 0, 2, 0, 1}, first = {0, 1, 4, 5};
  EXPECT_EQ(set(), OROGEN_INPUT);
  EXPECT_TRUE(says("the list of atom 1 holds atom 0 twice")) << orogen_last_error();
  neighbors = {1, 0, 1, 1}, first = {0, 1, 3, 4};
  EXPECT_EQ(set(), OROGEN_INPUT);
  EXPECT_TRUE(says("the list of atom 1 holds 1")) << orogen_last_error();
  first = {0, 1, 3, std::numeric_limits<std::int64_t>::max()};
  EXPECT_EQ(set(), OROGEN_INPUT);
  EXPECT_TRUE(says("fewer than 3 neighbours")) << orogen_last_error();
}

TEST_F(Chain, a_pair_in_both_lists_may_lie_beyond_the_cut_off) {
  ASSERT_EQ(set(), OROGEN_OK) << orogen_last_error();
  const double without = energy();
  neighbors = {2, 1, 2, 0, 0, 1}, first = {0, 2, 4, 6};
  ASSERT_EQ(set(), OROGEN_OK) << orogen_last_error();
  EXPECT_NEAR(energy(), without, 1e-12);
}

TEST_F(Chain, refused_lists_leave_those_before_in_force) {
  ASSERT_EQ(set(), OROGEN_OK) << orogen_last_error();
  const double before = energy();
  const std::vector<int> nb = neighbors, uranium{8, 92, 8}, wrong{0};
  neighbors[3] = 7;
  EXPECT_EQ(set(), OROGEN_INPUT);
  EXPECT_EQ(energy(), before);
  EXPECT_EQ(Refused::set({sizeof(orogen_lists), 3, 3, uranium.data(), first.data(), nb.data(), 0, nullptr}),
            OROGEN_INPUT);
  EXPECT_EQ(Refused::set({sizeof(orogen_lists), 2, 3, oxygen.data(), first.data(), nb.data(), 1, wrong.data()}),
            OROGEN_INPUT);
  EXPECT_TRUE(says("lists->ghost_centers holds 0")) << orogen_last_error();
  EXPECT_EQ(energy(), before);
}

TEST_F(Refused, a_domain_without_atoms_has_no_energy_and_needs_no_positions) {
  const std::int64_t none = 0;
  ASSERT_EQ(set({sizeof(orogen_lists), 0, 0, nullptr, &none, nullptr, 0, nullptr}), OROGEN_OK) << orogen_last_error();
  double force = 1, virial[9];
  orogen_domain_result out = OROGEN_DOMAIN_RESULT_INIT;
  out.energy = 1, out.forces = &force, out.virial = virial;
  EXPECT_EQ(orogen_domain_evaluate(domain, nullptr, &out), OROGEN_OK) << orogen_last_error();
  EXPECT_EQ(out.energy, 0);
  EXPECT_EQ(force, 1);
}

TEST(CInterfaceDomain, a_committee_s_uncertainty_is_refused_as_what_it_is) {
  const Domain domain({.layers = 1, .members = 2});
  const std::int64_t none = 0;
  const orogen_lists nothing{sizeof(orogen_lists), 0, 0, nullptr, &none, nullptr, 0, nullptr};
  ASSERT_EQ(orogen_domain_set_lists(domain, &nothing), OROGEN_OK) << orogen_last_error();
  double sigma = 0;
  orogen_domain_result out = OROGEN_DOMAIN_RESULT_INIT;
  out.uncertainty = &sigma;
  EXPECT_EQ(orogen_domain_evaluate(domain, nullptr, &out), OROGEN_INPUT);
  EXPECT_NE(std::string(orogen_last_error()).find("committee (here of 2)"), std::string::npos) << orogen_last_error();
}

TEST(CInterfaceDomain, a_handle_of_null_has_nothing_and_says_so) {
  EXPECT_EQ(orogen_domain_cutoff(nullptr), 0);
  EXPECT_EQ(orogen_domain_reach(nullptr), 0);
  EXPECT_EQ(orogen_domain_layers(nullptr), 0);
  EXPECT_EQ(orogen_domain_has_uncertainty(nullptr), 0);
  EXPECT_STREQ(orogen_last_error(), "the handle is NULL");
}

TEST(CInterfaceDomain, a_two_layer_model_without_lists_of_ghosts_is_refused) {
  const Domain domain({.layers = 2});
  const Lists lists(domain::triclinic(), 3.5, false);
  const orogen_lists view = lists.view();
  EXPECT_EQ(orogen_domain_set_lists(domain, &view), OROGEN_INPUT);
  EXPECT_NE(std::string(orogen_last_error()).find("list of its own"), std::string::npos) << orogen_last_error();
}

}  // namespace
