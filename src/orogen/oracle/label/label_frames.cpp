#include "orogen/oracle/label/label_frames.hpp"

#include <fmt/format.h>

#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/oracle/foreign_code.hpp"
#include "orogen/oracle/label/forked_map.hpp"
#include "orogen/system/files/extxyz.hpp"

namespace orogen {
namespace {

using Json = nlohmann::json;
constexpr long all = std::numeric_limits<long>::max();

constexpr const char* ways_on = "give another out, or resume=false to start over";

/// The inputs of an earlier run, with values as JSON texts.
RunInputs::Record read_record(const std::filesystem::path& path) {
  RunInputs::Record record;
  try {
    const Json stored = Json::parse(read_file(path));
    for (const auto& [key, value] : stored.items()) record[key] = value.dump();
  } catch (const Json::exception&) {
    throw InputError(fmt::format("{}: not readable as JSON; {}", path.string(), ways_on));
  }
  return record;
}

std::string json_text(const RunInputs& inputs) {
  Json record = Json::object();
  for (const auto& [key, text] : inputs.record()) record[key] = Json::parse(text);
  return record.dump(2) + "\n";
}

/// Makes the folder ready: continues what is there, or clears it.
void prepare(const LabelOptions& o, const RunInputs& inputs, const LabelFiles& files) {
  std::filesystem::create_directories(o.out);
  if (std::filesystem::exists(files.record) && o.resume) {
    inputs.require_same(read_record(files.record), files.record.string(), ways_on);
  } else {
    for (const auto& path : {files.labelled, files.partial, files.failed}) std::filesystem::remove(path);
  }
  write_atomically(files.record, json_text(inputs));
}

/// Whole frames in the file; a frame that was cut off is removed.
long whole_frames(const std::filesystem::path& path) {
  return std::filesystem::exists(path) ? cut_extxyz(path.string(), all) : 0;
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

/// The files under way: every answer goes to one of the two, with a word on the progress.
class Answers {
 public:
  Answers(std::span<const Frame> frames, const LabelOptions& options, const LabelFiles& files, LabelCounts& counts,
          ProgressSink& sink)
      : frames_(frames),
        options_(options),
        files_(files),
        counts_(counts),
        sink_(sink),
        labelled_(files.partial.string(), {.append = true}) {}

  /// False when no more is wanted.
  bool take(long i, const std::string& bytes) {
    Frame frame = frames_[std::size_t(i)];
    if (bytes.front() == 'L')
      add_labelled(frame, bytes);
    else
      add_failed(frame, bytes.substr(1));
    sink_.update("label", double(i + 1), double(counts_.total),
                 frame.labels.energy ? fmt::format("E {:.4f} eV, {} failed", *frame.labels.energy, counts_.failed)
                                     : "no answer");
    return !sink_.stop_requested();
  }
  void close() { labelled_.close(); }

 private:
  void add_labelled(Frame& frame, const std::string& bytes) {
    frame.labels = unpacked(bytes, frame.structure, has_stress(options_, frame));
    labelled_.write(frame);
    labelled_.flush();
    ++counts_.labelled;
  }
  void add_failed(Frame& frame, const std::string& reason) {
    if (counts_.first_error.empty()) counts_.first_error = frame.source + ": " + reason;
    frame.labels = {};
    frame.info.emplace_back("label_error", one_line(reason));
    ExtxyzWriter failed(files_.failed.string(), {.append = true});
    failed.write(frame);
    failed.close();
    ++counts_.failed;
  }

  std::span<const Frame> frames_;
  const LabelOptions& options_;
  const LabelFiles& files_;
  LabelCounts& counts_;
  ProgressSink& sink_;
  ExtxyzWriter labelled_;
};

}  // namespace

LabelCounts label_frames(Potential& potential, std::span<const Frame> frames, const RunInputs& inputs,
                         const LabelOptions& o, ProgressSink& sink) {
  const LabelFiles files(o.out);
  prepare(o, inputs, files);
  LabelCounts counts{0, whole_frames(files.failed), long(frames.size()), ""};
  if (std::filesystem::exists(files.labelled)) {
    counts.labelled = counts.total - counts.failed;
    return sink.message(Level::note, fmt::format("{}: already complete", files.labelled.string())), counts;
  }
  counts.labelled = whole_frames(files.partial);
  const long first = counts.labelled + counts.failed;
  if (first > 0) sink.message(Level::note, fmt::format("going on after {} of {} frames", first, counts.total));
  Answers answers(frames, o, files, counts, sink);
  const auto deliver = [&](long i, const std::string& bytes) { return answers.take(i, bytes); };
  const auto work = [&](long i) {
    const Frame& frame = frames[std::size_t(i)];
    return answer(potential, frame.structure, has_stress(o, frame));
  };
  if (auto* foreign = dynamic_cast<ForeignCode*>(&potential))
    map_all_foreign(*foreign, frames, first, o, deliver);
  else
    forked_map(first, counts.total, o.processes, work, deliver);
  answers.close();
  if (counts.complete()) std::filesystem::rename(files.partial, files.labelled);
  return counts;
}

}  // namespace orogen
