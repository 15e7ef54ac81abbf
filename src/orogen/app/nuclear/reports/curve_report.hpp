// Curves with bands, and the pages made of them: the deuteron, observables.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "orogen/app/nuclear/reports/text_table.hpp"
#include "orogen/report/page/svg.hpp"

namespace orogen {

/// Values at x with half widths of a band (all 0: none).
struct BandCurve {
  std::string name;
  std::vector<double> x, y, half;
};

/// Adds the strip middle ± half where half > 0, in one of the colours of svg::Series.
void add_band(const std::vector<double>& x, const std::vector<double>& middle, const std::vector<double>& half,
              int color, svg::Plot& plot);
/// A line for each curve over its band; the colours go round.
std::string curve_figure(svg::Plot plot, const std::vector<BandCurve>& curves);

/// Columns of numbers with names that hold the units.
struct NumberTable {
  std::vector<std::string> header;
  std::vector<std::vector<double>> rows;
  std::vector<double> column(const std::string& name) const;  ///< empty where there is none
  TextRows text() const;
  nlohmann::json json() const;
};

/// Table and curves of the deuteron: `wave` has r, u, w and perhaps their spreads.
std::string deuteron_page(const std::string& force, const TextRows& quantities, const NumberTable& wave,
                          const std::string& input_toml);

/// An observable in both tables below.
struct CurveColumn {
  std::string code, unit, column, spread;  ///< "dsg", "mb/sr", names of the columns
  bool against_angle;
};
/// Observables against energy (from two energies on) and against angle (at most six energies); "" where nothing can be
/// drawn.
std::string observable_figures(const std::vector<CurveColumn>&, const NumberTable& total, const NumberTable& angular);
std::string observable_page(const std::string& title, const std::string& figures, const std::string& input_toml);

}  // namespace orogen
