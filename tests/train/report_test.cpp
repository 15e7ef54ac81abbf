// The report page: complete, well-formed, escaped, self-contained, and the same after a trip through JSON.
#include "orogen/report/training/report.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "orogen/base/errors.hpp"
#include "orogen/base/random.hpp"
#include "orogen/report/page/markup.hpp"
#include "orogen/report/page/svg.hpp"

namespace orogen {
namespace {

/// A molecule of nine atoms with Gaussian labels, and predictions off by `energy_error` [eV] and `force_error` [eV/Å].
void add_set(ErrorCollector& errors, const std::string& set, int frames, double energy_error, double force_error,
             std::uint64_t seed) {
  Random random(seed);
  const auto normal = [&](double s) { return Vec3(s * random.normal(), s * random.normal(), s * random.normal()); };
  for (int k = 0; k < frames; ++k) {
    Frame frame;
    frame.config_type = k % 3 == 0 ? "300K" : "600K";
    frame.source = set + ".xyz:" + std::to_string(1 + 11 * k);
    frame.structure.species = {6, 6, 6, 8, 8, 1, 1, 1, 1};
    frame.structure.positions.resize(9, Vec3::Zero());
    frame.labels.energy = -7254.321 + 0.25 * random.normal();
    frame.labels.forces.emplace();
    Evaluation e;
    e.energy = *frame.labels.energy + energy_error * random.normal();
    for (int i = 0; i < 9; ++i) {
      frame.labels.forces->push_back(normal(1.2));
      e.forces.push_back(frame.labels.forces->back() + normal(force_error * std::exp(0.7 * random.normal())));
    }
    errors.add(frame, e, set);
  }
}

LearningCurve learning() {
  LearningCurve l;
  Random random(4);
  for (int k = 1; k <= 120; ++k) {
    const double decay = std::exp(-k / 25.0);
    l.epoch.push_back(k);
    l.train_loss.push_back((0.02 + 3 * decay) * std::exp(0.1 * random.normal()));
    l.energy_rmse.push_back(k % 2 ? std::nan("") : (0.12 + 9 * decay) * std::exp(0.15 * random.normal()));
    l.force_rmse.push_back(k % 2 ? std::nan("") : (8.2 + 400 * decay) * std::exp(0.05 * random.normal()));
    l.learning_rate.push_back(4e-3 * 0.5 * (1 + std::cos(M_PI * k / 121)));
    l.time.push_back(1.9 * k);
  }
  return l;
}

ReportedRun trajectory(const std::string& name, std::uint64_t seed) {
  ReportedRun run{.name = name, .atoms = 9, .time = {}, .potential_energy = {}, .total_energy = {}, .temperature = {}};
  Random random(seed);
  for (int k = 0; k < 5000; ++k) {
    const double swing = std::sin(0.05 * k) + 0.7 * random.normal();
    run.time.push_back(0.01 * k);
    run.temperature.push_back(300 + 60 * swing);
    run.potential_energy.push_back(-7254.1 - 0.1 * swing);
    run.total_energy.push_back(-7253.8 + 2e-4 * random.normal() + 1e-8 * k);
  }
  run.drift = 0.011;
  return run;
}

Distribution bond_lengths() {
  Distribution d{
      .title = "O–H bond length", .density_unit = "1/Å", .x = {}, .curves = {{"learned", {}}, {"GFN2-xTB", {}}}};
  for (int k = 0; k < 60; ++k) {
    const double r = 0.8 + 0.01 * k;
    d.x.push_back(r);
    d.curves[0].second.push_back(9 * std::exp(-std::pow((r - 1.00) / 0.06, 2)));
    d.curves[1].second.push_back(9 * std::exp(-std::pow((r - 1.01) / 0.06, 2)));
  }
  return d;
}

ReportData example() {
  ReportData data;
  data.title = "Malonaldehyde, balanced";
  data.provenance = {{"program version", "orogen 0.1.0"},
                     {"date", "2025-01-31 12:00:00 UTC"},
                     {"level of theory", "GFN2-xTB"},
                     {"seed", "1"},
                     {"threads", "2"},
                     {"instruction set", "x86-64-v4"},
                     {"host compiler", "g++ 12.2, Release"}};
  data.input_toml =
      "[model]\nsize = \"balanced\"  # K = 32, one layer\ncutoff = 5.0       # Å\n\n[data]\ntrain = \"train.xyz\"\n";
  data.data_files = {{"train.xyz", std::string(64, 'a')}, {"test.xyz", std::string(64, 'b')}};
  data.census = nlohmann::json{{"frames", 500},
                               {"atoms", 4500},
                               {"elements", {"H", "C", "O"}},
                               {"labels",
                                {{"energy", {{"coverage_percent", 100.0}, {"min", -806.1}, {"max", -805.9}}},
                                 {"forces", {{"coverage_percent", 100.0}, {"min", 0.001}, {"max", 9.2}}}}},
                               {"nearest_distances",
                                {{{"pair", "C–C"}, {"distance_A", 1.31}}, {{"pair", "O–H"}, {"distance_A", 0.91}}}}}
                    .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  data.learning = learning();
  ErrorCollector errors;
  add_set(errors, "training", 450, 0.0007, 0.004, 1);
  add_set(errors, "validation", 50, 0.0012, 0.007, 2);
  add_set(errors, "test", 200, 0.0014, 0.008, 3);
  data.errors = errors.table();
  data.us_per_atom = 8.31;
  data.speed_note = "one core, float32, 44 neighbours";
  data.timings = {{"reading and check", "0.4 s"}, {"training", "228 s"}, {"evaluation", "1.1 s"}};
  data.dissociation = {{"O–H", {0.5, 1.0, 2.0}, {40.0, -4.5, -0.1}}};
  data.selftest = {{"forces = −dE/dr", 3.1e-8, "eV/Å", 1e-6, true},
                   {"virial = −dE/dstrain", 2.0e-7, "eV", 1e-6, true},
                   {"rotation", 1.2e-11, "eV", 1e-9, true},
                   {"threads agree", 0, "eV", 0, true},
                   {"instruction sets agree", 4.1e-5, "eV/Å", 1e-5, false}};
  data.md = MdSection{"Both runs start from the same structure and velocities.",
                      {trajectory("learned potential", 5), trajectory("GFN2-xTB", 6)},
                      {bond_lengths()}};
  data.sections = {{"Reference energies", "Fitted by least squares.\n\nH −13.6 eV, C −1029.1 eV, O −2042.3 eV."}};
  return data;
}

/// End of the tag that starts at `begin`: its '>' outside quotes.
std::size_t tag_end(const std::string& html, std::size_t begin) {
  bool quoted = false;
  for (std::size_t i = begin; i < html.size(); ++i) {
    if (html[i] == '"') quoted = !quoted;
    if (html[i] == '>' && !quoted) return i;
  }
  return std::string::npos;
}

/// The first thing wrong with the tags of a page, or "".
std::string unbalanced(const std::string& html) {
  std::vector<std::string> open;
  for (std::size_t begin = html.find('<'); begin != std::string::npos; begin = html.find('<', begin + 1)) {
    if (html[begin + 1] == '!') continue;
    const std::size_t end = tag_end(html, begin);
    if (end == std::string::npos) return "a tag without end: " + html.substr(begin, 40);
    const bool closes = html[begin + 1] == '/';
    const std::size_t start = begin + (closes ? 2 : 1);
    const std::string name = html.substr(start, html.find_first_of(" />", start) - start);
    if (name.empty() || !std::isalnum(static_cast<unsigned char>(name[0])))
      return "a bare < near " + html.substr(begin, 40);
    if (name == "meta" || html[end - 1] == '/') continue;
    if (!closes) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return "</" + name + "> closes " + (open.empty() ? std::string("nothing") : open.back());
    } else {
      open.pop_back();
    }
    begin = end;
  }
  return open.empty() ? "" : open.back() + " stays open";
}

/// A coordinate or a number in the text that is not finite.
bool shows_nan(const std::string& html) {
  for (const char* word : {"nan", "inf"})
    for (std::size_t at = html.find(word); at != std::string::npos; at = html.find(word, at + 1)) {
      const auto in_word = [](char c) { return std::islower(static_cast<unsigned char>(c)) && c != 'h' && c != 'v'; };
      const bool part_of_word = in_word(html[at + 3]) || in_word(html[at - 1]);  // h and v are path commands
      if (!part_of_word) return true;
    }
  return false;
}

bool has(const std::string& html, const std::string& part) { return html.find(part) != std::string::npos; }

TEST(Report, page_is_well_formed_and_self_contained) {
  const std::string html = report_html(example());
  if (const char* path = std::getenv("OROGEN_WRITE_EXAMPLE_REPORT")) std::ofstream(path) << html;
  EXPECT_EQ(unbalanced(html), "");
  for (const char* outside : {"http:", "https:", "//", "url(", "@import", "<script", "<link", "<img", "src="})
    EXPECT_FALSE(has(html, outside)) << outside;
  EXPECT_FALSE(shows_nan(html));
}

TEST(Report, page_shows_the_numbers_first_and_names_their_units_and_set) {
  const ReportData data = example();
  const std::string html = report_html(data);
  const SetErrors& test = *data.errors.find("test");
  const std::string force = "<div class=\"value\">" + markup::number(test.all.forces.rmse);
  const std::string energy = "<div class=\"value\">" + markup::number(test.all.energy_per_atom.rmse);
  ASSERT_TRUE(has(html, force)) << force;
  ASSERT_TRUE(has(html, energy)) << energy;
  EXPECT_LT(html.find(force), html.find("<section>"));
  for (const char* part :
       {"meV/Å", "meV/atom", "test, 200 frames", "8.3<", "µs/atom", "4/5", "instruction sets agree", "✗ failed",
        "✓ passed", "GFN2-xTB", "epoch", "O–H bond length", "Two atoms alone",
        "<th>coverage [%]</th><th>min</th><th>max</th>", "600K", "<th>pair</th><th>distance [Å]</th>",
        "Fitted by least squares.", "aaaaaaaa", "cutoff = 5.0"})
    EXPECT_TRUE(has(html, part)) << part;
}

TEST(Report, every_text_is_escaped) {
  const std::string evil = "<b a=\"x\">&'\x01\xff";
  ReportData data = example();
  data.title = data.input_toml = data.census_text = data.speed_note = evil;
  data.provenance = data.timings = {{evil, evil}};
  data.data_files = {{evil, evil}};
  data.census =
      nlohmann::json{
          {"<k>", evil}, {"rows", {{{"<key>", evil}}}}, {"nested", {{"a", {{"<x>", evil}}}, {"b", {{"<x>", evil}}}}}}
          .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  data.selftest = {{evil, 1, evil, 2, false}};
  data.sections = {{evil, evil}};
  data.md->text = data.md->runs[0].name = evil;
  data.md->distributions[0].title = data.md->distributions[0].quantity = data.md->distributions[0].curves[0].first =
      evil;
  ErrorCollector errors;
  add_set(errors, evil, 2, 0.1, 0.1, 1);
  data.errors = errors.table();
  const std::string html = report_html(data);
  EXPECT_EQ(unbalanced(html), "");
  for (const char* raw : {"<b a", "<k>", "<key>", "<x>", "\x01", "\xff"}) EXPECT_FALSE(has(html, raw)) << raw;
  EXPECT_TRUE(has(html, "&lt;b a=&quot;x&quot;&gt;&amp;&#39;\uFFFD\uFFFD"));
}

TEST(Report, parts_without_data_are_left_out) {
  const std::string html = report_html({});
  EXPECT_EQ(unbalanced(html), "");
  EXPECT_FALSE(has(html, "<section>"));
  EXPECT_FALSE(has(html, "<div class=\"tile"));
}

TEST(Report, json_brings_back_the_same_page) {
  const ReportData data = example();
  const auto json = to_json(data);
  const ReportData again = report_from_json(nlohmann::json::parse(json.dump()));
  EXPECT_EQ(report_html(again), report_html(data));
  EXPECT_EQ(to_json(again), json);
  EXPECT_TRUE(std::isnan(again.learning.energy_rmse[0]));
}

TEST(Report, json_that_is_not_a_report_is_an_input_error) {
  EXPECT_THROW(report_from_json(nlohmann::json::array()), InputError);
  EXPECT_THROW(report_from_json({{"format", "something"}}), InputError);
  auto json = to_json(example());
  json["version"] = 99;
  EXPECT_THROW(report_from_json(json), InputError);
  json["version"] = 1;
  json.erase("learning");
  EXPECT_THROW(report_from_json(json), InputError);
}

TEST(Report, curves_of_unequal_length_are_input_errors) {
  ReportData data = example();
  data.learning.force_rmse.pop_back();
  EXPECT_THROW(report_html(data), InputError);
  data = example();
  data.md->runs[0].temperature.pop_back();
  EXPECT_THROW(report_html(data), InputError);
}

TEST(Report, the_checks_of_this_test_see_what_they_look_for) {
  EXPECT_NE(unbalanced("<p><b></p>"), "");
  EXPECT_NE(unbalanced("<p>"), "");
  EXPECT_NE(unbalanced("a < b"), "");
  EXPECT_EQ(unbalanced("<p title=\"a > b\"><br/></p>"), "");
  EXPECT_TRUE(shows_nan("d=\"M1 nanh0\""));
  EXPECT_TRUE(shows_nan("<td>-inf</td>"));
  EXPECT_FALSE(shows_nan("provenance, information"));
}

TEST(Markup, numbers_keep_their_significant_digits) {
  EXPECT_EQ(markup::number(8.4567), "8.46");
  EXPECT_EQ(markup::number(9.996), "10.0");
  EXPECT_EQ(markup::number(-0.012345), "−0.0123");
  EXPECT_EQ(markup::number(12345), "12345");
  EXPECT_EQ(markup::number(3.1e-8, 2), "3.1·10⁻⁸");
  EXPECT_EQ(markup::number(0), "0");
  EXPECT_EQ(markup::number(std::nan("")), "–");
  EXPECT_EQ(markup::count(1234567), "1\u2009234\u2009567");
}

TEST(Markup, bytes_that_are_not_utf8_become_replacement_characters) {
  EXPECT_EQ(markup::escape("Å"), "Å");
  EXPECT_EQ(markup::escape("\xC3"), "\uFFFD");
  EXPECT_EQ(markup::escape("\xE2\x82"), "\uFFFD\uFFFD");
  EXPECT_EQ(markup::escape("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
}

TEST(Svg, ticks_are_round_and_inside_the_range) {
  const auto ticks = svg::linear_ticks(-0.13, 1.02, 5);
  EXPECT_EQ(ticks.text, (std::vector<std::string>{"0.0", "0.5", "1.0"}));
  EXPECT_EQ(svg::linear_ticks(-2.5, 2.5, 5).text, (std::vector<std::string>{"−2", "−1", "0", "1", "2"}));
  EXPECT_EQ(svg::log_ticks(1e-6, 1, 4).text, (std::vector<std::string>{"10⁻⁶", "10⁻⁴", "0.01", "1"}));
  EXPECT_EQ(svg::log_ticks(3, 60, 5).text, (std::vector<std::string>{"5", "10", "20", "50"}));
  EXPECT_TRUE(svg::linear_ticks(1, 1, 5).at.empty());
  EXPECT_TRUE(svg::linear_ticks(12.1, 12.100000000000001, 5).at.empty());
}

TEST(Svg, plots_without_drawable_data_say_so) {
  const double nan = std::nan("");
  EXPECT_TRUE(has(svg::figure({.title = "empty"}), "no data"));
  EXPECT_TRUE(has(svg::figure({.series = {{.x = {nan}, .y = {1}}}}), "no data"));
  EXPECT_TRUE(has(svg::figure({.y = {.logarithmic = true}, .series = {{.x = {1, 2}, .y = {0, -1}}}}), "no data"));
  EXPECT_FALSE(has(svg::figure({.series = {{.x = {1}, .y = {1}}}}), "no data"));
}

TEST(Svg, coordinates_are_always_finite) {
  for (const bool logarithmic : {false, true})
    for (const svg::Mark mark : {svg::Mark::line, svg::Mark::steps, svg::Mark::points, svg::Mark::bars})
      for (const auto& y :
           std::vector<std::vector<double>>{{5, 5, 5}, {0, 1, 0}, {1e-30, 1, 1e30}, {-3, std::nan(""), 2}}) {
        const std::string figure =
            svg::figure({.y = {.logarithmic = logarithmic}, .series = {{.mark = mark, .x = {1, 2, 3}, .y = y}}});
        EXPECT_EQ(unbalanced(figure), "");
        EXPECT_FALSE(shows_nan(figure)) << figure;
      }
}

TEST(Svg, long_lines_are_thinned_but_keep_their_extremes) {
  svg::Series s;
  for (int k = 0; k < 100000; ++k) s.x.push_back(k), s.y.push_back(std::sin(k * 0.01));
  const auto before = svg::figure({.y = {.min = -2, .max = 11}, .series = {s}});
  s.y[54321] = 10;
  const auto after = svg::figure({.y = {.min = -2, .max = 11}, .series = {s}});
  EXPECT_LT(after.size(), 40000u);
  EXPECT_NE(before, after);
}

TEST(Svg, series_of_unequal_lengths_are_input_errors) {
  EXPECT_THROW(svg::figure({.series = {{.x = {1, 2}, .y = {1}}}}), InputError);
}

}  // namespace
}  // namespace orogen
