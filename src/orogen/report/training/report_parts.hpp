// The sections of a report; each is "" when there is nothing to show.
#pragma once
#include <string>

#include "orogen/report/page/page.hpp"
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

}  // namespace orogen::report
