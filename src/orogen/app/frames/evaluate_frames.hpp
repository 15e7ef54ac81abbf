// Evaluation of labelled frames, and the report's files.
#pragma once
#include <filesystem>
#include <span>
#include <string>

#include "orogen/base/progress.hpp"
#include "orogen/potential/potential.hpp"
#include "orogen/report/training/report.hpp"

namespace orogen {

/// Adds every frame's errors to the collector under the name `set`. False when a stop was requested: the errors are
/// then
/// those of some frames only, and not to be recorded.
[[nodiscard]] bool evaluate_frames(Potential& potential, std::span<const Frame> frames, const std::string& set,
                                   ErrorCollector& errors, ProgressSink& progress);
/// Median µs per atom over repeated evaluations of some frames, each in a slot of its own.
double time_per_atom(Potential& potential, std::span<const Frame> frames);
/// Writes folder/report.json and folder/report.html.
void write_report(const std::filesystem::path& folder, const ReportData& report);
/// "2026-01-31", local date.
std::string today();

}  // namespace orogen
