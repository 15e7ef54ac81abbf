#include "orogen/app/frames/label_frames.hpp"

#include <fmt/format.h>

#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "orogen/app/frames/forked_map.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/sha256.hpp"
#include "orogen/oracle/foreign_code.hpp"
#include "orogen/system/files/extxyz.hpp"

namespace orogen {
namespace {

using Json = nlohmann::json;
constexpr long all = std::numeric_limits<long>::max();

/// What the answers depend on; a run may go on only where nothing of it changed.
Json record_of(const LabelOptions& o, const PotentialChoice& potential) {
  std::string digests;
  for (const auto& file : o.data) digests += sha256_hex(read_file(file));
  Json record = {{"data (SHA-256)", sha256_hex(digests)}};
  for (const auto& [key, value] : potential.record()) std::visit([&](const auto& v) { record[key] = v; }, value);
  record["xtb.charge"] = double(o.potential.charge);  // the way that earlier versions wrote it
  if (!o.stress) record["stress"] = false;
  return record;
}

void require_unchanged(const Json& before, const Json& now, const std::string& folder) {
  std::vector<std::string> problems;
  const auto shown = [](const Json& record, const std::string& key) {
    return record.contains(key) ? record[key].dump() : "not given";
  };
  Json keys = before;
  keys.update(now);
  for (const auto& [key, ignored] : keys.items())
    if (shown(before, key) != shown(now, key))
      problems.push_back(
          fmt::format("{} was {} when {} was begun and is {} now; give another out, or resume=false to start over", key,
                      shown(before, key), folder, shown(now, key)));
  if (!problems.empty()) throw InputError(problems);
}

Json read_record(const std::filesystem::path& path) {
  try {
    return Json::parse(read_file(path));
  } catch (const Json::exception&) {
    throw InputError(
        fmt::format("{}: not readable as JSON; give another out, or resume=false to start over", path.string()));
  }
}

/// Makes the folder ready: continues what is there, or clears it.
void prepare(const LabelOptions& o, const PotentialChoice& potential, const LabelFiles& files) {
  std::filesystem::create_directories(o.out);
  const Json now = record_of(o, potential);
  if (std::filesystem::exists(files.record) && o.resume) {
    require_unchanged(read_record(files.record), now, o.out);
  } else {
    for (const auto& path : {files.labelled, files.partial, files.failed}) std::filesystem::remove(path);
  }
  write_atomically(files.record, now.dump(2) + "\n");
}

/// Whole frames in the file; a frame that was cut off is removed.
long whole_frames(const std::filesystem::path& path) {
  return std::filesystem::exists(path) ? cut_extxyz(path.string(), all) : 0;
}

std::vector<Frame> read_all(const std::vector<std::string>& files) {
  std::vector<Frame> frames;
  for (const auto& file : files)
    for (auto& frame : read_extxyz(file)) frames.push_back(std::move(frame));
  return frames;
}

/// Labels as bytes, to cross from one process to another: 'L' energy virial forces, or 'E' reason.
std::string packed(const Evaluation& e) {
  const std::size_t n = e.forces.size();
  std::string bytes(1 + sizeof(double) * (10 + 3 * n), 'L');
  char* at = bytes.data() + 1;
  std::memcpy(at, &e.energy, sizeof(double));
  std::memcpy(at + sizeof(double), e.virial.data(), 9 * sizeof(double));
  for (std::size_t i = 0; i < n; ++i)
    std::memcpy(at + sizeof(double) * (10 + 3 * i), e.forces[i].data(), 3 * sizeof(double));
  return bytes;
}

Labels unpacked(const std::string& bytes, const Structure& structure, bool stress) {
  const char* at = bytes.data() + 1;
  double energy;
  Mat3 virial;
  std::vector<Vec3> forces(std::size_t(structure.size()));
  std::memcpy(&energy, at, sizeof(double));
  std::memcpy(virial.data(), at + sizeof(double), 9 * sizeof(double));
  for (std::size_t i = 0; i < forces.size(); ++i)
    std::memcpy(forces[i].data(), at + sizeof(double) * (10 + 3 * i), 3 * sizeof(double));
  Labels labels{energy, std::move(forces), {}};
  if (stress) labels.virial = virial;
  return labels;
}

std::string answer(Potential& potential, const Structure& structure, bool stress) {
  try {
    potential.forget();  // a force field's bonds come from this structure, not from the one before it
    return packed(potential.evaluate(structure, {.forces = true, .virial = stress}));
  } catch (const std::exception& error) {
    return std::string("E") + error.what();
  }
}

using DeliverFrame = std::function<bool(long, const std::string&)>;

/// Frames first … end, all with or all without a virial, through a code that runs outside: their answers come in any
/// order and are delivered in the order of the frames. False when no more are wanted or could be had.
bool map_foreign(ForeignCode& code, std::span<const Frame> frames, long first, bool stress,
                 const DeliverFrame& deliver) {
  std::vector<Structure> structures;
  for (const Frame& frame : frames) structures.push_back(frame.structure);
  std::map<std::size_t, std::string> early;
  std::size_t next = 0;
  code.evaluate_each(structures, {.forces = true, .virial = stress},
                     [&](std::size_t slot, const Evaluation& answer, const std::string& problem) {
                       early[slot] = problem.empty() ? packed(answer) : "E" + problem;
                       bool go_on = true;
                       for (; go_on && early.contains(next); early.erase(next++))
                         go_on = deliver(first + long(next), early[next]);
                       return go_on;
                     });
  return next == frames.size();
}

/// True where the frame gets a virial.
bool has_stress(const LabelOptions& o, const Frame& frame) { return o.stress && frame.structure.cell.fully_periodic(); }

void map_all_foreign(ForeignCode& code, std::span<const Frame> frames, long first, const LabelOptions& o,
                     const DeliverFrame& deliver) {
  for (long begin = first, end; begin < long(frames.size()); begin = end) {
    const bool stress = has_stress(o, frames[std::size_t(begin)]);
    for (end = begin + 1; end < long(frames.size()) && has_stress(o, frames[std::size_t(end)]) == stress;) ++end;
    if (!map_foreign(code, frames.subspan(std::size_t(begin), std::size_t(end - begin)), begin, stress, deliver))
      return;
  }
}

/// The reason in one line without quotes, so that it fits into an extended XYZ comment.
std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '"' || c == '\\') c = c == '\n' ? ' ' : '\'';
  return text;
}

}  // namespace

LabelCounts label_frames(const LabelOptions& o, int threads, ProgressSink& sink) {
  const PotentialChoice choice(o.potential);
  const auto potential = choice.make(choice.learned() ? threads : 1, sink);
  auto* foreign = dynamic_cast<ForeignCode*>(potential.get());
  const auto frames = read_all(o.data);
  const LabelFiles files(o.out);
  prepare(o, choice, files);
  LabelCounts counts{0, whole_frames(files.failed), long(frames.size()), ""};
  if (std::filesystem::exists(files.labelled)) {
    counts.labelled = counts.total - counts.failed;
    return sink.message(Level::note, fmt::format("{}: already complete", files.labelled.string())), counts;
  }
  counts.labelled = whole_frames(files.partial);
  const long first = counts.labelled + counts.failed;
  if (first > 0) sink.message(Level::note, fmt::format("going on after {} of {} frames", first, counts.total));
  ExtxyzWriter labelled(files.partial.string(), {.append = true});
  const auto deliver = [&](long i, const std::string& bytes) {
    Frame frame = frames[std::size_t(i)];
    if (bytes.front() == 'L') {
      frame.labels = unpacked(bytes, frame.structure, has_stress(o, frame));
      labelled.write(frame);
      labelled.flush();
      ++counts.labelled;
    } else {
      if (counts.first_error.empty()) counts.first_error = frame.source + ": " + bytes.substr(1);
      frame.labels = {};
      frame.info.emplace_back("label_error", one_line(bytes.substr(1)));
      ExtxyzWriter failed(files.failed.string(), {.append = true});
      failed.write(frame);
      failed.close();
      ++counts.failed;
    }
    sink.update(
        "label", double(i + 1), double(counts.total),
        frame.labels.energy ? fmt::format("E {:.4f} eV, {} failed", *frame.labels.energy, counts.failed) : "no answer");
    return !sink.stop_requested();
  };
  const auto work = [&](long i) {
    const Frame& frame = frames[std::size_t(i)];
    return answer(*potential, frame.structure, has_stress(o, frame));
  };
  if (foreign)
    map_all_foreign(*foreign, frames, first, o, deliver);
  else
    forked_map(first, counts.total, choice.may_fork() ? threads : 1, work, deliver);
  labelled.close();
  if (counts.complete()) std::filesystem::rename(files.partial, files.labelled);
  return counts;
}

}  // namespace orogen
