// The files that a run writes while it goes, and how long they were when it could be continued from there.
#pragma once
#include <cstdint>
#include <optional>

#include "orogen/dynamics/files/md_output.hpp"
#include "orogen/dynamics/files/md_restart.hpp"
#include "orogen/dynamics/files/output_file.hpp"
#include "orogen/dynamics/run/md.hpp"
#include "orogen/system/files/extxyz.hpp"

namespace orogen {

class MdFiles {
 public:
  /// The options are those of the run and live as long.
  explicit MdFiles(const MdOptions& options) : options_(options) {}

  /// Opens trajectory and thermo log, cut to where the restart file says; new files where it says 0. `uncertain`: a new
  /// log gets a column for the uncertainty.
  void open(const MdOrigin& origin, bool crystal, bool uncertain);
  /// The thermo log has a column for the uncertainty.
  bool has_uncertainty() const { return has_uncertainty_; }

  void add(const ThermoRow& row);
  void add_frame(const MdState& state, double time_fs, double temperature);
  /// Hands everything to the operating system.
  void flush();
  /// Flushes, and returns when the disk has it: what a restart file refers to must not be younger than it.
  void sync();
  std::uint64_t trajectory_bytes() const { return trajectory_ ? std::uint64_t(trajectory_->position()) : 0; }
  std::uint64_t thermo_bytes() const { return thermo_.bytes(); }

  /// Where the frame at which a run stops is written; "" for nowhere.
  std::string failed_frame() const;
  /// Writes that frame. `sound`: its forces belong to it and are numbers.
  void write_failed_frame(const std::string& path, const MdState& state, double time_fs, double temperature,
                          bool sound);

 private:
  const MdOptions& options_;
  std::optional<ExtxyzWriter> trajectory_;
  OutputFile thermo_;
  Frame frame_;
  bool has_uncertainty_ = false;
};

}  // namespace orogen
