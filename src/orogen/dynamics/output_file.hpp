// A growing text file that a restart can cut back to where it was.
#pragma once
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>

namespace orogen {

/// Appends text, plain or (name ends in ".gz") as a sequence of gzip members, so that every checkpoint is a place where
/// the file can be cut. Errors are InputErrors that name the file.
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
  /// Writes everything to the disk's cache and returns the length of the file in bytes.
  std::uint64_t checkpoint();

 private:
  void write_out();
  [[noreturn]] void fail(const char* doing) const;
  std::filesystem::path path_;
  std::FILE* file_ = nullptr;
  bool compressed_ = false;
  std::uint64_t bytes_ = 0;
  std::string text_, packed_;
};

}  // namespace orogen
