// Writes a structure for LAMMPS, runs lmp-orogen on one or more ranks with a time limit, and reads what it dumped.
#pragma once
#include <fstream>
#include <iomanip>
#include <sstream>

#include "app/command.hpp"
#include "orogen/system/elements.hpp"
#include "potential/domain_fixtures.hpp"

namespace orogen::lammps_run {

/// A cell as LAMMPS wants it (a along x, b in the xy plane): the fixtures' cells are lower-triangular already.
inline void write_data(const std::filesystem::path& path, const Structure& s, const std::vector<int>& elements) {
  std::ofstream out(path);
  const Mat3& h = s.cell.rows;
  out << std::setprecision(17) << "structure of a test\n\n"
      << s.size() << " atoms\n"
      << elements.size() << " atom types\n";
  out << "0 " << h(0, 0) << " xlo xhi\n0 " << h(1, 1) << " ylo yhi\n0 " << h(2, 2) << " zlo zhi\n";
  out << h(1, 0) << ' ' << h(2, 0) << ' ' << h(2, 1) << " xy xz yz\n\nMasses\n\n";
  for (std::size_t t = 0; t < elements.size(); ++t) out << t + 1 << ' ' << standard_mass(elements[t]) << '\n';
  out << "\nAtoms # atomic\n\n";
  for (int i = 0; i < s.size(); ++i) {
    const int type = int(std::find(elements.begin(), elements.end(), s.species[i]) - elements.begin()) + 1;
    out << i + 1 << ' ' << type << ' ' << s.positions[i][0] << ' ' << s.positions[i][1] << ' ' << s.positions[i][2]
        << '\n';
  }
}

inline std::string words_of(const std::vector<int>& elements) {
  std::string text;
  for (int z : elements) text += " " + std::string(symbol(z));
  return text;
}

/// Commands before the run: units, the structure in `data`, the style.
struct Deck {
  std::string units = "metal", boundary = "p p p", words = "precision float64", data = "structure.data",
              model = "model.safetensors", extra = "", elements = " H O Cu";
  std::string text() const {
    return "units " + units + "\natom_style atomic\natom_modify map array sort 0 0\nboundary " + boundary +
           "\nbox tilt large\n" + extra + "\nread_data " + data + "\npair_style orogen " + words + "\npair_coeff * * " +
           model + elements + "\n";
  }
};

/// Commands that write positions, forces, energies and virials of every atom to dump.txt, and the sums to the screen.
inline const char* report = R"in(
compute site all pe/atom
compute share all stress/atom NULL pair
compute p all pressure NULL pair
dump final all custom 1 dump.txt id x y z fx fy fz c_site c_share[1] c_share[2] c_share[3] c_share[4] c_share[5] c_share[6]
dump_modify final sort id format float %.17g
thermo_style custom step pe c_p[1]
run 0 post no
print "ENERGY $(pe:%.17g)"
print "VIRIAL $(c_p[1]*vol:%.17g) $(c_p[2]*vol:%.17g) $(c_p[3]*vol:%.17g) $(c_p[4]*vol:%.17g) $(c_p[5]*vol:%.17g) $(c_p[6]*vol:%.17g)"
)in";

/// Runs `input` on `ranks` ranks. A run that takes longer than `seconds` is ended and has code 124.
inline CommandResult run_lammps(const ScratchFolder& folder, const std::string& input, int ranks = 1, int seconds = 60,
                                const std::string& options = "") {
  std::ofstream(folder / "in.lmp") << input;
  std::string command = "KIM_API_PORTABLE_MODELS_DIR=$PWD/kim timeout -k 5 " + std::to_string(seconds) + " ";
  if (ranks > 1)
    command +=
        "mpirun --allow-run-as-root --oversubscribe --bind-to none --mca mpi_yield_when_idle 1 "
        "--mca btl_vader_single_copy_mechanism none -np " +
        std::to_string(ranks) + " ";
  return run_shell(folder, command + OROGEN_LMP " -in in.lmp -log none " + options + " </dev/null");
}

/// The numbers after `key` on its line of the output.
inline std::vector<double> numbers(const std::string& out, const std::string& key) {
  std::vector<double> values;
  const auto at = out.find("\n" + key + " ");
  if (at == std::string::npos) return values;
  std::istringstream line(out.substr(at + key.size() + 2, out.find('\n', at + 1) - at - key.size() - 2));
  for (double v; line >> v;) values.push_back(v);
  return values;
}

/// Rows of the last frame of a dump, sorted by id; columns after the id.
inline std::vector<std::vector<double>> last_frame(const std::filesystem::path& path) {
  std::vector<std::vector<double>> rows;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("ITEM: TIMESTEP")) rows.clear();
    if (!line.starts_with("ITEM: ATOMS")) continue;
    while (in.peek() != EOF && in.peek() != 'I' && std::getline(in, line)) {
      std::istringstream words(line);
      double v;
      words >> v;
      rows.emplace_back();
      while (words >> v) rows.back().push_back(v);
    }
  }
  return rows;
}

}  // namespace orogen::lammps_run
