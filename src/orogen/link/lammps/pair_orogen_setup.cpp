// The commands of pair_style orogen and its restart records: words in, a model ready for use out.
#include <atom.h>
#include <comm.h>
#include <error.h>
#include <memory.h>
#include <neighbor.h>
#include <update.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <sstream>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/sha256.hpp"
#include "orogen/link/lammps/pair_orogen.hpp"
#include "orogen/system/elements.hpp"

using namespace LAMMPS_NS;
using std::to_string;

/// A whole number, least … most; −1 for any other text.
static int whole_number(const char* word, int least, int most) {
  char* end = nullptr;
  const long value = std::strtol(word, &end, 10);
  return *word && !*end && value >= least && value <= most ? int(value) : -1;
}

void PairOrogen::settings(int count, char** words) {
  const std::string units = update->unit_style;
  if (units != "metal" && units != "real")
    error->all(FLERR, "pair_style orogen: units " + units + ", expected metal or real");
  settings_.precision.clear(), settings_.threads = 1, settings_.uncertainty_every = 0;
  for (int k = 0; k < count; k += 2) {
    const std::string key = words[k];
    if (key != "precision" && key != "threads" && key != "uncertainty")
      error->all(FLERR, "pair_style orogen: unknown word '" + key + "', expected precision, threads or uncertainty");
    if (k + 1 == count) error->all(FLERR, "pair_style orogen: '" + key + "' has no value");
    const std::string value = words[k + 1];
    if (key == "precision") {
      if (value != "float32" && value != "float64")
        error->all(FLERR, "pair_style orogen: precision " + value + ", expected float32 or float64");
      settings_.precision = value;
    } else {
      const bool threads = key == "threads";
      const int least = threads ? 1 : 0, most = threads ? 4096 : 1000000000;
      const int number = whole_number(words[k + 1], least, most);
      if (number < 0)
        error->all(FLERR, "pair_style orogen: " + key + " " + value + ", expected a whole number, " + to_string(least) +
                              " … " + to_string(most));
      (threads ? settings_.threads : settings_.uncertainty_every) = number;
    }
  }
  // Without it `compute pair` has no vector, and whoever reads that an error.
  nextra = settings_.uncertainty_every ? 1 : 0;
  restart_digest_.clear(), unloaded_.clear();
  if (domain_) must([&] { make_domain(domain_->model()); });
}

void PairOrogen::coeff(int count, char** words) {
  if (count < 3 || std::string(words[0]) != "*" || std::string(words[1]) != "*")
    error->all(FLERR, std::string("pair_coeff of orogen: expected * * FILE and one element per atom type"));
  if (count != 3 + atom->ntypes)
    error->all(FLERR, "pair_coeff of orogen: " + to_string(count - 3) + " elements for " + to_string(atom->ntypes) +
                          " atom types, expected one per type");
  settings_.elements.assign(words + 3, words + count);
  must([&] { load_model(words[2]); });
  allocate();
}

std::string PairOrogen::problem_of(const std::function<void()>& work) {
  std::string problem;
  try {
    work();
  } catch (const std::exception& e) {
    problem = e.what();
  }
  const int none = comm->nprocs, mine = problem.empty() ? none : comm->me;
  int first = none;
  MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, world);
  if (first == none) return {};
  int size = int(problem.size());
  MPI_Bcast(&size, 1, MPI_INT, first, world);
  problem.resize(size);
  MPI_Bcast(problem.data(), size, MPI_CHAR, first, world);
  return problem;
}

void PairOrogen::must(const std::function<void()>& work) {
  const std::string problem = problem_of(work);
  if (!problem.empty()) error->all(FLERR, "pair_style orogen: " + problem);
}

/// Index in the model of each atom type's element; throws for one that the model does not know.
static std::vector<int> elements_of_types(const orogen::Model& model, const std::vector<std::string>& symbols) {
  std::string known;
  for (int z : model.elements) known += (known.empty() ? "" : " ") + std::string(orogen::symbol(z));
  std::vector<int> of(1, -1);  // types are counted from 1
  const auto type_of = model.type_of();
  for (const auto& symbol : symbols) {
    const auto z = orogen::atomic_number(symbol);
    const int index = z && *z < int(type_of.size()) ? type_of[*z] : -1;
    if (index < 0)
      throw orogen::InputError("element '" + symbol + "' of atom type " + to_string(of.size()) + ": the model knows " +
                               known);
    of.push_back(index);
  }
  return of;
}

void PairOrogen::make_domain(const orogen::Model& model) {
  domain_ = orogen::make_domain_potential(model, {settings_.threads, settings_.precision});
}

void PairOrogen::load_model(const std::string& path) {
  const orogen::Model model = orogen::read_model(path);
  element_of_type_ = elements_of_types(model, settings_.elements);
  const std::string digest = orogen::sha256_hex(orogen::read_file(path));
  if (!restart_digest_.empty() && digest != restart_digest_)
    throw orogen::InputError(path +
                             " is not the model that the restart file was written with (its content differs); "
                             "to use it all the same give pair_style orogen before pair_coeff");
  settings_.model_path = std::filesystem::absolute(path).lexically_normal();
  settings_.digest = digest;
  make_domain(model);
}

void PairOrogen::allocate() {
  const int n = atom->ntypes + 1;
  if (!allocated) memory->create(setflag, n, n, "pair:setflag"), memory->create(cutsq, n, n, "pair:cutsq");
  allocated = 1;
  for (int i = 1; i < n; ++i)
    for (int j = 1; j < n; ++j) setflag[i][j] = j >= i;
}

// ---- restart files: one text record, written and read by rank 0 ---------------------------------------------------

std::string PairOrogen::settings_text() const {
  std::ostringstream out;
  out << "orogen 1\n" << settings_.precision << '\n' << settings_.threads << ' ' << settings_.uncertainty_every << '\n';
  out << settings_.model_path << '\n' << settings_.digest << '\n';
  for (const auto& e : settings_.elements) out << e << ' ';
  return out.str();
}

void PairOrogen::settings_from(const std::string& text) {
  std::istringstream in(text);
  std::string head, line;
  std::getline(in, head);
  if (head != "orogen 1") throw orogen::InputError("the restart file's record of this pair style is damaged or newer");
  std::getline(in, settings_.precision);
  in >> settings_.threads >> settings_.uncertainty_every;
  std::getline(in, line);
  std::getline(in, settings_.model_path);
  std::getline(in, settings_.digest);
  settings_.elements.assign(std::istream_iterator<std::string>(in), {});
  if (!settings_.elements.empty() && int(settings_.elements.size()) != atom->ntypes)
    throw orogen::InputError("the restart file names " + to_string(settings_.elements.size()) + " elements for " +
                             to_string(atom->ntypes) + " atom types");
}

void PairOrogen::write_restart(FILE* file) { write_restart_settings(file); }

void PairOrogen::write_restart_settings(FILE* file) {
  const std::string text = settings_text();
  const int size = int(text.size());
  std::fwrite(&size, sizeof size, 1, file);
  std::fwrite(text.data(), 1, text.size(), file);
}

void PairOrogen::read_restart_settings(FILE* file) {
  int size = 0;
  std::string text;
  if (comm->me == 0 && (std::fread(&size, sizeof size, 1, file) != 1 || size < 0 || size > 1 << 20)) size = 0;
  MPI_Bcast(&size, 1, MPI_INT, 0, world);
  text.resize(size);
  if (comm->me == 0 && size && std::fread(text.data(), 1, size, file) != std::size_t(size)) text.assign(size, ' ');
  MPI_Bcast(text.data(), size, MPI_CHAR, 0, world);
  must([&] { settings_from(text); });
  nextra = settings_.uncertainty_every ? 1 : 0;
  restart_digest_ = settings_.digest;
}

/// The file where the restart says, else one of its name in the folder of this run: its digest tells whether it is the
/// one.
static std::string moved_model(const std::filesystem::path& path) {
  return std::filesystem::exists(path) || !std::filesystem::exists(path.filename()) ? path : path.filename();
}

/// A model that is not there any more is no error yet: a pair_coeff may follow. init_style asks.
void PairOrogen::read_restart(FILE* file) {
  read_restart_settings(file);
  allocate();
  const std::string problem = problem_of([&] { load_model(moved_model(settings_.model_path)); });
  if (problem.empty()) return;
  domain_.reset();
  unloaded_ = " (" + problem + ")";
  if (comm->me == 0)
    error->warning(FLERR, "pair_style orogen: " + problem + "; give pair_coeff * * FILE ELEMENT … before the next run");
}
