// Errors of predicted energies, forces and stresses against labels: by set, by config_type and by element.
#pragma once
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "orogen/potential/potential.hpp"
#include "orogen/report/page/scatter.hpp"
#include "orogen/system/structure.hpp"

namespace orogen {

/// Errors of one quantity over one group of labels; the unit is that of the field which holds it.
struct Errors {
  long labels = 0;  ///< numbers compared (energies, force components, stress components); 0 = nothing to say
  double rmse = 0;  ///< root of the mean square error
  double mae = 0;   ///< mean absolute error
  double max = 0;   ///< largest absolute error
  double bias = 0;  ///< mean of prediction − reference
};

/// The errors of one group of frames (or, in a row of an element, of its atoms).
struct ErrorRow {
  std::string group;       ///< "" for a whole set, else the config_type or the element symbol
  long frames = 0;         ///< frames of the group, labelled or not
  Errors energy_per_atom;  ///< meV/atom
  Errors energy;           ///< meV per structure
  Errors forces;           ///< meV/Å, components
  Errors stress;           ///< meV/Å³, all nine components of fully periodic frames
};

/// One of the largest force errors, named so that the frame can be looked at.
struct WorstForce {
  std::string source;               ///< "file:line" of the frame
  std::string element;              ///< symbol of the atom
  int atom = 0;                     ///< counted from 0
  double reference = 0, error = 0;  ///< meV/Å: |F| of the label, |ΔF| of the prediction
};

/// The atom of which the potential is least sure.
struct LargestUncertainty {
  std::string source;   ///< "file:line" of the frame
  std::string element;  ///< symbol of the atom
  int atom = 0;         ///< counted from 0
  double value = 0;     ///< meV/Å
};

/// Everything known about one set ("training", "validation", a file).
struct SetErrors {
  std::string name;
  ErrorRow all;
  std::vector<ErrorRow> by_config_type;          ///< sorted by name
  std::vector<ErrorRow> by_element;              ///< forces only, sorted by atomic number
  Scatter energy_points;                         ///< eV/atom
  Scatter force_points;                          ///< eV/Å, components
  Scatter stress_points;                         ///< eV/Å³, components
  ErrorHistogram energy_errors;                  ///< meV/atom
  ErrorHistogram force_errors;                   ///< meV/Å
  ErrorHistogram stress_errors;                  ///< meV/Å³
  std::vector<WorstForce> worst;                 ///< largest |ΔF| first, at most 10
  std::optional<LargestUncertainty> least_sure;  ///< nothing where the potential gives no uncertainty
};

struct ErrorTable {
  std::vector<SetErrors> sets;  ///< in the order in which they were first seen
  /// The set of that name, or null.
  const SetErrors* find(const std::string& name) const;
};

/// Collects pairs of reference and prediction. Keeps all energies and force components (16 bytes each) until `table`.
class ErrorCollector {
 public:
  /// At most `max_points` points of each quantity and set are kept for parity plots.
  explicit ErrorCollector(std::size_t max_points = 20000) : max_points_(max_points) {}

  /// Adds one frame of the set `set`. A label the frame does not have does not count; stress counts for fully periodic
  /// frames only. Throws NumericalError for a prediction that is not finite, InputError for a label that is not finite,
  /// for arrays whose length is not the number of atoms, and for a labelled virial in a periodic cell without volume.
  void add(const Frame& reference, const Evaluation& prediction, const std::string& set);

  ErrorTable table() const;

 private:
  struct Sum {
    long labels = 0;
    double square = 0, absolute = 0, max = 0, signed_sum = 0;
    void add(double error);
    Errors errors() const;
  };
  struct Group {
    long frames = 0;
    Sum energy_per_atom, energy, forces, stress;
    ErrorRow row(const std::string& name) const;
  };
  struct Set {
    std::string name;
    Group all;
    std::map<std::string, Group> by_config_type;
    std::map<int, Group> by_element;
    std::vector<double> energy_reference, energy_prediction;  // eV/atom
    std::vector<double> force_reference, force_prediction;    // eV/Å
    std::vector<double> stress_reference, stress_prediction;  // eV/Å³
    std::vector<WorstForce> worst;
    std::optional<LargestUncertainty> least_sure;
  };
  Set& set_of(const std::string& name);
  void add_energy(const Frame& frame, const Evaluation& prediction, Set& set, Group& type);
  void add_forces(const Frame& frame, const Evaluation& prediction, Set& set, Group& type);
  void add_stress(const Frame& frame, const Evaluation& prediction, Set& set, Group& type);
  static void add_uncertainty(const Frame& frame, const Evaluation& prediction, Set& set);

  std::size_t max_points_;
  std::vector<Set> sets_;
};

/// "12.3 meV/Å on atom 4 (O) of data.xyz:17".
std::string text(const LargestUncertainty& uncertainty);

/// Aligned plain-text table, units in the header, one block of rows per set; "–" where there is no label.
std::string text(const ErrorTable& table);

nlohmann::json to_json(const ErrorTable& table);
/// Throws InputError for JSON that is not an error table.
ErrorTable error_table_from_json(const nlohmann::json& json);

}  // namespace orogen
