// The parts that every page is made of: the page itself, sections, grids of figures, tables.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace orogen {

using TextPairs = std::vector<std::pair<std::string, std::string>>;

}  // namespace orogen

namespace orogen::report {

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
