#include "orogen/dynamics/files/md_files.hpp"

#include <filesystem>
#include <fstream>

namespace orogen {
namespace {

/// True where a thermo log of before has a column for the uncertainty.
bool names_uncertainty(const std::filesystem::path& thermo) {
  std::string header;
  std::ifstream in(thermo);
  std::getline(in, header);
  return header.find("max_uncertainty") != std::string::npos;
}

}  // namespace

void MdFiles::open(const MdOrigin& origin, bool crystal, bool uncertain) {
  if (!options_.trajectory.empty())
    trajectory_.emplace(options_.trajectory, WriteOptions{true, std::int64_t(origin.trajectory_bytes)});
  if (options_.thermo.empty()) return;
  has_uncertainty_ = origin.thermo_bytes == 0 ? uncertain : names_uncertainty(options_.thermo);
  thermo_ = OutputFile(options_.thermo, origin.thermo_bytes);
  if (origin.thermo_bytes == 0) thermo_.text() += thermo_header(crystal, has_uncertainty_);
}

void MdFiles::add(const ThermoRow& row) {
  if (thermo_) append_row(thermo_.text(), row), thermo_.grown();
}

void MdFiles::add_frame(const MdState& state, double time_fs, double temperature) {
  if (!trajectory_) return;
  fill_frame(frame_, state, time_fs, temperature,
             {.labels = true, .forces = options_.write_forces, .velocities = options_.write_velocities});
  trajectory_->write(frame_);
}

void MdFiles::flush() {
  if (trajectory_) trajectory_->flush();
  thermo_.flush();
}

void MdFiles::sync() {
  if (trajectory_) trajectory_->flush(), sync_file(options_.trajectory);
  thermo_.sync();
}

std::string MdFiles::failed_frame() const {
  if (!options_.failed_frame.empty()) return options_.failed_frame;
  const std::string& beside = options_.restart.empty() ? options_.trajectory : options_.restart;
  return beside.empty() ? std::string() : beside + ".failed.xyz";
}

void MdFiles::write_failed_frame(const std::string& path, const MdState& state, double time_fs, double temperature,
                                 bool sound) {
  fill_frame(frame_, state, time_fs, temperature, {.labels = sound, .forces = true, .velocities = true});
  ExtxyzWriter writer(path);
  writer.write(frame_);
  writer.close();
}

}  // namespace orogen
