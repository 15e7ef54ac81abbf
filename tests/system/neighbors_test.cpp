#include "orogen/system/neighbors/neighbors.hpp"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include "common/brute_force_pairs.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/system/lattice.hpp"

namespace orogen {
namespace {

using Key = std::tuple<int, int, int, int, int>;  // i, j, shift

Structure make(std::vector<int> species, std::vector<Vec3> positions, Mat3 rows, std::array<bool, 3> periodic) {
  Structure s;
  s.species = std::move(species);
  s.positions = std::move(positions);
  s.cell.rows = rows;
  s.cell.periodic = periodic;
  return s;
}

Mat3 rows(std::initializer_list<double> v) {
  return Eigen::Map<const Eigen::Matrix<double, 3, 3, Eigen::RowMajor>>(v.begin());
}

Structure molecule() {
  return make({8, 1, 1, 6}, {{0, 0, 0}, {0.96, 0, 0}, {-0.24, 0.93, 0}, {3.1, 0.2, -1.5}}, Mat3::Zero(), {});
}

Structure rock_salt(int n) {
  Structure s = make({}, {}, 5.64 * n * Mat3::Identity(), {true, true, true});
  for (int x = 0; x < 2 * n; ++x)
    for (int y = 0; y < 2 * n; ++y)
      for (int z = 0; z < 2 * n; ++z) {
        s.species.push_back((x + y + z) % 2 ? 17 : 11);
        s.positions.push_back(2.82 * Vec3(x, y, z));
      }
  return s;
}

Structure scattered(int n, Mat3 cell, std::array<bool, 3> periodic, std::uint64_t seed) {
  Random random(seed);
  Structure s = make({}, {}, cell, periodic);
  for (int i = 0; i < n; ++i) {
    s.species.push_back(int(1 + random.below(4)));
    s.positions.push_back(cell.transpose() * Vec3{random.uniform(), random.uniform(), random.uniform()});
  }
  return s;
}

Structure triclinic() { return scattered(20, rows({6.1, 0, 0, 7.5, 5, 0, -6, 4.2, 5.5}), {true, true, true}, 1); }
Structure slab() {
  Structure s = scattered(30, rows({7, 0, 0, 2, 8, 0, 0, 0, 12}), {true, true, false}, 2);
  s.cell.rows.row(2).setZero();
  return s;
}
Structure wire() { return scattered(12, rows({8, 0, 0, 0, 3, 1, 0, 0, 9}), {false, true, false}, 3); }
Structure one_atom() {
  return make({29}, {{0.1, 0.2, 0.3}}, rows({0, 1.8, 1.8, 1.8, 0, 1.8, 1.8, 1.8, 0}), {true, true, true});
}
Structure lonely() { return make({18}, {{5, 5, 5}}, Mat3::Zero(), {}); }

Structure shaken(Structure s, double amplitude, std::uint64_t seed) {
  Random random(seed);
  for (auto& x : s.positions)
    x += amplitude * (2 * Vec3{random.uniform(), random.uniform(), random.uniform()} - Vec3::Ones()) / std::sqrt(3.0);
  return s;
}

/// Pairs of the list that lie within the cut-off, in the brute force's terms.
std::map<Key, double> pairs_of(const Neighborhood& hood, const Structure& s) {
  const Lattice lattice = complete_lattice(s.cell);
  std::map<Key, double> out;
  for (int k = 0; k < hood.local; ++k)
    for (auto e = hood.first[k]; e < hood.first[k + 1]; ++e) {
      const int g = hood.neighbor[e], i = hood.order[k], j = hood.order[hood.owner[g]];
      const Vec3 apart =
          Eigen::Map<const Vec3>(&hood.positions[4L * g]) - Eigen::Map<const Vec3>(&hood.positions[4L * k]);
      if (apart.norm() > hood.cutoff) continue;
      const Vec3 n = lattice.fractional(apart - (s.positions[j] - s.positions[i]));
      const Key key{i, j, int(std::lround(n[0])), int(std::lround(n[1])), int(std::lround(n[2]))};
      EXPECT_TRUE(out.emplace(key, apart.norm()).second) << "a pair is listed twice";
    }
  return out;
}

void expect_same_pairs(const Neighborhood& hood, const Structure& s) {
  const auto seen = pairs_of(hood, s);
  const auto wanted = brute_force_pairs(s, hood.cutoff);
  ASSERT_EQ(seen.size(), wanted.size());
  for (const auto& p : wanted) {
    const auto found = seen.find({p.i, p.j, p.shift[0], p.shift[1], p.shift[2]});
    ASSERT_NE(found, seen.end()) << p.i << "-" << p.j;
    EXPECT_NEAR(found->second, p.distance, 1e-9);
  }
}

void expect_well_formed(const Neighborhood& hood, const Structure& s) {
  ASSERT_EQ(hood.local, s.size());
  ASSERT_EQ(hood.positions.size(), 4u * hood.total);
  for (int k = 0; k < hood.total; ++k) {
    EXPECT_EQ(hood.species[k], s.species[hood.order[hood.owner[k]]]);
    EXPECT_EQ(hood.positions[4L * k + 3], 0.0);
    if (k < hood.local) {
      EXPECT_EQ(hood.owner[k], k);
    }
  }
  for (int k = 0; k < hood.local; ++k)
    for (auto e = hood.first[k]; e < hood.first[k + 1]; ++e) {
      EXPECT_NE(hood.neighbor[e], k);
      if (e == hood.first[k]) continue;
      const int p = hood.neighbor[e - 1], q = hood.neighbor[e];
      EXPECT_LT(std::pair(hood.species[p], p), std::pair(hood.species[q], q)) << "sorted by species, then index";
    }
}

class EveryStructure : public testing::TestWithParam<std::pair<const char*, Structure>> {};

TEST_P(EveryStructure, has_the_pairs_that_brute_force_finds) {
  const auto& s = GetParam().second;
  for (double cutoff : {1.5, 3.3, 6.0}) {
    NeighborList list(cutoff, 0.5);
    const auto& hood = list.update(s);
    expect_same_pairs(hood, s);
    expect_well_formed(hood, s);
  }
}

TEST_P(EveryStructure, keeps_the_pairs_after_small_moves_without_a_rebuild) {
  const auto& s = GetParam().second;
  NeighborList list(4, 1);
  list.update(s);
  for (int step = 1; step <= 3; ++step) {
    const auto moved = shaken(s, 0.49, step);
    expect_same_pairs(list.update(moved), moved);
  }
  EXPECT_EQ(list.builds(), 1u);
}

TEST_P(EveryStructure, keeps_the_pairs_when_cell_and_atoms_change_together) {
  const auto& s = GetParam().second;
  NeighborList list(4, 1);
  list.update(s);
  std::uint64_t builds = 1;
  for (double strain : {0.02, -0.03, 0.2, -0.3}) {
    Mat3 f = (1 + strain) * Mat3::Identity();
    f(0, 1) += strain;
    auto strained = s;
    strained.cell.rows = s.cell.rows * f.transpose();
    for (auto& x : strained.positions) x = f * x;
    strained = shaken(strained, 0.1, 7);
    expect_same_pairs(list.update(strained), strained);
    expect_well_formed(list.update(strained), strained);
    if (s.cell.fully_periodic() && std::abs(strain) < 0.1) {
      EXPECT_EQ(list.builds(), builds) << strain;
    }
    builds = list.builds();
  }
}

TEST_P(EveryStructure, is_the_same_when_atoms_are_far_outside_the_cell) {
  auto s = GetParam().second;
  for (int i = 0; i < s.size(); ++i)
    for (int d = 0; d < 3; ++d)
      if (s.cell.periodic[d]) s.positions[i] += (1000 * ((i + d) % 3) - 700) * s.cell.rows.row(d).transpose();
  NeighborList list(4, 0.5);
  const auto& hood = list.update(s);
  expect_same_pairs(hood, s);
  s = shaken(s, 0.2, 5);
  expect_same_pairs(list.update(s), s);
  EXPECT_EQ(list.builds(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Neighbors, EveryStructure,
                         testing::Values(std::pair("molecule", molecule()), std::pair("rock_salt", rock_salt(1)),
                                         std::pair("triclinic", triclinic()), std::pair("slab", slab()),
                                         std::pair("wire", wire()), std::pair("one_atom", one_atom()),
                                         std::pair("lonely", lonely())),
                         [](const auto& info) { return std::string(info.param.first); });

TEST(Neighbors, sorted_atoms_have_the_pairs_that_brute_force_finds) {
  const auto s = shaken(rock_salt(6), 0.4, 11);  // 1728 atoms: above the size from which atoms are sorted
  NeighborList list(3.5, 0.4);
  const auto& hood = list.update(s);
  EXPECT_FALSE(std::is_sorted(hood.order.begin(), hood.order.end()));
  expect_same_pairs(hood, s);
  NeighborList unsorted(3.5, 0.4, false);
  EXPECT_TRUE(std::is_sorted(unsorted.update(s).order.begin(), unsorted.update(s).order.end()));
  expect_same_pairs(unsorted.update(s), s);
}

TEST(Neighbors, sorted_atoms_follow_one_another_in_space) {
  const auto s = shaken(rock_salt(8), 0.3, 12);
  NeighborList list(5, 0.5);
  const auto& hood = list.update(s);
  double path = 0;
  for (int k = 1; k < hood.local; ++k)
    path +=
        (Eigen::Map<const Vec3>(&hood.positions[4L * k]) - Eigen::Map<const Vec3>(&hood.positions[4L * k - 4])).norm();
  EXPECT_LT(path / (hood.local - 1), 5.0);
}

TEST(Neighbors, two_threads_give_what_one_gives) {
  auto s = shaken(rock_salt(7), 0.3, 13);  // 2744 atoms: above the size from which threads share the work
  ThreadPool pool(2);
  NeighborList one(4, 0.6), two(4, 0.6);
  for (int step = 0; step < 4; ++step) {
    const auto& a = one.update(s);
    const auto& b = two.update(s, &pool);
    EXPECT_EQ(a.positions, b.positions);
    EXPECT_EQ(a.order, b.order);
    EXPECT_EQ(a.owner, b.owner);
    EXPECT_EQ(a.species, b.species);
    EXPECT_EQ(a.first, b.first);
    EXPECT_EQ(a.neighbor, b.neighbor);
    EXPECT_EQ(one.builds(), two.builds());
    s = shaken(s, 0.25, 100 + step);
  }
  EXPECT_GT(one.builds(), 1u);
}

TEST(Neighbors, rebuilds_when_an_atom_moved_more_than_half_the_skin) {
  auto s = rock_salt(1);
  NeighborList list(4, 0.5);
  list.update(s);
  s.positions[3] += Vec3(0.249, 0, 0);
  list.update(s);
  EXPECT_EQ(list.builds(), 1u);
  s.positions[3] += Vec3(0.002, 0, 0);
  EXPECT_EQ(list.update(s).build, 2u);
}

TEST(Neighbors, counts_the_strain_of_the_cell_against_the_skin) {
  auto s = rock_salt(1);
  NeighborList list(4, 0.5);
  list.update(s);
  const auto scaled = [&](double f) {
    auto t = s;
    t.cell.rows *= f;
    for (auto& x : t.positions) x *= f;
    return t;
  };
  list.update(scaled(0.9));  // 4 Å now were 4.44 Å then
  EXPECT_EQ(list.builds(), 1u);
  list.update(scaled(0.88));  // 4 Å now were 4.55 Å then
  EXPECT_EQ(list.builds(), 2u);
}

TEST(Neighbors, rebuilds_when_species_or_periodicity_or_number_change) {
  auto s = rock_salt(1);
  NeighborList list(4, 0.5);
  list.update(s);
  s.species[0] = 19;
  expect_well_formed(list.update(s), s);
  EXPECT_EQ(list.builds(), 2u);
  s.cell.periodic[2] = false;
  expect_same_pairs(list.update(s), s);
  EXPECT_EQ(list.builds(), 3u);
  s.species.pop_back();
  s.positions.pop_back();
  expect_same_pairs(list.update(s), s);
  EXPECT_EQ(list.builds(), 4u);
}

TEST(Neighbors, a_far_fragment_of_a_cluster_is_no_trouble) {
  auto s = molecule();
  s.species.push_back(1);
  s.positions.push_back({1e7, -1e7, 3e6});
  NeighborList list(3, 0.3);
  expect_same_pairs(list.update(s), s);
}

TEST(Neighbors, a_needle_of_a_cell_is_searched_completely) {
  const auto s = scattered(10, rows({3, 0, 0, 29, 4, 0, -31, 17, 5}), {true, true, true}, 21);
  NeighborList list(5, 0.5);
  expect_same_pairs(list.update(s), s);
}

TEST(Neighbors, an_empty_structure_has_an_empty_list) {
  NeighborList list(5, 0.5);
  const auto& hood = list.update(Structure{});
  EXPECT_EQ(hood.total, 0);
  EXPECT_EQ(hood.first, std::vector<std::int64_t>{0});
}

template <class Error> std::string message(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& e) {
    return e.what();
  }
  ADD_FAILURE() << "no error";
  return {};
}

TEST(Neighbors, refuse_a_cell_that_cannot_be_periodic) {
  NeighborList list(5, 0.5);
  auto s = rock_salt(1);
  s.cell.rows.row(1).setZero();
  EXPECT_NE(message<InputError>([&] { list.update(s); }).find("vector b"), std::string::npos);
  s.cell.rows.row(1) = s.cell.rows.row(0) * 2;
  EXPECT_NE(message<InputError>([&] { list.update(s); }).find("flat"), std::string::npos);
}

TEST(Neighbors, name_the_lost_atom_and_recover) {
  NeighborList list(5, 0.5);
  auto s = rock_salt(1);
  for (double bad : {std::nan(""), std::numeric_limits<double>::infinity(), 1e200}) {
    list.update(s);
    auto lost = s;
    lost.positions[5][1] = bad;
    EXPECT_NE(message<NumericalError>([&] { list.update(lost); }).find("atom 5 is lost"), std::string::npos);
    expect_same_pairs(list.update(s), s);
  }
  auto fresh = s;
  fresh.positions[2][0] = std::nan("");
  NeighborList other(5, 0.5);
  EXPECT_NE(message<NumericalError>([&] { other.update(fresh); }).find("atom 2 is lost"), std::string::npos);
}

TEST(Neighbors, refuse_a_cutoff_that_is_no_length) {
  EXPECT_THROW(NeighborList(0, 0.5), InputError);
  EXPECT_THROW(NeighborList(std::nan(""), 0.5), InputError);
  EXPECT_THROW(NeighborList(5, -0.1), InputError);
}

}  // namespace
}  // namespace orogen
