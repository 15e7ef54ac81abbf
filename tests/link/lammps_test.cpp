// pair_style orogen in LAMMPS, on one rank and on two, gives what the library gives.
#include <gtest/gtest.h>

#include "link/lammps_run.hpp"

namespace orogen {
namespace {

using namespace domain;
using namespace lammps_run;

constexpr double tolerance = 1e-10;            // relative
constexpr double pressure_unit = 1.6021765e6;  // bar per eV/Å³, as LAMMPS 29Sep2021 has it
constexpr int virial_row[] = {0, 1, 2, 0, 0, 1}, virial_column[] = {0, 1, 2, 1, 2, 2};

struct Case {
  const char* name;
  Structure structure;
  const char* boundary;
  const char* extra = "";
};
Case molecule_case() {
  Structure s = molecule();
  s.cell.rows = 30 * Mat3::Identity();
  for (Vec3& r : s.positions) r += Vec3(3, 12, 20);  // all on one rank of two: the other's domain is empty
  return {"molecule", s, "f f f"};
}
Case slab_case() {
  Structure s = slab();
  s.cell.rows(2, 2) = 20;
  return {"slab", s, "p p f"};
}
std::vector<Case> cases() {
  return {molecule_case(), {"triclinic", triclinic(), "p p p"}, slab_case(), {"tiny", tiny(), "p p p"}};
}

Structure in_cell_of(const Structure& s, const char* boundary) {
  Structure t = s;
  for (int d = 0; d < 3; ++d) t.cell.periodic[d] = boundary[2 * d] == 'p';
  return t;
}

/// Positions as LAMMPS wrote them, so that both evaluate the same numbers.
Structure dumped(const Case& c, const std::vector<std::vector<double>>& frame) {
  Structure s = in_cell_of(c.structure, c.boundary);
  for (int i = 0; i < s.size(); ++i) s.positions[i] = Vec3(frame[i][0], frame[i][1], frame[i][2]);
  return s;
}

void expect_agreement(const ScratchFolder& folder, const Case& c, const Model& model, const CommandResult& result,
                      double unit = 1, double pressure = pressure_unit) {
  ASSERT_EQ(result.code, 0) << c.name << result.out << result.err;
  const auto frame = last_frame(folder / "dump.txt");
  ASSERT_EQ(int(frame.size()), c.structure.size()) << c.name;
  const Structure s = dumped(c, frame);
  const auto library = make_learned_potential(model, {.precision = "float64"});
  const Evaluation e = library->evaluate(s, {.site_energies = true, .site_virials = true});
  double largest = 1, virial_size = 1;
  for (const Vec3& f : e.forces) largest = std::max(largest, f.norm());
  for (const Mat3& w : e.site_virials) virial_size = std::max(virial_size, w.norm());
  const auto energy = numbers(result.out, "ENERGY"), virial = numbers(result.out, "VIRIAL");
  ASSERT_EQ(energy.size(), 1u);
  ASSERT_EQ(virial.size(), 6u);
  EXPECT_NEAR(energy[0] / unit, e.energy, tolerance * (1 + std::abs(e.energy))) << c.name;
  for (int k = 0; k < 6; ++k)
    EXPECT_NEAR(virial[k] / pressure, e.virial(virial_row[k], virial_column[k]), tolerance * (1 + e.virial.norm()))
        << c.name;
  for (int i = 0; i < s.size(); ++i) {
    ASSERT_EQ(frame[i].size(), 13u);
    const Vec3 f = Vec3(frame[i][3], frame[i][4], frame[i][5]) / unit;
    EXPECT_LT((f - e.forces[i]).norm(), tolerance * largest) << c.name << " atom " << i;
    EXPECT_NEAR(frame[i][6] / unit, e.site_energies[i], tolerance * (1 + std::abs(e.site_energies[i]))) << c.name;
    const Mat3 w = 0.5 * (e.site_virials[i] + e.site_virials[i].transpose());
    for (int k = 0; k < 6; ++k)
      EXPECT_NEAR(-frame[i][7 + k] / pressure, w(virial_row[k], virial_column[k]), tolerance * virial_size) << c.name;
  }
}

void compare(const Case& c, const Model& model, int ranks, const std::string& words = "precision float64",
             const std::string& before = "") {
  ScratchFolder folder;
  write_model(folder / "model.safetensors", model);
  write_data(folder / "structure.data", c.structure, model.elements);
  const Deck deck{.boundary = c.boundary, .words = words, .extra = c.extra};
  expect_agreement(folder, c, model, run_lammps(folder, deck.text() + before + report, ranks));
}

TEST(Lammps, one_layer_agrees_with_the_library_on_one_rank_and_on_two) {
  for (const Case& c : cases())
    for (int ranks : {1, 2}) compare(c, random_model({}), ranks);
}
TEST(Lammps, two_layers_agree_with_the_library_on_one_rank_and_on_two) {
  for (const Case& c : cases())
    for (int ranks : {1, 2}) compare(c, random_model({.layers = 2}), ranks);
}
TEST(Lammps, agrees_on_four_ranks_and_with_threads) {
  compare({"triclinic", triclinic(), "p p p"}, random_model({.layers = 2}), 4, "precision float64 threads 2");
}
TEST(Lammps, a_committee_agrees_with_the_library) {
  for (int layers : {1, 2})
    compare({"triclinic", triclinic(), "p p p"}, random_model({.layers = layers, .members = 3}), 2);
}
TEST(Lammps, agrees_after_atoms_have_moved_between_ranks_and_left_the_cell) {
  const std::string walk =
      "velocity all create 4000 87287 loop geom\nvelocity all set 0.9 0.4 NULL sum yes\nfix move all nve\n"
      "timestep 0.0005\nneigh_modify every 1 delay 0 check yes\nrun 25\nunfix move\n";
  for (int layers : {1, 2})
    compare({"triclinic", triclinic(), "p p p"}, random_model({.layers = layers}), 2, "precision float64", walk);
}
TEST(Lammps, unwrapped_atoms_far_outside_the_cell_are_wrapped) {
  Case c{"triclinic", triclinic(), "p p p"};
  for (int i = 0; i < c.structure.size(); i += 3)
    c.structure.positions[i] += 7.0 * c.structure.cell.rows.row(0).transpose();
  compare(c, random_model({}), 2);
}
TEST(Lammps, units_real_are_converted) {
  const Case c{"triclinic", triclinic(), "p p p"};
  const Model model = random_model({});
  ScratchFolder folder;
  write_model(folder / "model.safetensors", model);
  write_data(folder / "structure.data", c.structure, model.elements);
  const double unit = 6.02214076e23 * 1.602176634e-19 / 4184;  // kcal/mol per eV, all three exact
  expect_agreement(folder, c, model, run_lammps(folder, Deck{.units = "real"}.text() + report), unit, unit * 68568.415);
}
TEST(Lammps, single_precision_stays_close) {
  const Case c{"triclinic", triclinic(), "p p p"};
  const Model model = random_model({.layers = 2});
  ScratchFolder folder;
  write_model(folder / "model.safetensors", model);
  write_data(folder / "structure.data", c.structure, model.elements);
  const auto result = run_lammps(folder, Deck{.words = "precision float32"}.text() + report, 2);
  ASSERT_EQ(result.code, 0) << result.err;
  const auto frame = last_frame(folder / "dump.txt");
  const double energy = make_learned_potential(model)->evaluate(dumped(c, frame)).energy;
  const double found = numbers(result.out, "ENERGY").at(0);
  EXPECT_NEAR(found, energy, 1e-4 * std::abs(energy));
  EXPECT_NE(found, energy);
}

/// Commands that use the style under hybrid/overlay, where LAMMPS knows the hybrid's communication sizes only.
std::string overlay(const std::string& words, const std::string& after = "") {
  return "pair_style hybrid/overlay orogen " + words + " zero 5.0\n" +
         "pair_coeff * * orogen model.safetensors H O Cu\npair_coeff * * zero\n" + after;
}
TEST(Lammps, agrees_under_hybrid_overlay) {
  for (const ModelChoice& choice : {ModelChoice{.layers = 2}, ModelChoice{.layers = 2, .members = 3}})
    for (int ranks : {1, 2})
      compare({"triclinic", triclinic(), "p p p"}, random_model(choice), ranks, "", overlay("precision float64"));
}

/// Input that writes each atom's uncertainty and their maximum.
const char* uncertainty_report = R"in(
compute worst all pair orogen
variable worst equal c_worst[1]
dump final all custom 1 dump.txt id x y z d_uncertainty
dump_modify final sort id format float %.17g
thermo_style custom step pe c_worst[1]
run 0 post no
print "WORST $(v_worst:%.17g)"
)in";

void compare_uncertainty(const Model& model, int ranks, const std::string& words = "precision float64 uncertainty 1",
                         const std::string& before = "") {
  const Case c{"triclinic", triclinic(), "p p p"};
  ScratchFolder folder;
  write_model(folder / "model.safetensors", model);
  write_data(folder / "structure.data", c.structure, model.elements);
  const std::string property = "fix u all property/atom d_uncertainty\n";
  const auto result = run_lammps(folder, Deck{.words = words}.text() + before + property + uncertainty_report, ranks);
  ASSERT_EQ(result.code, 0) << result.out << result.err;
  const auto frame = last_frame(folder / "dump.txt");
  ASSERT_EQ(int(frame.size()), c.structure.size());
  const Evaluation e =
      make_learned_potential(model, {.precision = "float64"})->evaluate(dumped(c, frame), {.uncertainty = true});
  double worst = 0;
  for (int i = 0; i < c.structure.size(); ++i) {
    EXPECT_NEAR(frame[i].at(3), e.uncertainty[i], 1e-9 * (1 + e.uncertainty[i]));
    worst = std::max(worst, e.uncertainty[i]);
  }
  EXPECT_GT(worst, 1e-3);
  EXPECT_NEAR(numbers(result.out, "WORST").at(0), worst, 1e-9 * (1 + worst));
}
TEST(Lammps, uncertainty_per_atom_and_its_maximum_reach_the_input) {
  for (int ranks : {1, 2}) {
    compare_uncertainty(random_model({.last_layer = true}), ranks);
    compare_uncertainty(random_model({.layers = 2, .members = 3}), ranks);
  }
}
TEST(Lammps, uncertainty_of_a_committee_fits_its_messages_under_hybrid_overlay) {
  for (int ranks : {1, 2})
    compare_uncertainty(random_model({.members = 9}), ranks, "", overlay("precision float64 uncertainty 1"));
}
TEST(Lammps, uncertainty_is_known_from_the_first_step_of_a_run) {
  compare_uncertainty(random_model({.last_layer = true}), 1, "precision float64 uncertainty 7", "reset_timestep 3\n");
}
TEST(Lammps, fix_halt_ends_a_run_whose_uncertainty_is_too_large) {
  const Case c{"triclinic", triclinic(), "p p p"};
  const Model model = random_model({.last_layer = true});
  ScratchFolder folder;
  write_model(folder / "model.safetensors", model);
  write_data(folder / "structure.data", c.structure, model.elements);
  for (const char* limit : {"1e-6", "1e6"}) {
    const auto result = run_lammps(folder,
                                   Deck{.words = "uncertainty 5"}.text() +
                                       "compute worst all pair orogen\nvariable worst equal c_worst[1]\n"
                                       "fix move all nve\ntimestep 1e-5\n"
                                       "fix stop all halt 5 v_worst > " +
                                       limit + " error continue\nrun 20\nprint \"STEPS $(step)\"\n",
                                   2);
    ASSERT_EQ(result.code, 0) << result.out << result.err;
    EXPECT_EQ(numbers(result.out, "STEPS").at(0), limit[2] == '-' ? 5 : 20);
  }
}

/// A structure, its model, and state.restart written by a run of both.
struct Restart : testing::Test {
  const Case c{"triclinic", triclinic(), "p p p"};
  const Model model = random_model({.layers = 2}), other = random_model({.layers = 1});
  const std::string again = "units metal\natom_modify map array sort 0 0\nread_restart state.restart\n";
  ScratchFolder folder;

  void write(const std::string& before = "") {
    write_model(folder / "model.safetensors", model);
    write_model(folder / "other.safetensors", other);
    write_data(folder / "structure.data", c.structure, model.elements);
    const auto result = run_lammps(folder, Deck{}.text() + before + "run 0\nwrite_restart state.restart\n", 2);
    ASSERT_EQ(result.code, 0) << result.out << result.err;
  }
  void move_model() { std::filesystem::rename(folder / "model.safetensors", folder / "moved.safetensors"); }
  void expect_model(const Model& expected, const std::string& input) {
    expect_agreement(folder, c, expected, run_lammps(folder, input + report, 2));
  }
  void expect_error(const std::string& input, const std::string& part) {
    const auto result = run_lammps(folder, input + "run 0\n", 2, 30);
    EXPECT_NE(result.code, 0) << part;
    EXPECT_NE(result.code, 124) << "a hang: " << part;
    EXPECT_NE((result.out + result.err).find(part), std::string::npos) << part << '\n' << result.out << result.err;
  }
};
TEST_F(Restart, brings_the_style_back_also_in_another_folder) {
  write();
  expect_model(model, again);
  std::filesystem::create_directory(folder / "below");
  expect_model(model,
               "units metal\natom_modify map array sort 0 0\nshell cd below\nread_restart ../state.restart\n"
               "shell cd ..\n");
}
TEST_F(Restart, without_its_model_waits_for_a_pair_coeff_that_names_it) {
  write();
  move_model();
  expect_error(again, "no model (");
  expect_error(again + "pair_coeff * * other.safetensors H O Cu\n",
               "not the model that the restart file was written with");
  expect_model(model, again + "pair_coeff * * moved.safetensors H O Cu\n");
  expect_model(other, again + "pair_style orogen precision float64\npair_coeff * * other.safetensors H O Cu\n");
}
TEST_F(Restart, finds_a_model_that_was_moved_along_with_it) {
  write();
  std::filesystem::create_directory(folder / "below");
  std::filesystem::rename(folder / "model.safetensors", folder / "below/model.safetensors");
  expect_model(model,
               "units metal\natom_modify map array sort 0 0\nshell cd below\nread_restart ../state.restart\n"
               "shell cd ..\n");
}
TEST_F(Restart, refuses_a_model_that_was_changed_under_its_name) {
  write();
  write_model(folder / "model.safetensors", other);
  expect_error(again, "not the model that the restart file was written with");
}
TEST_F(Restart, keeps_the_settings_under_hybrid) {
  write(overlay("precision float64"));
  const std::string after = "pair_coeff * * orogen model.safetensors H O Cu\npair_coeff * * zero\n";
  expect_model(model, again + after);
  write_model(folder / "model.safetensors", other);
  expect_error(again + after, "not the model that the restart file was written with");
}
TEST(Lammps, the_style_survives_clear) {
  const Case c{"triclinic", triclinic(), "p p p"};
  const Model model = random_model({});
  ScratchFolder folder;
  write_model(folder / "model.safetensors", model);
  write_data(folder / "structure.data", c.structure, model.elements);
  expect_agreement(folder, c, model, run_lammps(folder, Deck{}.text() + "run 0\nclear\n" + Deck{}.text() + report));
}

TEST(Lammps, the_style_is_there_in_every_partition) {
  const Case c{"triclinic", triclinic(), "p p p"};
  const Model model = random_model({});
  ScratchFolder folder;
  write_model(folder / "model.safetensors", model);
  write_data(folder / "structure.data", c.structure, model.elements);
  const auto done = run_lammps(folder, Deck{}.text() + "run 0\n", 2, 60, "-partition 2x1");
  EXPECT_EQ(done.code, 0) << done.out << done.err;
}

/// The run on two ranks ends on both, in bounded time, and says `part`.
void expect_refusal(const Deck& deck, const std::string& after, const std::string& part,
                    const Structure& s = triclinic()) {
  ScratchFolder folder;
  const Model model = random_model({.layers = 2});
  write_model(folder / "model.safetensors", model);
  std::ofstream(folder / "broken.safetensors") << "not a model";
  write_data(folder / "structure.data", s, model.elements);
  const auto result = run_lammps(folder, deck.text() + after + "run 1\n", 2, 30);
  EXPECT_NE(result.code, 0) << part;
  EXPECT_NE(result.code, 124) << "a hang: " << part;
  EXPECT_NE((result.out + result.err).find(part), std::string::npos) << part << '\n' << result.out << result.err;
}
TEST(Lammps, mistakes_in_the_input_end_every_rank_with_a_clear_error) {
  expect_refusal({.elements = " H O Fe"}, "", "element 'Fe' of atom type 3: the model knows H O Cu");
  expect_refusal({.elements = " H O"}, "", "2 elements for 3 atom types");
  expect_refusal({.model = "missing.safetensors"}, "", "missing.safetensors");
  expect_refusal({.model = "broken.safetensors"}, "", "broken.safetensors");
  expect_refusal({.units = "lj"}, "", "expected metal or real");
  expect_refusal({.words = "precision half"}, "", "expected float32 or float64");
  expect_refusal({.words = "thread 2"}, "", "unknown word 'thread'");
  expect_refusal({.extra = "newton off"}, "", "needs newton on");
  expect_refusal({.words = "threads 100000"}, "", "threads 100000, expected a whole number, 1 … 4096");
}
TEST(Lammps, hidden_neighbours_are_refused_whenever_they_are_hidden) {
  const std::string exclude = "neigh_modify exclude type 1 1\n", reason = "sees every neighbour: ";
  expect_refusal({}, exclude, reason + "remove neigh_modify exclude");
  expect_refusal({}, "run 0\n" + exclude, reason + "remove neigh_modify exclude");
  expect_refusal({.extra = "atom_modify first some"}, "group some type 1 2\nneigh_modify include some\n",
                 reason + "remove neigh_modify include");
  const std::string none = "pair_coeff 1 1 none\n", hybrid = reason + "under hybrid use hybrid/overlay";
  expect_refusal({}, overlay("", none), hybrid);
  expect_refusal({}, overlay("") + "run 0\n" + none, hybrid);
  expect_refusal({},
                 "pair_style hybrid orogen zero 5.0\npair_coeff * * orogen model.safetensors H O Cu\n"
                 "pair_coeff 1 2 zero\n",
                 hybrid);
}
TEST(Lammps, an_uncertainty_that_is_not_computed_is_never_taken_for_zero) {
  const std::string compute = "compute worst all pair orogen\n";
  expect_refusal({}, compute + "thermo_style custom step c_worst[1]\n", "Thermo compute does not compute vector");
  expect_refusal({}, compute + "variable w equal c_worst[1]\nfix stop all halt 1 v_w > 0.1\n", "Mismatched compute");
  expect_refusal({.words = "uncertainty 1"}, compute + "pair_style orogen\n",
                 "compute worst pair orogen wants an uncertainty that is not computed");
  ScratchFolder folder;
  const Model model = random_model({});
  write_model(folder / "model.safetensors", model);
  write_data(folder / "structure.data", triclinic(), model.elements);
  const auto result = run_lammps(folder, Deck{}.text() + "fix u all property/atom d_uncertainty\nrun 0\n");
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_NE((result.out + result.err).find("does not compute what d_uncertainty is to hold"), std::string::npos);
}
TEST(Lammps, coincident_atoms_end_every_rank) {
  Structure s = triclinic();
  s.positions[1] = s.positions[0];
  expect_refusal({}, "", "coincident atoms", s);
}

#ifdef OROGEN_KIM_MODEL
const char* kim_name = "Test_orogen__MO_000000000001_000";

/// A deck that uses the installed KIM model instead of the pair style, in the stock lmp or in ours.
std::string kim_deck(const Case& c, const std::string& units = "metal") {
  return "kim init " + std::string(kim_name) + " " + units + " unit_conversion_mode\natom_style atomic\n" +
         "atom_modify map array sort 0 0\nboundary " + c.boundary +
         "\nbox tilt large\nread_data structure.data\nkim interactions H O Cu\n";
}
void prepare_kim(const ScratchFolder& folder, const Case& c, const Model& model) {
  write_model(folder / "model.safetensors", model);
  write_data(folder / "structure.data", c.structure, model.elements);
  const auto installed = run_shell(folder, std::string(OROGEN_TEST_DIR) + "/../tools/install_kim_model.sh " +
                                               OROGEN_KIM_MODEL + " model.safetensors " + kim_name + " kim");
  ASSERT_EQ(installed.code, 0) << installed.err;
}

TEST(KimModel, agrees_with_the_library_in_lammps) {
  for (int layers : {1, 2})
    for (const Case& c : cases()) {
      ScratchFolder folder;
      const Model model = random_model({.layers = layers});
      prepare_kim(folder, c, model);
      expect_agreement(folder, c, model,
                       run_lammps(folder, kim_deck(c) + report, std::string(c.name) == "triclinic" ? 2 : 1));
    }
}
TEST(KimModel, tells_what_is_wrong) {
  const Case c{"triclinic", triclinic(), "p p p"};
  ScratchFolder folder;
  prepare_kim(folder, c, random_model({}));
  std::string deck = kim_deck(c);
  deck.replace(deck.find("O Cu"), 4, "O Fe");
  const auto result = run_lammps(folder, deck + report, 2);
  EXPECT_NE(result.code, 0);
  EXPECT_NE(result.code, 124);
  EXPECT_NE((result.out + result.err).find("Fe"), std::string::npos) << result.out << result.err;
  std::ofstream(folder / "kim" / kim_name / "model.safetensors") << "not a model";
  const auto broken = run_lammps(folder, kim_deck(c) + report, 1);
  EXPECT_NE(broken.code, 0);
  EXPECT_NE(broken.code, 124);
  EXPECT_NE(read_file(folder / "kim.log").find("model.safetensors"), std::string::npos);
}
TEST(KimModel, neighbours_that_the_simulator_leaves_out_are_refused) {
  const Case c{"triclinic", triclinic(), "p p p"};
  const std::string exclude = "neigh_modify exclude type 1 1\n";
  for (int layers : {1, 2})
    for (const std::string before : {"", "run 0\n"}) {
      ScratchFolder folder;
      prepare_kim(folder, c, random_model({.layers = layers}));
      const auto result = run_lammps(folder, kim_deck(c) + before + exclude + "run 0\n");
      EXPECT_NE(result.code, 0);
      EXPECT_NE(result.code, 124);
      EXPECT_NE(read_file(folder / "kim.log").find("the simulator must leave out none"), std::string::npos);
    }
}
TEST(KimModel, is_installed_with_its_tool_and_lmp_orogen) {
  ScratchFolder folder;
  const std::string build = std::filesystem::path(OROGEN_BINARY).parent_path();
  write_model(folder / "model.safetensors", random_model({}));
  const auto done =
      run_shell(folder, "cmake --install '" + build + "' --component lammps --prefix p && " +
                            "test -x p/bin/lmp-orogen && p/bin/orogen-install-kim-model " +
                            "$(find p -name libkim-api-portable-model.so) model.safetensors " + kim_name + " kim");
  EXPECT_EQ(done.code, 0) << done.out << done.err;
}
TEST(KimModel, the_folder_that_installation_prints_is_absolute) {
  ScratchFolder folder;
  write_model(folder / "model.safetensors", random_model({}));
  const std::string tool = std::string(OROGEN_TEST_DIR) + "/../tools/install_kim_model.sh ";
  const auto done = run_shell(folder, tool + OROGEN_KIM_MODEL + " model.safetensors " + kim_name + " 'my models'");
  ASSERT_EQ(done.code, 0) << done.err;
  const auto found = run_shell(folder, done.out.substr(done.out.find("export ")) +
                                           "cd / && test -f \"$KIM_API_PORTABLE_MODELS_DIR\"/*/model.safetensors");
  EXPECT_EQ(found.code, 0) << done.out << found.err;
}
#endif

}  // namespace
}  // namespace orogen
