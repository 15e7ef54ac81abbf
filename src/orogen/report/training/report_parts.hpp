// The parts of report pages; each is "" when there is nothing to show.
#pragma once
#include <string>
#include <vector>

#include "orogen/report/training/report.hpp"

namespace orogen::report {

/// The set by which a potential is judged: the first whose name starts with "test", else the first not used in
/// training.
const SetErrors* judged_set(const ErrorTable& errors);

std::string headline(const ReportData& data);

std::string error_section(const ReportData& data);
std::string learning_section(const ReportData& data);
std::string dissociation_section(const ReportData& data);
std::string md_section(const ReportData& data);
std::string census_section(const ReportData& data);
std::string selftest_section(const ReportData& data);
std::string timing_section(const ReportData& data);
std::string text_sections(const ReportData& data);
std::string provenance_section(const ReportData& data);

/// A whole page: style and `body` (HTML) inside, no script, nothing fetched from elsewhere. `lead` and `footer` are
/// HTML lines under the title and at the end.
std::string page(const std::string& title, const std::string& lead, const std::string& body, const std::string& footer);
/// Figures side by side where there is room.
std::string figure_grid(const std::string& figures);
/// <section> with a heading; "" when the body is empty.
std::string section(const std::string& title, const std::string& body);
/// A <table> that scrolls sideways on a narrow screen; the cells are HTML, the first column is left-aligned text.
std::string html_table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows);
/// Two columns, texts escaped.
std::string pair_table(const TextPairs& pairs);
/// Plain text as escaped paragraphs.
std::string paragraphs(const std::string& text);

}  // namespace orogen::report
