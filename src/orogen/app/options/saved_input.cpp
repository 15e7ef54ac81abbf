// The complete input that is kept with every run.
#include <fmt/format.h>

#include "orogen/app/options/help_text.hpp"
#include "orogen/app/verbs/verb.hpp"
#include "orogen/base/files/atomic_file.hpp"

namespace orogen {

void Context::save_input(const std::filesystem::path& folder) const {
  std::filesystem::create_directories(folder);
  const auto path = folder / "input.toml";
  write_atomically(path, fmt::format("# The complete input of this run, written by {}. Run it again: orogen {} {}\n{}",
                                     version_text(), verb, path.string(), options.toml()));
}

}  // namespace orogen
