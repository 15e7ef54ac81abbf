#include "orogen/dynamics/output_file.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "orogen/base/errors.hpp"

namespace orogen {
namespace {

constexpr std::size_t write_at = 1 << 20;

/// One gzip member (RFC 1952) without a time stamp: the same text gives the same bytes.
bool gzip(const std::string& text, std::string& packed) {
  z_stream stream{};
  if (deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return false;
  packed.resize(deflateBound(&stream, text.size()) + 32);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = uInt(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = uInt(packed.size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return done;
}

}  // namespace

OutputFile::OutputFile(const std::filesystem::path& path, std::uint64_t keep)
    : path_(path), compressed_(path.extension() == ".gz") {
  if (keep > 0) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error || size < keep)
      throw InputError(fmt::format(
          "{}: the restart file says that it holds {} bytes, it {}; restore it or start over (resume=false)",
          path.string(), keep, error ? "cannot be read" : fmt::format("holds {}", size)));
    std::filesystem::resize_file(path, keep, error);
    if (error) fail("cut");
  }
  file_ = std::fopen(path.c_str(), keep > 0 ? "ab" : "wb");
  if (!file_) fail("open");
  bytes_ = keep;
}

OutputFile::~OutputFile() {
  if (!file_) return;
  try {
    write_out();
  } catch (...) {  // a destructor may not throw; checkpoint() reports
  }
  std::fclose(file_);
}

OutputFile::OutputFile(OutputFile&& other) noexcept { *this = std::move(other); }

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(file_, other.file_);
  std::swap(compressed_, other.compressed_);
  std::swap(bytes_, other.bytes_);
  std::swap(text_, other.text_);
  std::swap(packed_, other.packed_);
  return *this;
}

void OutputFile::fail(const char* doing) const {
  throw InputError(fmt::format("{}: cannot {} this file: {}", path_.string(), doing, std::strerror(errno)));
}

void OutputFile::grown() {
  if (text_.size() >= write_at) write_out();
}

std::uint64_t OutputFile::checkpoint() {
  if (file_) write_out();
  return bytes_;
}

void OutputFile::write_out() {
  if (text_.empty()) return;
  if (compressed_ && !gzip(text_, packed_)) fail("compress");
  const std::string& out = compressed_ ? packed_ : text_;
  if (std::fwrite(out.data(), 1, out.size(), file_) != out.size() || std::fflush(file_) != 0) fail("write");
  bytes_ += out.size();
  text_.clear();
}

}  // namespace orogen
