// The report of a training or an evaluation: its data, and the one self-contained web page made from them.
#pragma once
#include <filesystem>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "orogen/report/errors/error_table.hpp"
#include "orogen/report/page/page.hpp"
#include "orogen/train/selftest/selftest_result.hpp"
#include "orogen/train/training/learning_curve.hpp"

namespace orogen {

/// One trajectory; vectors that are not empty have one entry per time.
struct ReportedRun {
  std::string name;  ///< "learned potential"
  int atoms = 0;
  std::vector<double> time;              ///< ps
  std::vector<double> potential_energy;  ///< eV
  std::vector<double> total_energy;      ///< eV
  std::vector<double> temperature;       ///< K
  double drift =
      std::numeric_limits<double>::quiet_NaN();  ///< of the total energy, meV/atom per 100 ps; NaN = not said
};

/// Distributions of the same quantity in several runs, on the same axis.
struct Distribution {
  std::string title;                       ///< "O–H bond length", "g(r) of O–O"
  std::string quantity = "r", unit = "Å";  ///< along x
  std::string density = "density", density_unit;
  std::vector<double> x;                                            ///< bin middles
  std::vector<std::pair<std::string, std::vector<double>>> curves;  ///< (run, density in every bin)
};

struct MdSection {
  std::string text;
  std::vector<ReportedRun> runs;
  std::vector<Distribution> distributions;
};

struct DataFile {
  std::string path, sha256;
};

struct TextSection {
  std::string title, text;  ///< plain text; an empty line starts a paragraph
};

/// Everything the page shows; parts that are empty are left out of it.
struct ReportData {
  std::string title;
  TextPairs provenance;    ///< program version, date, level of theory, seeds, threads, instruction set …
  std::string input_toml;  ///< the expanded input
  std::vector<DataFile> data_files;
  std::string census;       ///< JSON text, shown as tables whatever its keys; "" = none
  std::string census_text;  ///< shown as it is
  LearningCurve learning;
  ErrorTable errors;
  double us_per_atom = std::numeric_limits<double>::quiet_NaN();  ///< µs per atom and step, energy + forces + virial
  std::string speed_note;                                         ///< what was timed: "1 core, float32, 4000 atoms"
  TextPairs timings;                                              ///< stage, time with its unit
  std::vector<SelftestResult> selftest;
  std::vector<DissociationCurve> dissociation;
  std::optional<MdSection> md;
  std::vector<TextSection> sections;
};

/// One HTML page: style and plots inside, no script, nothing fetched from elsewhere. Throws InputError for curves whose
/// vectors differ in length.
std::string report_html(const ReportData& data);

/// NaN becomes null and comes back as NaN. Dump it with `error_handler_t::replace`: texts may hold bytes that are not
/// UTF-8.
nlohmann::json to_json(const ReportData& data);
/// Writes folder/report.json and folder/report.html.
void write_report(const std::filesystem::path& folder, const ReportData& report);
/// Throws InputError for JSON that is not a report, naming the version if it is newer than this program.
ReportData report_from_json(const nlohmann::json& json);

/// "2026-01-31", local date.
std::string today();

}  // namespace orogen
