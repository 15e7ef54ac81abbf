// Whole files in one go: read into memory, written so that a reader sees the old file or the new one, never half.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace orogen {

/// Writes `bytes` to a temporary file in the same folder, flushes it to the disk and renames it over `path`, so that a
/// crash at any moment leaves the old file or the new one. Follows no other process's lock. Throws InputError that
/// names the path and the system's reason (no such folder, no permission, disk full); the temporary file is removed
/// then.
void write_atomically(const std::filesystem::path& path, std::string_view bytes);

/// The whole file. Throws InputError that names the path and the system's reason.
std::string read_file(const std::filesystem::path& path);

}  // namespace orogen
