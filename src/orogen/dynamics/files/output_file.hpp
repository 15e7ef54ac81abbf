// A growing text file that a restart can cut back to where it was.
#pragma once
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>

namespace orogen {

/// Returns when the disk has what the operating system was given of this file. Throws InputError when it refuses.
void sync_file(const std::filesystem::path& path);

/// Throws InputError, with `name` before the text ("thermo = t.csv"), unless the file at `path` holds at least the
/// `bytes` that a restart file says it has.
void require_length(const std::string& name, const std::filesystem::path& path, std::uint64_t bytes);

/// Appends plain text. Errors are InputErrors that name the file.
class OutputFile {
 public:
  OutputFile() = default;
  /// Opens `path` cut to its first `keep` bytes (0 = new file). Throws InputError where it holds fewer.
  OutputFile(const std::filesystem::path& path, std::uint64_t keep);
  ~OutputFile();
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;

  explicit operator bool() const { return file_ != nullptr; }
  /// The text that waits to be written; append to it, then call grown().
  std::string& text() { return text_; }
  /// Writes when much has gathered.
  void grown();
  /// Hands everything to the operating system.
  void flush();
  /// Flushes, and returns when the disk has it: what a restart file refers to must not be younger than it.
  void sync();
  /// Length of the file after the last flush.
  std::uint64_t bytes() const { return bytes_; }

 private:
  void write_out();
  [[noreturn]] void fail(const char* doing) const;
  std::filesystem::path path_;
  std::FILE* file_ = nullptr;
  std::uint64_t bytes_ = 0;
  std::string text_;
};

}  // namespace orogen
