#include "orogen/nuclear/observables/data/csv.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/options/nearest_name.hpp"

namespace orogen::nuclear {
namespace {

std::string trimmed(std::string_view text) {
  const auto space = " \t\r";
  const auto first = text.find_first_not_of(space);
  return first == text.npos ? "" : std::string(text.substr(first, text.find_last_not_of(space) - first + 1));
}

std::vector<std::string> cells_of(std::string_view line, const std::string& where) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (char c : line) {
    if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      cells.emplace_back();
    else
      cells.back() += c;
  }
  if (quoted) throw InputError(where + ": a quote is opened and not closed");
  for (auto& cell : cells) cell = trimmed(cell);
  return cells;
}

std::string without_unit(std::string_view column) {
  return std::string(column.substr(0, std::min(column.rfind('_'), column.size())));
}

}  // namespace

int CsvTable::column(std::string_view name) const {
  const auto it = std::find(header.begin(), header.end(), name);
  return it == header.end() ? -1 : int(it - header.begin());
}

CsvTable parse_csv(std::string_view text, const std::string& source) {
  CsvTable table;
  table.source = source;
  int number = 0;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // the mark of UTF-8 that spreadsheets write
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line[0] == '#') continue;
    CsvTable::Row row{number, cells_of(line, source + ":" + std::to_string(number))};
    if (table.header.empty()) {
      table.header = std::move(row.cells);
      for (std::size_t k = 1; k < table.header.size(); ++k)
        if (table.column(table.header[k]) != int(k))
          throw InputError(table.where(row) + ": column '" + table.header[k] + "' is there twice");
      continue;
    }
    if (row.cells.size() != table.header.size())
      throw InputError(table.where(row) + ": " + std::to_string(row.cells.size()) + " cells; the header has " +
                       std::to_string(table.header.size()));
    table.rows.push_back(std::move(row));
  }
  if (table.header.empty()) throw InputError(source + ": no header row; expected names of columns with units");
  return table;
}

CsvTable read_csv(const std::filesystem::path& path) { return parse_csv(read_file(path), path.string()); }

double csv_number(const CsvTable& table, const CsvTable::Row& row, int column) {
  const std::string& cell = row.cells[std::size_t(column)];
  const char* first = cell.data() + (cell.starts_with('+') ? 1 : 0);
  double x = 0;
  const auto [end, error] = std::from_chars(first, cell.data() + cell.size(), x);
  if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(x))
    throw InputError(table.where(row) + ": " + table.header[std::size_t(column)] + " '" + cell +
                     "'; expected a finite number");
  return x;
}

std::string column_suggestion(std::string_view name, const std::vector<std::string>& known) {
  for (const auto& k : known)
    if (k != name && without_unit(k) == without_unit(name) && k.find('_') != k.npos)
      return "; the unit of this column must be that of '" + k + "'";
  return suggestion(name, known);
}

}  // namespace orogen::nuclear
