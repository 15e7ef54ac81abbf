#include "orogen/base/files/safetensors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/sha256.hpp"

namespace orogen {

static_assert(std::endian::native == std::endian::little,
              "tensors are copied as they lie in memory: little-endian only");

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t largest_header = 100'000'000;  // the limit that other readers of the layout have, too

std::optional<std::int64_t> item_size(std::string_view dtype) {
  static const std::map<std::string_view, std::int64_t> sizes = {
      {"BOOL", 1}, {"U8", 1},  {"I8", 1},  {"U16", 2}, {"I16", 2}, {"F16", 2}, {"BF16", 2},
      {"U32", 4},  {"I32", 4}, {"F32", 4}, {"U64", 8}, {"I64", 8}, {"F64", 8}};
  const auto found = sizes.find(dtype);
  return found == sizes.end() ? std::nullopt : std::optional(found->second);
}

std::string shape_text(const std::vector<std::int64_t>& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

/// Product of the shape, or nothing when a length is negative or the product overflows.
std::optional<std::int64_t> product(const std::vector<std::int64_t>& shape) {
  std::int64_t n = 1;
  for (const auto length : shape)
    if (length < 0 || __builtin_mul_overflow(n, length, &n)) return std::nullopt;
  return n;
}

/// What is wrong with a tensor's dtype, shape and number of bytes; "" when nothing is.
std::string mismatch(const std::string& dtype, const std::vector<std::int64_t>& shape, std::int64_t bytes) {
  const auto size = item_size(dtype);
  if (!size)
    return fmt::format("unknown dtype \"{}\" (expected one of BOOL U8 I8 U16 I16 F16 BF16 U32 I32 F32 U64 I64 F64)",
                       dtype);
  const auto n = product(shape);
  std::int64_t expected = 0;
  if (!n || __builtin_mul_overflow(*n, *size, &expected)) return fmt::format("impossible shape {}", shape_text(shape));
  if (expected != bytes)
    return fmt::format("shape {} of {} needs {} bytes, but {} are given", shape_text(shape), dtype, expected, bytes);
  return "";
}

template <class T> constexpr const char* dtype_of();
template <> constexpr const char* dtype_of<float>() { return "F32"; }
template <> constexpr const char* dtype_of<double>() { return "F64"; }
template <> constexpr const char* dtype_of<std::int64_t>() { return "I64"; }
template <> constexpr const char* dtype_of<std::int32_t>() { return "I32"; }
template <> constexpr const char* dtype_of<std::uint8_t>() { return "U8"; }

template <class T> std::vector<T> copied(const std::vector<std::byte>& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

/// Where one tensor lies, as the header says.
struct Entry {
  std::string name, dtype;
  std::vector<std::int64_t> shape;
  std::int64_t begin = 0, end = 0;
};

Json parse_header(std::string_view text, const std::string& file) {
  std::vector<std::set<std::string>> seen;
  std::string repeated;
  const auto watch = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) seen.emplace_back();
    if (event == Json::parse_event_t::object_end) seen.pop_back();
    if (event == Json::parse_event_t::key && !seen.back().insert(value.get<std::string>()).second) repeated = value;
    return true;
  };
  Json header;
  try {
    header = Json::parse(text, watch);
  } catch (const Json::exception& error) {
    throw InputError(fmt::format(
        "{}: the header is not JSON ({}); the file is damaged or not in the safetensors layout", file, error.what()));
  }
  if (!repeated.empty()) throw InputError(fmt::format("{}: the header names \"{}\" twice", file, repeated));
  if (!header.is_object()) throw InputError(fmt::format("{}: the header is not a JSON object", file));
  return header;
}

bool is_integer_list(const Json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(), [](const Json& v) {
           return v.is_number_unsigned()
                      ? v.get<std::uint64_t>() <= std::uint64_t(std::numeric_limits<std::int64_t>::max())
                      : v.is_number_integer();
         });
}

std::optional<Entry> read_entry(const std::string& name, const Json& value, std::vector<std::string>& problems) {
  const auto field = [&](const char* key) { return value.is_object() && value.contains(key) ? value[key] : Json(); };
  const Json dtype = field("dtype"), shape = field("shape"), offsets = field("data_offsets");
  if (!dtype.is_string() || !is_integer_list(shape) || !is_integer_list(offsets) || offsets.size() != 2) {
    problems.push_back(
        fmt::format("tensor \"{}\": expected dtype (text), shape (integers) and data_offsets (two integers), saw {}",
                    name, value.dump()));
    return std::nullopt;
  }
  Entry entry{name, dtype, shape, offsets[0], offsets[1]};
  if (entry.begin < 0 || entry.end < entry.begin) {
    problems.push_back(
        fmt::format("tensor \"{}\": data_offsets [{}, {}] do not rise from 0", name, entry.begin, entry.end));
    return std::nullopt;
  }
  if (const auto wrong = mismatch(entry.dtype, entry.shape, entry.end - entry.begin); !wrong.empty())
    problems.push_back(fmt::format("tensor \"{}\": {}", name, wrong));
  return entry;
}

/// The tensors must fill the data exactly: no overlap, no hole, no rest.
void check_layout(std::vector<Entry> entries, std::int64_t available, std::vector<std::string>& problems) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  std::int64_t at = 0;
  for (const auto& e : entries) {
    if (e.begin < at)
      problems.push_back(fmt::format(
          "tensor \"{}\" begins at byte {} and overlaps the tensor before it, which ends at {}", e.name, e.begin, at));
    if (e.begin > at)
      problems.push_back(fmt::format("bytes {} to {} before tensor \"{}\" belong to no tensor", at, e.begin, e.name));
    at = std::max(at, e.end);
  }
  if (at > available)
    problems.push_back(
        fmt::format("truncated: the tensors need {} bytes, the file has {}; copy it again", at, available));
  if (at < available)
    problems.push_back(fmt::format("{} bytes after the last tensor belong to no tensor", available - at));
}

void throw_problems(const std::string& file, std::vector<std::string>& problems) {
  for (auto& p : problems) p = file + ": " + p;
  if (!problems.empty()) throw InputError(problems);
}

std::uint64_t header_length(std::string_view bytes, const std::string& name) {
  std::uint64_t length = 0;
  if (bytes.size() < 8)
    throw InputError(fmt::format("{}: truncated: {} bytes, a safetensors file has at least 10", name, bytes.size()));
  std::memcpy(&length, bytes.data(), 8);
  if (length > largest_header)
    throw InputError(
        fmt::format("{}: header too large: {} bytes stated, at most {} allowed; this is no safetensors file", name,
                    length, largest_header));
  if (length > bytes.size() - 8)
    throw InputError(
        fmt::format("{}: truncated: the header needs {} bytes, the file has {} after its first 8; copy it again", name,
                    length, bytes.size() - 8));
  return length;
}

constexpr const char* digest_key = "sha256";

/// Of everything in the file but the digest itself.
std::string digest(SafetensorsFile file) {
  file.metadata.erase(digest_key);
  return sha256_hex(file.serialize());
}

}  // namespace

template <class T> Tensor Tensor::from(std::span<const T> values, std::vector<std::int64_t> shape) {
  Tensor tensor{dtype_of<T>(), std::move(shape), std::vector<std::byte>(values.size_bytes())};
  if (const auto wrong = mismatch(tensor.dtype, tensor.shape, std::int64_t(tensor.bytes.size())); !wrong.empty())
    throw InputError("tensor: " + wrong);
  if (!values.empty()) std::memcpy(tensor.bytes.data(), values.data(), values.size_bytes());
  return tensor;
}

template <class T> std::vector<T> Tensor::as() const {
  if (dtype == dtype_of<T>()) return copied<T>(bytes);
  if constexpr (std::is_same_v<T, double>)
    if (dtype == "F32") {
      const auto narrow = copied<float>(bytes);
      return {narrow.begin(), narrow.end()};
    }
  throw InputError(fmt::format("tensor holds {}, expected {}", dtype, dtype_of<T>()));
}

#define OROGEN_TENSOR_TYPE(T)                                                     \
  template Tensor Tensor::from<T>(std::span<const T>, std::vector<std::int64_t>); \
  template std::vector<T> Tensor::as<T>() const;
OROGEN_TENSOR_TYPE(float)
OROGEN_TENSOR_TYPE(double)
OROGEN_TENSOR_TYPE(std::int64_t)
OROGEN_TENSOR_TYPE(std::int32_t)
OROGEN_TENSOR_TYPE(std::uint8_t)
#undef OROGEN_TENSOR_TYPE

std::int64_t Tensor::size() const { return product(shape).value_or(0); }

const Tensor& SafetensorsFile::at(const std::string& name) const {
  if (const auto found = tensors.find(name); found != tensors.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [key, tensor] : tensors) names.push_back(key);
  throw InputError(fmt::format("no tensor \"{}\" in the file; it holds: {}", name, fmt::join(names, ", ")));
}

SafetensorsFile SafetensorsFile::parse(std::string_view bytes, const std::string& name) {
  const auto length = header_length(bytes, name);
  const auto data = bytes.substr(8 + length);
  const Json header = parse_header(bytes.substr(8, length), name);
  SafetensorsFile file;
  std::vector<std::string> problems;
  std::vector<Entry> entries;
  for (const auto& [key, value] : header.items()) {
    if (key != "__metadata__") {
      if (auto entry = read_entry(key, value, problems)) entries.push_back(std::move(*entry));
      continue;
    }
    if (!value.is_object()) problems.push_back("__metadata__ is not an object of texts");
    for (const auto& [k, text] : value.items()) {
      if (text.is_string())
        file.metadata[k] = text;
      else
        problems.push_back(fmt::format("__metadata__ \"{}\": expected a text, saw {}", k, text.dump()));
    }
  }
  if (problems.empty()) check_layout(entries, std::int64_t(data.size()), problems);
  throw_problems(name, problems);
  for (auto& e : entries) {
    const auto* first = reinterpret_cast<const std::byte*>(data.data());
    file.tensors[e.name] = {e.dtype, e.shape, {first + e.begin, first + e.end}};
  }
  return file;
}

SafetensorsFile SafetensorsFile::read(const std::filesystem::path& path) {
  return parse(read_file(path), path.string());
}

std::string SafetensorsFile::serialize() const {
  std::vector<std::pair<std::string, const Tensor*>> ordered;
  std::vector<std::string> problems;
  for (const auto& [name, tensor] : tensors) {
    const auto wrong = mismatch(tensor.dtype, tensor.shape, std::int64_t(tensor.bytes.size()));
    if (!wrong.empty()) problems.push_back(fmt::format("tensor \"{}\": {}", name, wrong));
    if (name == "__metadata__") problems.push_back("\"__metadata__\" cannot name a tensor");
    ordered.emplace_back(name, &tensor);
  }
  if (!problems.empty()) throw InputError(problems);
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
    return *item_size(a.second->dtype) > *item_size(b.second->dtype);
  });
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t at = 0;
  for (const auto& [name, tensor] : ordered) {
    header[name] = {
        {"dtype", tensor->dtype}, {"shape", tensor->shape}, {"data_offsets", {at, at + tensor->bytes.size()}}};
    at += tensor->bytes.size();
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const Json::exception&) {
    throw InputError("a tensor's name or a metadata text is not UTF-8; JSON cannot hold it");
  }
  text.append((8 - text.size() % 8) % 8, ' ');
  const std::uint64_t length = text.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  bytes += text;
  for (const auto& [name, tensor] : ordered)
    bytes.append(reinterpret_cast<const char*>(tensor->bytes.data()), tensor->bytes.size());
  return bytes;
}

void SafetensorsFile::seal() { metadata[digest_key] = digest(*this); }

void SafetensorsFile::require_undamaged() const {
  const auto stated = metadata.find(digest_key);
  if (stated != metadata.end() && stated->second != digest(*this))
    throw InputError(
        "the content does not fit its metadata \"sha256\": the file is damaged, or was changed by hand; copy it "
        "again, or take that key out if the change was meant");
}

void SafetensorsFile::write(const std::filesystem::path& path) const { write_atomically(path, serialize()); }

}  // namespace orogen
