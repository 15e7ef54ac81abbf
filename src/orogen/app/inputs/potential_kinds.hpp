// The potentials that a verb may be given: everything that the program says of one stands in one entry.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "orogen/app/inputs/potential_choice.hpp"
#include "orogen/potential/model/model.hpp"

namespace orogen {

/// What is at hand when a potential is made.
struct PotentialMaking {
  const PotentialOptions& options;
  const Model* model;  ///< of a learned potential: its file, read
  int threads;
  ProgressSink& progress;
  const Structure* start;  ///< may be null
};

struct PotentialKind {
  std::string name;                  ///< as the user writes it, "xtb:gfn2"; "model" stands for any model file
  std::string meaning;               ///< in --help
  std::vector<std::string> options;  ///< keys that act with it; "potential" acts with all
  std::vector<std::string> record;   ///< those of them on which answers depend and a kept answer's record has only here
  std::function<std::unique_ptr<Potential>(const PotentialMaking&)> make;
  bool outside = false;  ///< a code in processes of its own
  bool learned() const { return name == "model"; }
};

const std::vector<PotentialKind>& potential_kinds();
/// The kind that one name means (no sum); null for a name that means none.
const PotentialKind* potential_kind(const std::string& name);
/// The terms of "xtb:gfn2+delta.safetensors". A name that is a file's is one term, whatever is in it.
std::vector<std::string> potential_terms(const std::string& potential);

}  // namespace orogen
