// Tensors and text in one file, in the layout that the safetensors project documents:
// a little-endian u64 header length, a JSON header {"name": {"dtype", "shape", "data_offsets"}, "__metadata__": {text:
// text}} padded with spaces to a multiple of 8, then the tensors' bytes without holes.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orogen {

/// A dense array, row-major, little-endian.
struct Tensor {
  std::string dtype;                ///< BOOL U8 I8 U16 I16 F16 BF16 U32 I32 F32 U64 I64 F64
  std::vector<std::int64_t> shape;  ///< empty = one number
  std::vector<std::byte> bytes;

  /// T is float, double, std::int64_t, std::int32_t or std::uint8_t. Throws InputError when the shape does not hold the
  /// values.
  template <class T> static Tensor from(std::span<const T> values, std::vector<std::int64_t> shape);
  template <class T> static Tensor from(const std::vector<T>& values, std::vector<std::int64_t> shape) {
    return from(std::span<const T>(values), std::move(shape));
  }
  template <class T> static Tensor from(const std::vector<T>& values) {
    return from(std::span<const T>(values), {std::int64_t(values.size())});
  }

  /// The values in row-major order. The dtype must be that of T; only F32 → double also converts, since nothing is
  /// lost. Throws InputError otherwise.
  template <class T> std::vector<T> as() const;

  /// Product of the shape.
  std::int64_t size() const;
};

/// What one file holds.
struct SafetensorsFile {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;

  /// The tensor `name`. Throws InputError that lists the names in the file.
  const Tensor& at(const std::string& name) const;

  /// Throws InputError for a file that is not one (truncated, wrong header, unknown dtype, offsets that overlap, leave
  /// holes or do not fit the shape); all problems of the header are collected.
  static SafetensorsFile read(const std::filesystem::path& path);
  /// The same from memory; `name` appears in messages.
  static SafetensorsFile parse(std::string_view bytes, const std::string& name);

  /// The file's bytes: tensors ordered by falling item size, then name, so that every tensor is aligned. The same
  /// content always gives the same bytes. Throws InputError for a tensor whose bytes do not fit its dtype and shape,
  /// and for a text that is not UTF-8.
  std::string serialize() const;
  /// Puts the digest of everything else into metadata["sha256"].
  void seal();
  /// Throws InputError where the content does not fit that digest; files without one are taken as they are.
  void require_undamaged() const;
  /// Writes atomically. Throws InputError.
  void write(const std::filesystem::path& path) const;
};

}  // namespace orogen
