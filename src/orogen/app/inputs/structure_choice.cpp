#include "orogen/app/inputs/structure_choice.hpp"

#include <fmt/format.h>

#include "orogen/base/errors.hpp"
#include "orogen/system/files/extxyz.hpp"

namespace orogen {

void describe(OptionTable& table, StructureOptions& o) {
  table.add("structure", o.structure, "", "extended XYZ file with the structure to start from").must();
  table.add("frame", o.frame, "", "which frame of that file, counted from 0; −1 is the last").range(-1e12, 1e12);
}

Frame read_structure(const StructureOptions& o) {
  auto frames = read_extxyz(o.structure);
  const long count = long(frames.size()), index = o.frame < 0 ? count + o.frame : o.frame;
  if (index < 0 || index >= count)
    throw InputError(fmt::format("frame = {}: {} has {} frames, 0 … {}", o.frame, o.structure, count, count - 1));
  return std::move(frames[std::size_t(index)]);
}

}  // namespace orogen
