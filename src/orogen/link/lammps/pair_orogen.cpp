#include "orogen/link/lammps/pair_orogen.hpp"

#include <atom.h>
#include <comm.h>
#include <compute.h>
#include <error.h>
#include <force.h>
#include <memory.h>
#include <modify.h>
#include <neigh_list.h>
#include <neighbor.h>
#include <update.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "orogen/base/errors.hpp"
#include "orogen/base/units.hpp"
#include "orogen/link/lammps/versions.hpp"
#include "orogen/potential/learned/model_sum.hpp"

using namespace LAMMPS_NS;
using std::to_string;

PairOrogen::PairOrogen(LAMMPS* lammps) : Pair(lammps) {
  single_enable = 0, one_coeff = 1, manybody_flag = 1, restartinfo = 1;
  no_virial_fdotr_compute = 1;             // the virial comes with the forces, and per atom
  centroidstressflag = CENTROID_NOTAVAIL;  // the share of a centre is no centroid form
  pvector = new double[1]{0};              // offered (nextra) where settings() finds that uncertainty is asked for
}

PairOrogen::~PairOrogen() {
  delete[] pvector;
  if (allocated) memory->destroy(setflag), memory->destroy(cutsq);
}

/// eV in this unit style's energies.
static double energy_unit(const std::string& style) {
  if (style == "metal") return 1;
  if (style == "real") return 1 / orogen::units::kcal_per_mol;
  return 0;
}

void PairOrogen::init_style() {
  energy_unit_ = energy_unit(update->unit_style);
  if (energy_unit_ == 0)
    error->all(FLERR, "pair_style orogen: units " + std::string(update->unit_style) + ", expected metal or real");
  if (!force->newton_pair) error->all(FLERR, std::string("pair_style orogen needs newton on (newton pair is off)"));
  const double* special = force->special_lj;
  if (atom->molecular && (special[1] != 1 || special[2] != 1 || special[3] != 1))
    error->all(FLERR, std::string(
                          "pair_style orogen sees every neighbour: set special_bonds lj 1 1 1 (and coul as you need)"));
  if (!domain_) error->all(FLERR, "pair_style orogen: no model" + unloaded_ + "; give pair_coeff * * FILE ELEMENT …");
  check_uncertainty();
  size_messages();
  if (!orogen::lammps::request_full_list(neighbor, this, instance_me))
    error->all(
        FLERR,
        std::string("pair_style orogen was built for another LAMMPS: its neighbour requests look different; build it "
                    "with the headers of this one"));
  last_local_ = last_ghosts_ = -1;
  starting_ = true;
}

/// An uncertainty that is looked at but never computed would stay 0, and a guard that acts on it silent.
void PairOrogen::check_uncertainty() {
  const std::string how = ": give pair_style orogen uncertainty N, every N steps";
  if (settings_.uncertainty_every && !domain_->model().knows_uncertainty())
    error->all(FLERR, std::string("pair_style orogen: uncertainty is asked for, but this model has none (one member "
                                  "without a last-layer covariance)"));
  if (settings_.uncertainty_every) return;
  if (orogen::lammps::custom_vector(atom, "uncertainty") && comm->me == 0)
    error->warning(FLERR, "pair_style orogen does not compute what d_uncertainty is to hold" + how);
  for (int k = 0; force->pair == this && k < modify->ncompute; ++k) {  // one made when the style did offer its vector
    const Compute& c = *modify->compute[k];
    if (std::strcmp(c.style, "pair") == 0 && c.vector_flag)
      error->all(FLERR,
                 "compute " + std::string(c.id) + " pair orogen wants an uncertainty that is not computed" + how);
  }
}

/// LAMMPS sizes its buffers by force->pair, which under hybrid is not this style and took our sizes before a model was
/// known.
void PairOrogen::size_messages() {
  const int members = int(domain_->model().members.size());
  comm_forward = int((domain_->message_bytes() + 7) / 8);
  comm_reverse = std::max(comm_forward, settings_.uncertainty_every && members > 1 ? 3 * members : 0);
  force->pair->comm_forward = std::max(force->pair->comm_forward, comm_forward);
  force->pair->comm_reverse = std::max(force->pair->comm_reverse, comm_reverse);
}

double PairOrogen::init_one(int, int) { return domain_->cutoff(); }

bool PairOrogen::wants_uncertainty() const {
  return settings_.uncertainty_every && (starting_ || update->ntimestep % settings_.uncertainty_every == 0);
}

/// A hidden neighbour makes the numbers wrong without a sign. All ranks see these alike. Asked at every step: an input
/// may change them between runs, and LAMMPS keeps lists (init_list is not called again) whose request is the same.
void PairOrogen::check_neighbors() {
  const std::string all = "pair_style orogen sees every neighbour: ";
  if (neighbor->exclude) error->all(FLERR, all + "remove neigh_modify exclude");
  if (neighbor->includegroup) error->all(FLERR, all + "remove neigh_modify include");
  if (list->iskip)
    error->all(FLERR, all +
                          "under hybrid use hybrid/overlay with pair_coeff * * orogen, and no later pair_coeff that "
                          "takes a pair of types away from it (none, or under hybrid another style)");
}

void PairOrogen::set_lists() {
  const long ghosts = atom->nghost, local = atom->nlocal;
  if (neighbor->ago != 0 && local == last_local_ && ghosts == last_ghosts_) return;
  if (list->inum != atom->nlocal)
    throw orogen::InputError("LAMMPS gave neighbours of " + to_string(list->inum) + " atoms, expected all " +
                             to_string(local));
  types_.resize(std::size_t(local + ghosts));
  for (long i = 0; i < local + ghosts; ++i) types_[i] = element_of_type_[atom->type[i]];
  domain_->set_list(int(local), types_, [this](int i) {
    list_.resize(list->numneigh[i]);
    std::transform(list->firstneigh[i], list->firstneigh[i] + list_.size(), list_.begin(),
                   [](int j) { return j & NEIGHMASK; });
    return std::span<const int>(list_);
  });
  last_local_ = local, last_ghosts_ = ghosts;
}

void PairOrogen::compute(int eflag, int vflag) {
  ev_init(eflag, vflag);
  check_neighbors();
  const orogen::Want want{.forces = true,
                          .virial = bool(vflag_either),
                          .site_energies = bool(eflag_atom),
                          .uncertainty = wants_uncertainty(),
                          .site_virials = bool(vflag_atom),
                          .members = wants_uncertainty()};
  const orogen::HaloExchange halo{[this](orogen::MessageRows rows) { exchange(rows, true); },
                                  [this](orogen::MessageRows rows) { exchange(rows, false); }};
  const std::size_t total = std::size_t(atom->nlocal) + std::size_t(atom->nghost);
  try {
    set_lists();
    const std::span<const double> x(total ? atom->x[0] : nullptr, 3 * total);
    domain_->evaluate(x, want, answer_, &halo);
    if (want.uncertainty) add_uncertainty();
  } catch (const std::exception& e) {  // one rank alone may fail: error->one ends them all
    error->one(FLERR, "pair_style orogen, step " + to_string(update->ntimestep) + ": " + e.what());
  }
  starting_ = false;
  add_answer();
}

void PairOrogen::add_answer() {
  double** f = atom->f;
  for (std::size_t i = 0; i < answer_.forces.size(); ++i)
    for (int c = 0; c < 3; ++c) f[i][c] += energy_unit_ * answer_.forces[i][c];
  if (eflag_global) eng_vdwl += energy_unit_ * answer_.energy;
  if (eflag_atom)
    for (int i = 0; i < atom->nlocal; ++i) eatom[i] += energy_unit_ * answer_.site_energies[i];
  constexpr int row[] = {0, 1, 2, 0, 0, 1}, column[] = {0, 1, 2, 1, 2, 2};  // xx yy zz xy xz yz
  if (vflag_global)
    for (int k = 0; k < 6; ++k) virial[k] += energy_unit_ * answer_.virial(row[k], column[k]);
  if (vflag_atom)
    for (int i = 0; i < atom->nlocal; ++i) {
      const orogen::Mat3& w = answer_.site_virials[i];
      for (int k = 0; k < 6; ++k) vatom[i][k] += energy_unit_ * 0.5 * (w(row[k], column[k]) + w(column[k], row[k]));
    }
}

/// The uncertainty of the local atoms into d_uncertainty, its maximum over all ranks into pvector. Collective.
void PairOrogen::add_uncertainty() {
  const int local = atom->nlocal;
  if (domain_->model().members.size() > 1) {  // forces must be whole before their spread is taken
    const std::size_t members = answer_.member_forces.size(), total = answer_.forces.size();
    std::vector<double> rows(3 * members * total);
    for (std::size_t m = 0; m < members; ++m)
      for (std::size_t i = 0; i < total; ++i)
        for (int c = 0; c < 3; ++c) rows[3 * (members * i + m) + c] = answer_.member_forces[m][i][c];
    exchange(Rows{reinterpret_cast<char*>(rows.data()), long(3 * members * sizeof(double)), 8}, false);
    std::vector<orogen::Vec3> mean(local, orogen::Vec3::Zero());
    for (std::size_t m = 0; m < members; ++m)
      for (int i = 0; i < local; ++i) {
        for (int c = 0; c < 3; ++c) answer_.member_forces[m][i][c] = rows[3 * (members * i + m) + c];
        mean[i] += answer_.member_forces[m][i] / double(members);
      }
    answer_.uncertainty.resize(local);
    orogen::committee_spread(answer_.member_forces, mean, answer_.uncertainty);
  }
  // A committee's spread is a force; the last layer's is calibrated to one.
  for (double& u : answer_.uncertainty) u *= energy_unit_;
  uncertainty_.assign(answer_.uncertainty.begin(), answer_.uncertainty.end());
  if (double* property = orogen::lammps::custom_vector(atom, "uncertainty"))
    std::copy(uncertainty_.begin(), uncertainty_.end(), property);
  double mine = 0, worst = 0;
  for (double u : uncertainty_) mine = std::max(mine, u);
  MPI_Allreduce(&mine, &worst, 1, MPI_DOUBLE, MPI_MAX, world);
  pvector[0] = comm->me == 0 ? worst : 0;  // compute pair adds over ranks
}

void* PairOrogen::extract(const char* name, int& dimension) {
  dimension = 0;
  if (std::strcmp(name, "uncertainty_max") == 0 && settings_.uncertainty_every)
    return pvector;  // on rank 0; zero on the others
  return nullptr;
}

double PairOrogen::memory_usage() {
  return Pair::memory_usage() + 2.0 * double(types_.size()) * (sizeof(int) + 7 * sizeof(double));
}

// ---- rows between ranks --------------------------------------------------------------------------------------------

void PairOrogen::exchange(orogen::MessageRows rows, bool forward) {
  exchange(Rows{static_cast<char*>(rows.data), rows.row_bytes(), rows.value_size}, forward);
}

void PairOrogen::exchange(Rows rows, bool forward) {
  rows_ = rows;
  const int widest_forward = comm_forward, widest_reverse = comm_reverse;
  const int doubles = int((rows.row_bytes + 7) / 8);
  if (forward) {
    comm_forward = doubles;
    orogen::lammps::forward_rows(comm, this);
  } else {
    comm_reverse = doubles;
    orogen::lammps::reverse_rows(comm, this);
  }
  comm_forward = widest_forward, comm_reverse = widest_reverse;
}

int PairOrogen::pack_forward_comm(int n, int* listed, double* buffer, int, int*) {
  for (int k = 0; k < n; ++k)
    std::memcpy(buffer + long(k) * comm_forward, rows_.data + rows_.row_bytes * listed[k], rows_.row_bytes);
  return n * comm_forward;
}

void PairOrogen::unpack_forward_comm(int n, int first, double* buffer) {
  for (int k = 0; k < n; ++k)
    std::memcpy(rows_.data + rows_.row_bytes * (first + k), buffer + long(k) * comm_forward, rows_.row_bytes);
}

int PairOrogen::pack_reverse_comm(int n, int first, double* buffer) {
  for (int k = 0; k < n; ++k)
    std::memcpy(buffer + long(k) * comm_reverse, rows_.data + rows_.row_bytes * (first + k), rows_.row_bytes);
  return n * comm_reverse;
}

template <class T> static void add_row(char* to, const double* from, long bytes) {
  T* sum = reinterpret_cast<T*>(to);
  const T* more = reinterpret_cast<const T*>(from);
  for (long e = 0; e < bytes / long(sizeof(T)); ++e) sum[e] += more[e];
}

void PairOrogen::unpack_reverse_comm(int n, int* listed, double* buffer) {
  for (int k = 0; k < n; ++k) {
    char* to = rows_.data + rows_.row_bytes * listed[k];
    const double* from = buffer + long(k) * comm_reverse;
    rows_.value_size == 4 ? add_row<float>(to, from, rows_.row_bytes) : add_row<double>(to, from, rows_.row_bytes);
  }
}
