// The page about low-energy constants: their joint distribution, phases order by order, and how often bands are right.
#pragma once
#include <Eigen/Core>
#include <string>
#include <vector>

#include "orogen/app/nuclear/reports/text_table.hpp"
#include "orogen/nuclear/inference/contacts/lec_data.hpp"
#include "orogen/nuclear/inference/contacts/prediction.hpp"

namespace orogen {

/// Predictions of one order on a grid, wave by wave: entries w · T.size() … of the bands.
struct OrderBands {
  std::string order;  ///< "NLO"
  nuclear::Bands bands;
};

struct LecReport {
  std::string title;
  std::vector<std::string> names;  ///< of the constants
  Eigen::MatrixXd draws;           ///< natural units, one row each
  TextRows constants;              ///< rows of the table, under `header`
  std::vector<std::string> header;
  std::vector<std::string> waves;
  std::vector<double> T_lab;  ///< MeV, of the bands
  std::vector<OrderBands> orders;
  nuclear::SplitLecData data;
  nuclear::Bands apart;  ///< of the data kept apart; empty without them
  std::string note;      ///< paragraphs
};

/// An SVG of histograms (diagonal) and pairs (below it).
std::string corner_plot(const std::vector<std::string>& names, const Eigen::MatrixXd& draws);
/// For every datum the smallest central interval of a normal band that holds it, as a probability.
std::vector<double> holding_probability(const nuclear::Bands&, const std::vector<nuclear::PhaseDatum>&);
std::string lec_page(const LecReport&, const std::string& input_toml);

}  // namespace orogen
