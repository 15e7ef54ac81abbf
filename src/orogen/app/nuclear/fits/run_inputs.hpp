// What the numbers of a long run depend on, so that a later run knows whether it may go on.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "orogen/base/options/options.hpp"

namespace orogen {

/// Options as texts, files by the digest of their contents.
class RunInputs {
 public:
  /// All options but those of `free`, which may change between two parts of a run; those of `files` name a file ("":
  /// none) or several. Throws InputError for a
  /// file that cannot be read.
  RunInputs(const OptionTable&, const std::vector<std::string>& files, const std::vector<std::string>& free);
  /// One entry "input.KEY" per option.
  void put(std::map<std::string, std::string>& texts) const;
  /// Throws InputError that says what differs from the entries in `found`, which are those of `file`, and the ways on.
  /// An option that is not among them
  /// had its default.
  void require_same(const std::map<std::string, std::string>& found, const std::string& file) const;

 private:
  struct Input {
    std::string now, fallback;
    bool file;
  };
  std::map<std::string, Input> inputs_;
};

/// What to do about a file of an earlier run that is of no use.
inline constexpr const char* ways_on = "restart=true begins anew and replaces it; another out keeps it";

}  // namespace orogen
