// Extended XYZ: structures with labels, as ASE and its relatives write them. Read as a stream, written safely.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "orogen/system/structure.hpp"

namespace orogen {

class TextLines;

/// Names of the keys that hold the labels; empty = chosen by the order below. A key that is named is the only one
/// looked at.
///
/// Order, upper and lower case alike, first found wins:
///   energy   REF_energy, dft_energy, energy, free_energy, total_energy, potential_energy  [eV]
///   forces   REF_forces, REF_force, dft_forces, dft_force, forces, force  (a column of 3 reals) [eV/Å]
///   stress   REF_virial, REF_stress, dft_virial, dft_stress, virial, virials, stress  (9 numbers, or 6 in the order xx
///   yy zz yz xz xy);
///            a stress is +∂E/∂ε/V [eV/Å³] as in ASE, a virial is −∂E/∂ε [eV]
/// so that a label that calls itself the reference goes before one that a later calculation may have left in the file.
struct KeyChoice {
  std::string energy, forces, stress;  ///< `stress` may name a virial: a key with "virial" in its name is read as one
};

/// What the reader took for labels, what else looked like one, and what it left out; counts are frames.
struct KeysTaken {
  using Counts = std::map<std::string, long>;
  Counts energy, forces, stress;  ///< key → frames in which it gave the label
  Counts passed_over;             ///< keys that look like labels and were not taken
  Counts skipped_columns;         ///< columns of Properties that have no meaning here
  Counts notes;                   ///< sentences: two keys that disagree, a stress without volume, a left-handed cell

  KeysTaken& operator+=(const KeysTaken& other);
  /// A few lines for a log: which key gave which label, and what was left out.
  std::string text() const;
};

/// Reads one file frame by frame, plain or gzip-compressed.
///
/// Understood: Lattice (9 numbers, rows a b c [Å]), pbc, Properties in any order with any extra columns, species as
/// symbols or Z/numbers, D and T for the isotopes of hydrogen, masses (masses or mass [amu], which go before D and T),
/// labels as above, config_type, weights (config_weight or weight; config_X_weight or X_weight
/// with X = energy, forces, stress or virial), velocities (velo, vel, velocities [Å/fs]; momenta in ASE's units). Plain
/// XYZ is read, too. Other key=value pairs go to Frame::info in their order.
class ExtxyzReader {
 public:
  explicit ExtxyzReader(const std::string& path, KeyChoice choice = {});
  /// The same from lines that were opened before; they may begin in the middle of a file, at a frame.
  explicit ExtxyzReader(TextLines&& lines, KeyChoice choice = {});
  ~ExtxyzReader();
  ExtxyzReader(ExtxyzReader&&) noexcept;

  /// The next frame; false at the end. Throws InputError with file:line at the first frame that is not sound, after
  /// looking through the rest of the file, with up to about ten problems at once.
  bool next(Frame& frame);
  const KeysTaken& taken() const;
  std::int64_t bytes() const;  ///< of text (uncompressed) up to the end of the last frame
  long line() const;           ///< number of the last frame's last line, from 1

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// All frames of a file. Adds to `taken` when given. Throws InputError as ExtxyzReader does, also for a file without
/// frames.
std::vector<Frame> read_extxyz(const std::string& path, const KeyChoice& choice = {}, KeysTaken* taken = nullptr);

/// How an ExtxyzWriter treats its file.
struct WriteOptions {
  bool append = false;  ///< continue an existing file (a trajectory), else write a new one that appears when complete
  std::int64_t cut_at = -1;  ///< with append: first cut the file to this many bytes (a position() from before)
  int decimals = -1;         ///< of positions, velocities and forces; −1 = as many as reading back exactly needs
};

/// Writes frames in the conventions that ASE reads; a path that ends in .gz is compressed. Own masses become a column
/// "masses" beside the element's symbol: deuterium is H with 2.014…, since ASE knows no D. Pairs of Frame::info whose
/// key would be read as an energy or a stress (KeyChoice's lists) are left out: a frame has the labels in Frame::labels
/// only.
///
/// A new file is written beside its place and renamed by close(); without close() nothing appears. An appended file
/// grows by flush(): what lies before position() is whole frames, in .gz files whole gzip members, and survives a kill.
class ExtxyzWriter {
 public:
  explicit ExtxyzWriter(const std::string& path, WriteOptions options = {});
  ~ExtxyzWriter();
  ExtxyzWriter(ExtxyzWriter&&) noexcept;

  void write(const Frame& frame);
  void flush();                   ///< hands everything written so far to the operating system
  std::int64_t position() const;  ///< bytes in the file after the last flush: a place to cut at after a restart
  void close();                   ///< flushes; renames a new file into place. Throws InputError when the disk refuses

  struct State;  ///< what a file under way consists of

 private:
  std::unique_ptr<State> state_;
};

/// Cuts a trajectory to its first `frames` frames (fewer when it has fewer whole ones, a truncated tail goes away) and
/// returns how many are left.
long cut_extxyz(const std::string& path, long frames);

}  // namespace orogen
