// pair_style orogen: a learned model as a pair style of LAMMPS. How it enters a LAMMPS (launcher, plug-in) is kept
// elsewhere.
//
//   pair_style orogen [precision float32|float64] [threads N] [uncertainty N]
//   pair_coeff * * model.safetensors Cu O …          one element per atom type
//
// precision: default as the model says. threads: per MPI rank, default 1. uncertainty N: every N steps (default 0:
// never) the per-atom uncertainty goes into `fix property/atom d_uncertainty` where the input has that, and its maximum
// over all atoms into `compute pair` (vector element 1), so that a variable and `fix halt` can act on it.
//
// units metal and real; newton on; special_bonds lj 1 1 1 where there are bonds. Restart files keep settings, the
// model's absolute path and its digest.
#pragma once
#include <pair.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "orogen/potential/learned/domain_potential.hpp"

namespace LAMMPS_NS {

class PairOrogen : public Pair {
 public:
  explicit PairOrogen(LAMMPS* lammps);
  ~PairOrogen() override;

  void settings(int count, char** words) override;
  void coeff(int count, char** words) override;
  void init_style() override;
  double init_one(int i, int j) override;
  void compute(int eflag, int vflag) override;

  int pack_forward_comm(int n, int* list, double* buffer, int, int*) override;
  void unpack_forward_comm(int n, int first, double* buffer) override;
  int pack_reverse_comm(int n, int first, double* buffer) override;
  void unpack_reverse_comm(int n, int* list, double* buffer) override;

  void write_restart(FILE* file) override;
  void read_restart(FILE* file) override;
  void write_restart_settings(FILE* file) override;  // all that hybrid asks for
  void read_restart_settings(FILE* file) override;
  void* extract(const char* name, int& dimension) override;
  double memory_usage() override;

 private:
  /// What is being exchanged by the comm functions: rows of one value type.
  struct Rows {
    char* data = nullptr;
    long row_bytes = 0;
    int value_size = 8;
  };
  /// Everything that a restart file keeps.
  struct Settings {
    std::string precision, model_path, digest;
    int threads = 1, uncertainty_every = 0;
    std::vector<std::string> elements;  // per atom type
  };

  void load_model(const std::string& path);
  void make_domain(const orogen::Model& model);
  void allocate();
  void check_uncertainty();
  void check_neighbors();
  void size_messages();
  /// What `work` throws on the first rank that it fails on, on all ranks; empty when it goes well on all. Collective.
  std::string problem_of(const std::function<void()>& work);
  /// Ends every rank with that problem.
  void must(const std::function<void()>& work);
  void set_lists();
  bool wants_uncertainty() const;
  void exchange(orogen::MessageRows rows, bool forward);
  void exchange(Rows rows, bool forward);
  void add_answer();
  void add_uncertainty();
  std::string settings_text() const;
  void settings_from(const std::string& text);

  Settings settings_;
  std::unique_ptr<orogen::DomainPotential> domain_;
  orogen::Evaluation answer_;
  std::vector<int> element_of_type_, types_, list_;
  std::vector<double> uncertainty_;
  Rows rows_;
  double energy_unit_ = 1;  // of this unit style, in 1/eV
  long last_ghosts_ = -1, last_local_ = -1;
  bool starting_ = true;        // no step yet since init_style
  std::string restart_digest_;  // of the model that the restart file was written with, until pair_style is given anew
  std::string unloaded_;        // why the model of the restart file is not there
};

}  // namespace LAMMPS_NS
