// The C interface: the shared library against the layers that it is made of, bad input, threads, and the C example.
#include <gtest/gtest.h>
#include <orogen.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <thread>

#include "app/command.hpp"
#include "orogen/potential/learned/learned_potential.hpp"

using namespace orogen;

namespace {

const std::string model_path = std::string(OROGEN_TEST_DIR) + "/common/reference/model-v1.safetensors";

struct Handle {
  orogen_potential* potential = nullptr;
  explicit Handle(const std::string& path = model_path,
                  orogen_options options = {sizeof(orogen_options), 1, OROGEN_FLOAT64, 0}) {
    EXPECT_EQ(orogen_load(path.c_str(), &options, &potential), OROGEN_OK) << orogen_last_error();
  }
  ~Handle() { orogen_free(potential); }
  operator orogen_potential*() const { return potential; }
};

/// Water molecules on a grid in a triclinic cell, bent so that nothing is symmetric.
struct Ice {
  std::vector<int> species;
  std::vector<double> positions;
  orogen_structure structure = OROGEN_STRUCTURE_INIT;
  explicit Ice(int n = 2, double shift = 0) {
    for (int k = 0; k < n * n * n; ++k) {
      const double x = 3.1 * (k % n) + 0.07 * k, y = 3.1 * (k / n % n) + shift, z = 3.1 * (k / n / n);
      for (const auto& [element, dx, dy, dz] :
           {std::tuple{8, 0.0, 0.0, 0.1}, {1, 0.95, 0.05, -0.1}, {1, -0.3, 0.9, 0.02}})
        species.push_back(element), positions.insert(positions.end(), {x + dx, y + dy, z + dz});
    }
    structure.atoms = std::int64_t(species.size());
    structure.species = species.data();
    structure.positions = positions.data();
    const double edge = 3.1 * n;
    const double cell[9] = {edge, 0, 0, 0.4, edge + 0.2, 0, -0.3, 0.5, edge};
    std::copy_n(cell, 9, structure.cell);
    std::fill_n(structure.periodic, 3, 1);
  }
  Structure as_structure() const {
    Structure s;
    s.species = species;
    for (std::size_t i = 0; i < species.size(); ++i)
      s.positions.emplace_back(positions[3 * i], positions[3 * i + 1], positions[3 * i + 2]);
    for (int k = 0; k < 9; ++k) s.cell.rows(k / 3, k % 3) = structure.cell[k];
    s.cell.periodic = {true, true, true};
    return s;
  }
};

bool says(const std::string& part) { return std::strstr(orogen_last_error(), part.c_str()) != nullptr; }

TEST(CInterface, gives_the_numbers_of_the_library) {
  const Handle handle;
  const Ice ice;
  const std::size_t n = ice.species.size();
  std::vector<double> forces(3 * n), site(n), sigma(n), virial(9), stress(9);
  orogen_result out = OROGEN_RESULT_INIT;
  out.forces = forces.data(), out.site_energies = site.data(), out.uncertainty = sigma.data();
  out.virial = virial.data(), out.stress = stress.data();
  ASSERT_EQ(orogen_evaluate(handle, &ice.structure, &out), OROGEN_OK) << orogen_last_error();
  const auto reference = make_learned_potential(read_model(model_path), {1, 0.5, "float64"});
  const Evaluation e = reference->evaluate(ice.as_structure(), {true, true, true, true});
  EXPECT_DOUBLE_EQ(out.energy, e.energy);
  const double volume = ice.as_structure().cell.volume();
  for (std::size_t k = 0; k < 3 * n; ++k) EXPECT_NEAR(forces[k], e.forces[k / 3][long(k % 3)], 1e-12);
  for (std::size_t k = 0; k < n; ++k) EXPECT_NEAR(site[k], e.site_energies[k], 1e-10);
  for (std::size_t k = 0; k < n; ++k) EXPECT_NEAR(sigma[k], e.uncertainty[k], 1e-12);
  for (int k = 0; k < 9; ++k) EXPECT_NEAR(virial[std::size_t(k)], e.virial(k / 3, k % 3), 1e-10);
  for (int k = 0; k < 9; ++k) EXPECT_NEAR(stress[std::size_t(k)], -e.virial(k / 3, k % 3) / volume, 1e-12);
}

TEST(CInterface, a_batch_gives_what_single_calls_give) {
  const Handle handle(model_path, {sizeof(orogen_options), 2, OROGEN_FLOAT64, 0});
  const Ice small(1), large(2, 0.3);
  const orogen_structure structures[2] = {small.structure, large.structure};
  std::vector<double> f0(3 * small.species.size()), f1(3 * large.species.size()), alone(f1.size());
  orogen_result both[2] = {OROGEN_RESULT_INIT, OROGEN_RESULT_INIT}, one = OROGEN_RESULT_INIT;
  both[0].forces = f0.data(), both[1].forces = f1.data(), one.forces = alone.data();
  ASSERT_EQ(orogen_evaluate_batch(handle, 2, structures, both), OROGEN_OK) << orogen_last_error();
  ASSERT_EQ(orogen_forget(handle), OROGEN_OK);
  ASSERT_EQ(orogen_evaluate(handle, &large.structure, &one), OROGEN_OK) << orogen_last_error();
  EXPECT_NEAR(one.energy, both[1].energy, 1e-9);
  for (std::size_t k = 0; k < alone.size(); ++k) EXPECT_NEAR(alone[k], f1[k], 1e-10);
}

TEST(CInterface, hessian_times_vector_is_the_difference_of_forces) {
  const Handle handle;
  Ice ice;
  const std::size_t n = ice.positions.size();
  std::vector<double> v(n), product(n), plus(n), minus(n);
  for (std::size_t k = 0; k < n; ++k) v[k] = std::sin(1.0 + double(k));
  ASSERT_EQ(orogen_hessian_vector(handle, &ice.structure, v.data(), product.data()), OROGEN_OK) << orogen_last_error();
  const double h = 1e-5;
  const auto forces_at = [&](double step, std::vector<double>& f) {
    Ice moved;
    for (std::size_t k = 0; k < n; ++k) moved.positions[k] += step * v[k];
    orogen_result out = OROGEN_RESULT_INIT;
    out.forces = f.data();
    ASSERT_EQ(orogen_evaluate(handle, &moved.structure, &out), OROGEN_OK) << orogen_last_error();
  };
  forces_at(h, plus), forces_at(-h, minus);
  for (std::size_t k = 0; k < n; ++k) EXPECT_NEAR(product[k], -(plus[k] - minus[k]) / (2 * h), 1e-5);
}

TEST(CInterface, tells_what_the_model_is) {
  const Handle handle;
  EXPECT_STREQ(orogen_version(), OROGEN_VERSION);
  EXPECT_EQ(orogen_abi_version(), OROGEN_ABI_VERSION);
  ASSERT_EQ(orogen_element_count(handle), 2);
  EXPECT_EQ(orogen_element(handle, 0), 1);
  EXPECT_EQ(orogen_element(handle, 1), 8);
  EXPECT_EQ(orogen_element(handle, 2), 0);
  EXPECT_DOUBLE_EQ(orogen_cutoff(handle), 3);
  EXPECT_DOUBLE_EQ(orogen_reach(handle), 6);
  EXPECT_EQ(orogen_layers(handle), 2);
  EXPECT_EQ(orogen_members(handle), 1);
  EXPECT_EQ(orogen_bits(handle), 64);
  EXPECT_EQ(orogen_threads(handle), 1);
  EXPECT_EQ(orogen_has_uncertainty(handle), 1);
  EXPECT_NE(std::strstr(orogen_header(handle), "reference_energy_eV"), nullptr);
  EXPECT_STREQ(orogen_symbol(8), "O");
  EXPECT_STREQ(orogen_symbol(0), "?");
  EXPECT_EQ(orogen_atomic_number("O"), 8);
  EXPECT_EQ(orogen_atomic_number("Xx"), 0);
}

TEST(CInterface, a_file_that_is_no_model_is_an_error_with_its_name) {
  orogen_potential* potential = reinterpret_cast<orogen_potential*>(1);
  EXPECT_EQ(orogen_load("/nowhere/model.safetensors", nullptr, &potential), OROGEN_INPUT);
  EXPECT_EQ(potential, nullptr);
  EXPECT_TRUE(says("/nowhere/model.safetensors")) << orogen_last_error();
  EXPECT_EQ(orogen_load(nullptr, nullptr, &potential), OROGEN_INPUT);
  EXPECT_EQ(orogen_load(model_path.c_str(), nullptr, nullptr), OROGEN_INPUT);
  const orogen_options odd{sizeof(orogen_options), 0, 16, 0}, thick{sizeof(orogen_options), 0, 0, 9};
  EXPECT_EQ(orogen_load(model_path.c_str(), &odd, &potential), OROGEN_INPUT);
  EXPECT_TRUE(says("precision")) << orogen_last_error();
  EXPECT_EQ(orogen_load(model_path.c_str(), &thick, &potential), OROGEN_INPUT);
  EXPECT_TRUE(says("skin")) << orogen_last_error();
}

/// What one broken structure gives; afterwards the handle must still work.
int status_of(const Handle& handle, const orogen_structure& structure) {
  orogen_result out = OROGEN_RESULT_INIT;
  const int status = orogen_evaluate(handle, &structure, &out);
  const std::string text = orogen_last_error();
  const Ice sound;
  EXPECT_EQ(orogen_evaluate(handle, &sound.structure, &out), OROGEN_OK) << orogen_last_error();
  EXPECT_EQ(orogen_last_error(), text);
  return status;
}

TEST(CInterface, bad_structures_are_errors_with_a_sentence_and_the_handle_goes_on) {
  const Handle handle;
  Ice ice;
  ice.positions[4] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(status_of(handle, ice.structure), OROGEN_COMPUTATION);
  EXPECT_TRUE(says("atom 1")) << orogen_last_error();
  ice = Ice();
  ice.structure.species = ice.species.data(), ice.structure.positions = ice.positions.data();
  std::copy_n(ice.positions.begin(), 3, ice.positions.begin() + 3);
  EXPECT_EQ(status_of(handle, ice.structure), OROGEN_COMPUTATION);
  EXPECT_TRUE(says("coincident")) << orogen_last_error();
  Ice flat;
  std::copy_n(flat.structure.cell, 3, flat.structure.cell + 3);
  EXPECT_EQ(status_of(handle, flat.structure), OROGEN_INPUT);
  EXPECT_TRUE(says("cell")) << orogen_last_error();
  Ice copper;
  copper.species[3] = 29;
  EXPECT_EQ(status_of(handle, copper.structure), OROGEN_INPUT);
  EXPECT_TRUE(says("atomic number 29")) << orogen_last_error();
  copper.species[3] = -7;
  EXPECT_EQ(status_of(handle, copper.structure), OROGEN_INPUT);
  EXPECT_TRUE(says("atom 3 has atomic number -7")) << orogen_last_error();
  Ice none;
  none.structure.atoms = 0;
  EXPECT_EQ(status_of(handle, none.structure), OROGEN_INPUT);
  none.structure.atoms = 3, none.structure.positions = nullptr;
  EXPECT_EQ(status_of(handle, none.structure), OROGEN_INPUT);
}

TEST(CInterface, refuses_what_a_structure_or_a_model_cannot_give) {
  const Handle handle;
  Ice slab;
  slab.structure.periodic[2] = 0;
  std::vector<double> nine(9);
  orogen_result out = OROGEN_RESULT_INIT;
  out.stress = nine.data();
  EXPECT_EQ(orogen_evaluate(handle, &slab.structure, &out), OROGEN_INPUT);
  EXPECT_TRUE(says("volume")) << orogen_last_error();
  out.stress = nullptr, out.member_energies = nine.data();
  EXPECT_EQ(orogen_evaluate(handle, &slab.structure, &out), OROGEN_INPUT);
  EXPECT_TRUE(says("committee")) << orogen_last_error();
  EXPECT_EQ(orogen_evaluate(nullptr, &slab.structure, &out), OROGEN_INPUT);
  EXPECT_EQ(orogen_evaluate(handle, nullptr, &out), OROGEN_INPUT);
}

TEST(CInterface, structures_of_another_size_are_refused_with_the_macro_that_sets_it) {
  const Handle handle;
  Ice ice;
  orogen_result out{};
  EXPECT_EQ(orogen_evaluate(handle, &ice.structure, &out), OROGEN_INPUT);
  EXPECT_TRUE(says("result.struct_size = 0")) << orogen_last_error();
  EXPECT_TRUE(says("_INIT")) << orogen_last_error();
  out = OROGEN_RESULT_INIT;
  ++ice.structure.struct_size;
  EXPECT_EQ(orogen_evaluate(handle, &ice.structure, &out), OROGEN_INPUT);
  EXPECT_TRUE(says("header of the library")) << orogen_last_error();
  EXPECT_EQ(orogen_hessian_vector(handle, &ice.structure, ice.positions.data(), ice.positions.data()), OROGEN_INPUT);
  const Ice sound;
  const orogen_structure both[2] = {sound.structure, ice.structure};
  orogen_result answers[2] = {OROGEN_RESULT_INIT, OROGEN_RESULT_INIT};
  EXPECT_EQ(orogen_evaluate_batch(handle, 2, both, answers), OROGEN_INPUT);
  orogen_potential* potential = nullptr;
  const orogen_options zero{};
  EXPECT_EQ(orogen_load(model_path.c_str(), &zero, &potential), OROGEN_INPUT);
  EXPECT_TRUE(says("options.struct_size")) << orogen_last_error();
  orogen_domain* domain = nullptr;
  ASSERT_EQ(orogen_domain_load(model_path.c_str(), nullptr, &domain), OROGEN_OK) << orogen_last_error();
  const orogen_lists lists{};
  orogen_domain_result shares{};
  EXPECT_EQ(orogen_domain_set_lists(domain, &lists), OROGEN_INPUT);
  EXPECT_TRUE(says("lists.struct_size")) << orogen_last_error();
  EXPECT_EQ(orogen_domain_evaluate(domain, nullptr, &shares), OROGEN_INPUT);
  EXPECT_TRUE(says("result.struct_size")) << orogen_last_error();
  orogen_domain_free(domain);
}

TEST(CInterface, a_failing_structure_of_a_batch_is_named) {
  const Handle handle;
  const Ice first;
  Ice second;
  second.species[0] = 999;
  const orogen_structure both[2] = {first.structure, second.structure};
  orogen_result out[2] = {OROGEN_RESULT_INIT, OROGEN_RESULT_INIT};
  EXPECT_EQ(orogen_evaluate_batch(handle, 2, both, out), OROGEN_INPUT);
  EXPECT_TRUE(says("structure 1 of the batch")) << orogen_last_error();
}

TEST(CInterface, threads_share_a_handle_and_keep_their_own_errors) {
  const Handle handle;
  const Ice ice;
  orogen_result alone = OROGEN_RESULT_INIT;
  ASSERT_EQ(orogen_evaluate(handle, &ice.structure, &alone), OROGEN_OK);
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      if (orogen_last_error()[0]) ++wrong[std::size_t(t)];
      for (int k = 0; k < 20; ++k) {
        orogen_result out = OROGEN_RESULT_INIT;
        if (orogen_evaluate(handle, &ice.structure, &out) || std::abs(out.energy - alone.energy) > 1e-9)
          ++wrong[std::size_t(t)];
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(CInterface, a_handle_of_null_has_nothing_and_says_so) {
  EXPECT_EQ(orogen_load("/nowhere.safetensors", nullptr, nullptr), OROGEN_INPUT);
  EXPECT_EQ(orogen_element_count(nullptr), 0);
  EXPECT_STREQ(orogen_last_error(), "the handle is NULL");
  for (int count : {orogen_element(nullptr, 0), orogen_layers(nullptr), orogen_members(nullptr),
                    orogen_has_uncertainty(nullptr), orogen_threads(nullptr), orogen_bits(nullptr)})
    EXPECT_EQ(count, 0);
  EXPECT_EQ(orogen_cutoff(nullptr), 0);
  EXPECT_EQ(orogen_reach(nullptr), 0);
  EXPECT_EQ(orogen_header(nullptr), nullptr);
}

TEST(CInterface, a_direction_that_is_not_finite_is_bad_input) {
  const Handle handle;
  const Ice ice;
  std::vector<double> v(ice.positions.size(), 1.0), product(v.size());
  v[4] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(orogen_hessian_vector(handle, &ice.structure, v.data(), product.data()), OROGEN_INPUT);
  EXPECT_TRUE(says("direction of atom 1")) << orogen_last_error();
}

TEST(CInterface, a_forked_child_computes_with_threads_of_its_own) {
  const Handle handle(model_path, {sizeof(orogen_options), 3, OROGEN_FLOAT64, 0});
  const Ice ice;
  orogen_result out = OROGEN_RESULT_INIT;
  ASSERT_EQ(orogen_evaluate(handle, &ice.structure, &out), OROGEN_OK) << orogen_last_error();
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);  // a child that hangs ends by a signal
    orogen_result again = OROGEN_RESULT_INIT;
    const int status = orogen_evaluate(handle, &ice.structure, &again);
    orogen_free(handle);
    ::_exit(status || again.energy != out.energy);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(CInterface, the_example_prints_the_energy_and_refuses_bad_files) {
  const ScratchFolder folder;
  write_atomically(folder / "water.xyz", "3\nwater\nO 0.01 0 0.02\nH 0.97 0.03 0\nH -0.23 0.92 -0.05\n");
  const std::string program = std::string(OROGEN_BINARY) + "_example_c '" + model_path + "' ";
  const auto done = run_shell(folder, program + "water.xyz");
  EXPECT_EQ(done.code, 0) << done.err;
  orogen_structure water = OROGEN_STRUCTURE_INIT;
  const int species[] = {8, 1, 1};
  const double positions[] = {0.01, 0, 0.02, 0.97, 0.03, 0, -0.23, 0.92, -0.05};
  water.atoms = 3, water.species = species, water.positions = positions;
  orogen_result out = OROGEN_RESULT_INIT;
  ASSERT_EQ(orogen_evaluate(Handle(), &water, &out), OROGEN_OK);
  char energy[64];
  std::snprintf(energy, sizeof energy, "energy %.10f eV\n", out.energy);
  EXPECT_NE(done.out.find(energy), std::string::npos) << done.out;
  EXPECT_EQ(run_shell(folder, program + "nowhere.xyz").code, OROGEN_INPUT);
  write_atomically(folder / "copper.xyz", "1\n\nCu 0 0 0\n");
  const auto refused = run_shell(folder, program + "copper.xyz");
  EXPECT_EQ(refused.code, OROGEN_INPUT);
  EXPECT_NE(refused.err.find("atomic number 29"), std::string::npos) << refused.err;
}

}  // namespace
