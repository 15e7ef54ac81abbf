// What the numbers of a long run depend on: the one answer to the question whether an interrupted run may go on.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orogen/base/options/options.hpp"

namespace orogen {

/// One input that is not what it was.
struct InputChange {
  std::string key;
  std::string before, now;  ///< texts; digests where `contents`
  bool contents = false;    ///< the key stands for the contents of files
  /// "seed was 1, is 7 now", or "data has other contents".
  std::string text() const;
};

/// Inputs by key: values as texts, files by the digest of their contents. A run stores the record of its inputs in its
/// own file (metadata of a safetensors file, JSON, …) and compares when it is started again.
class RunInputs {
 public:
  using Record = std::map<std::string, std::string>;

  RunInputs() = default;
  /// All options of the table, with their defaults as fallbacks, except those in `free`, which may change between two
  /// parts of a run. Those in `files` name one file or several and count by contents ("" = no file). Throws InputError
  /// for a file that cannot be read.
  RunInputs(const OptionTable& table, const std::vector<std::string>& files, const std::vector<std::string>& free);

  /// A value. A record of an earlier version that does not have the key counts as `fallback`; without a fallback it
  /// counts as another run.
  void add(const std::string& key, std::string now, std::optional<std::string> fallback = {});
  /// The contents of one file, or of several in their order. Throws InputError for a file that cannot be read.
  void add_files(const std::string& key, const std::vector<std::string>& names);
  /// The same from a digest that was computed before.
  void add_digest(const std::string& key, std::string digest);

  /// Adds one entry per input to `record`, its key after `prefix`.
  void put(Record& record, const std::string& prefix = "") const;
  /// All entries by themselves.
  Record record() const;

  /// Every input that differs from the record of an earlier run; entries there of which nothing is known here are not
  /// looked at.
  std::vector<InputChange> changes(const Record& before, const std::string& prefix = "") const;
  /// Throws InputError that names `file`, which holds the record `before`, every key that changed and the `ways_on`
  /// ("another out keeps it").
  void require_same(const Record& before, const std::string& file, const std::string& ways_on,
                    const std::string& prefix = "") const;

 private:
  struct Input {
    std::string now;
    std::optional<std::string> fallback;
    bool contents = false;
  };
  std::map<std::string, Input> inputs_;
};

/// SHA-256 of the files' digests one after the other, of the contents where there is a single name; "" for none and for
/// empty files. Throws InputError for a file that cannot be read.
std::string digest_of_files(const std::vector<std::string>& names);

}  // namespace orogen
