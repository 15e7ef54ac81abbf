// Options: one description per option feeds the input-file reader, the command line, --help, the docs and the saved
// input.
#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace orogen {

/// A value as an input file or the command line gives it.
using OptionValue =
    std::variant<bool, std::int64_t, double, std::string, std::vector<double>, std::vector<std::string>>;

/// One option: bound to a field of an options struct, whose value at description time is the default.
struct Option {
  std::string key;       ///< "cutoff", or dotted for a table: "thermostat.friction"
  std::string unit;      ///< "Å", "fs", …; "" when dimensionless
  std::string sentence;  ///< what it does, one sentence
  OptionValue fallback;  ///< the default
  std::variant<bool*, int*, long*, std::uint64_t*, double*, std::string*, std::vector<double>*,
               std::vector<std::string>*>
      target;
  double min = -std::numeric_limits<double>::infinity(), max = std::numeric_limits<double>::infinity();  ///< inclusive
  std::vector<std::string> choices;  ///< allowed texts; empty = any
  bool required = false;
  bool given = false;  ///< set by the user, not the default
  std::string where;   ///< "file:line" or "command line", for messages

  Option& range(double low, double high) { return min = low, max = high, *this; }
  Option& one_of(std::vector<std::string> texts) { return choices = std::move(texts), *this; }
  Option& must() { return required = true, *this; }
};

class OptionTable {
 public:
  /// Describes one option bound to `field`; the field's present value is the default. The reference stays valid for one
  /// statement. Throws std::logic_error for a key that is already described.
  template <class T> Option& add(std::string key, T& field, std::string unit, std::string sentence);

  /// Sets a value; throws InputError naming `where` for an unknown key (with the nearest name), a wrong type, a value
  /// out of range or not among the choices; the field keeps its value then. Numbers convert where nothing is lost (5
  /// → 5.0, 1e6 → 1000000), and one value may stand for a list of one. NaN and infinity are refused. The default itself
  /// is always allowed, so that a saved input reads back.
  void set(const std::string& key, const OptionValue& value, const std::string& where);
  /// Sets from "key=value" text as on a command line; lists are comma-separated, in [ ] or not; texts need no quotes.
  void set_text(const std::string& assignment, const std::string& where);
  /// Throws InputError that collects all required keys that were not given.
  void require_all() const;

  const std::vector<Option>& options() const { return options_; }
  const Option* find(const std::string& key) const;
  /// The option's present value.
  static OptionValue value(const Option& option);
  /// The value as TOML text ("5.0", "\"md.xyz\"", "[1, 2]").
  static std::string text(const OptionValue& value);
  /// The complete input as TOML (plain keys first, then one table per prefix), each line with unit, range and sentence
  /// as a comment.
  std::string toml() const;
  /// The help text: key, default, unit, range, sentence.
  std::string help() const;
  /// A Markdown table for the docs.
  std::string markdown() const;

 private:
  Option& append(Option option);
  Option& known(const std::string& key, const std::string& where);
  std::vector<Option> options_;
};

}  // namespace orogen

#include "orogen/base/options/options_add.hpp"
