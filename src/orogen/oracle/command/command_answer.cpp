#include "orogen/oracle/command/command_answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <fstream>

#include "orogen/base/errors.hpp"
#include "orogen/system/elements.hpp"
#include "orogen/system/files/extxyz.hpp"
#include "orogen/system/lattice.hpp"

namespace orogen {
namespace {

constexpr double same_place = 1e-4;            // Å; programs print positions with five decimals or more
constexpr std::streamoff most_printed = 8192;  // bytes of a log; some programs write no line ends

void require_symmetric_stress(const KeysTaken& taken) {
  for (const auto& [note, frames] : taken.notes)
    if (note.find("is not symmetric") != std::string::npos)
      throw CommandError(CommandFailure::unreadable, "{out}: " + note + "; write a symmetric one");
}

Frame read_only_frame(const std::filesystem::path& file) {
  std::error_code absent;
  if (const auto size = std::filesystem::file_size(file, absent); absent || size == 0)
    throw CommandError(CommandFailure::no_output, absent ? "{out} was not written" : "{out} is empty");
  try {
    KeysTaken taken;
    auto frames = read_extxyz(file.string(), {}, &taken);
    require_symmetric_stress(taken);
    if (frames.size() != 1)
      throw CommandError(CommandFailure::unreadable, fmt::format("{{out}} has {} frames, expected one", frames.size()));
    return std::move(frames.front());
  } catch (const InputError& error) {
    const std::string reason = error.what();
    const bool finite = reason.find("not finite") == std::string::npos;
    throw CommandError(finite ? CommandFailure::unreadable : CommandFailure::not_finite, reason);
  }
}

/// How far two places are apart, counted to the nearest image in a periodic cell [Å].
double distance(const Vec3& a, const Vec3& b, const Lattice& lattice) {
  const Vec3 d = a - b;
  Vec3 f = lattice.fractional(d);
  for (int k = 0; k < 3; ++k)
    if (lattice.periodic[std::size_t(k)]) f[k] -= std::round(f[k]);
  return (lattice.rows.transpose() * f).norm();
}

void require_same_atoms(const Structure& got, const Structure& asked) {
  if (got.size() != asked.size())
    throw CommandError(CommandFailure::other_atoms,
                       fmt::format("{{out}} has {} atoms, {{in}} has {}", got.size(), asked.size()));
  const Lattice lattice = complete_lattice(asked.cell);
  for (std::size_t i = 0; i < asked.species.size(); ++i) {
    if (got.species[i] != asked.species[i])
      throw CommandError(CommandFailure::other_atoms,
                         fmt::format("atom {} (counted from 0) is {} in {{out}} and {} in {{in}}", i,
                                     symbol(got.species[i]), symbol(asked.species[i])));
    if (const double d = distance(got.positions[i], asked.positions[i], lattice); d > same_place)
      throw CommandError(CommandFailure::other_atoms,
                         fmt::format("atom {} (counted from 0) lies {:.3g} Å from where {{in}} has it: forces of a "
                                     "molecule that was turned or moved are of no use",
                                     i, d));
  }
}

/// A program may leave the lattice out, but not answer for another one: its stress would be that of another volume.
void require_same_cell(const Cell& got, const Cell& asked) {
  if (!asked.any_periodic() || got.rows.isZero(0)) return;
  if (const double d = (got.rows - asked.rows).cwiseAbs().maxCoeff(); d > same_place)
    throw CommandError(CommandFailure::other_atoms,
                       fmt::format("the lattice of {{out}} differs from that of {{in}} by up to {:.3g} Å", d));
}

void require_converged(const Frame& frame) {
  for (const auto& [key, value] : frame.info)
    if (key == "converged" && !value.empty() && (value[0] == 'F' || value[0] == 'f' || value[0] == '0'))
      throw CommandError(CommandFailure::unconverged, "{out} says converged=" + value);
}

[[noreturn]] void missing(const char* label) {
  throw CommandError(CommandFailure::missing_label, fmt::format("{{out}} has no {}", label));
}

Mat3 molecular_virial(const Structure& s, const std::vector<Vec3>& forces) {
  Mat3 w = Mat3::Zero();
  for (std::size_t i = 0; i < forces.size(); ++i) w += s.positions[i] * forces[i].transpose();
  return 0.5 * (w + w.transpose());
}

}  // namespace

Evaluation read_command_answer(const std::filesystem::path& file, const Structure& structure, Want want) {
  Frame frame = read_only_frame(file);
  require_same_atoms(frame.structure, structure);
  require_same_cell(frame.structure.cell, structure.cell);
  require_converged(frame);
  Evaluation answer;
  if (!frame.labels.energy) missing("energy");
  answer.energy = *frame.labels.energy;
  const bool periodic = structure.cell.any_periodic(), needs_forces = want.forces || (want.virial && !periodic);
  if (needs_forces && !frame.labels.forces) missing("forces");
  if (frame.labels.forces) answer.forces = std::move(*frame.labels.forces);
  if (want.virial && periodic) {
    if (!frame.labels.virial) missing("stress or virial, which a periodic structure needs here");
    answer.virial = *frame.labels.virial;
  } else if (want.virial) {
    answer.virial = molecular_virial(structure, answer.forces);
  }
  if (!want.forces) answer.forces.clear();
  return answer;
}

std::string last_lines(const std::filesystem::path& file, int lines) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  const std::streamoff size = in ? std::streamoff(in.tellg()) : 0;
  in.seekg(std::max(std::streamoff(0), size - most_printed));
  std::deque<std::string> last;
  for (std::string line; std::getline(in, line);) {
    last.push_back(line);
    if (int(last.size()) > lines) last.pop_front();
  }
  std::string text;
  for (const auto& line : last) text += "\n  " + line;
  return text.empty() ? "\n  (nothing)" : text;
}

}  // namespace orogen
