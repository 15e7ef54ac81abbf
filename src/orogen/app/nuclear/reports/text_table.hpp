// Tables for the terminal and in files.
#pragma once
#include <string>
#include <vector>

namespace orogen {

using TextRows = std::vector<std::vector<std::string>>;

/// Columns aligned with two spaces between them: the first to the left, the others to the right. Rows may be shorter
/// than the header.
std::string text_table(const std::vector<std::string>& header, const TextRows& rows);
/// Comma-separated, `comment` lines first, each with '#'.
std::string csv_text(const std::vector<std::string>& comments, const std::vector<std::string>& header,
                     const TextRows& rows);

}  // namespace orogen
