// The known name that a mistyped one probably means.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace orogen {

/// Edits (insert, delete, replace, swap two neighbours; optimal string alignment) that turn a into b.
/// Damerau, Commun. ACM 7 (1964) 171, doi:10.1145/363958.363994.
int edit_distance(std::string_view a, std::string_view b);

/// The known name closest to `name`, letters' case ignored; nothing when none is close (more than a third of the
/// letters differ). A name that lacks its table counts as close: "friction" finds "thermostat.friction".
std::optional<std::string> nearest_name(std::string_view name, const std::vector<std::string>& known);

/// `; did you mean "…"?`, or `; expected one of: …` when no name is close.
std::string suggestion(std::string_view name, const std::vector<std::string>& known);

}  // namespace orogen
