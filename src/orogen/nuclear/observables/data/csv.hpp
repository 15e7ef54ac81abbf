// Tables of comma-separated values: comments '#', one header row, cells optionally in quotes.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace orogen::nuclear {

struct CsvTable {
  std::string source;               ///< named in errors
  std::vector<std::string> header;  ///< names of the columns, units included
  struct Row {
    int line = 0;                    ///< 1 is the first of the file
    std::vector<std::string> cells;  ///< as many as the header has
  };
  std::vector<Row> rows;
  /// "file:line".
  std::string where(const Row& row) const { return source + ":" + std::to_string(row.line); }
  /// Index of a column, or −1.
  int column(std::string_view name) const;
};

/// Throws InputError with file:line: no header, a row with another number of cells, an open quote.
CsvTable parse_csv(std::string_view text, const std::string& source);
CsvTable read_csv(const std::filesystem::path&);
/// A finite number. Throws InputError "file:line: column: …" for anything else.
double csv_number(const CsvTable&, const CsvTable::Row&, int column);
/// What to say of a column that was not expected: a unit that differs from a known column's, or the nearest name.
std::string column_suggestion(std::string_view name, const std::vector<std::string>& known);

}  // namespace orogen::nuclear
