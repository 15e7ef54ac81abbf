// Which structure a verb starts from.
#pragma once
#include <string>

#include "orogen/base/options/options.hpp"
#include "orogen/system/structure.hpp"

namespace orogen {

struct StructureOptions {
  std::string structure;  ///< extended XYZ file
  long frame = 0;         ///< counted from 0; negative counts from the end
};

/// Describes the keys structure (required) and frame.
void describe(OptionTable& table, StructureOptions& options);

/// The chosen frame. Throws InputError, also when the file has fewer frames.
Frame read_structure(const StructureOptions& options);

}  // namespace orogen
