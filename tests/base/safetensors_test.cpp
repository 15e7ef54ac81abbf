// The safetensors layout: what is written comes back, what is wrong is named.
#include "orogen/base/files/safetensors.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <limits>

#include "common/scratch_folder.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"

using namespace orogen;

namespace {

SafetensorsFile example() {
  SafetensorsFile file;
  file.metadata = {{"units", "eV, Å"}, {"note", "quotes \" and\nlines"}};
  file.tensors["weights"] = Tensor::from(std::vector<float>{1, 2.5f, -3, 4, 5, 6}, {2, 3});
  file.tensors["energies"] = Tensor::from(std::vector<double>{0.1, -1e300});
  file.tensors["count"] = Tensor::from(std::vector<std::int64_t>{7}, {});
  file.tensors["flags"] = Tensor::from(std::vector<std::uint8_t>{1, 0, 1});
  file.tensors["none"] = Tensor::from(std::vector<double>{}, {0, 3});
  return file;
}

/// A file with this header and this many bytes of data.
std::string file_with(std::string header, std::size_t data) {
  std::string bytes(8, '\0');
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data, '\0');
}

void expect_error(const std::string& bytes, const std::string& text) {
  try {
    SafetensorsFile::parse(bytes, "model.safetensors");
    FAIL() << "no error; expected: " << text;
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find(text), std::string::npos) << error.what();
    EXPECT_EQ(std::string(error.what()).find("model.safetensors: "), 0u) << error.what();
  }
}

}  // namespace

TEST(Safetensors, returns_what_was_written) {
  const ScratchFolder scratch;
  example().write(scratch / "f.safetensors");
  const auto file = SafetensorsFile::read(scratch / "f.safetensors");
  EXPECT_EQ(file.metadata, example().metadata);
  ASSERT_EQ(file.tensors.size(), 5u);
  EXPECT_EQ(file.at("weights").as<float>(), (std::vector<float>{1, 2.5f, -3, 4, 5, 6}));
  EXPECT_EQ(file.at("weights").shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(file.at("energies").as<double>(), (std::vector<double>{0.1, -1e300}));
  EXPECT_EQ(file.at("count").as<std::int64_t>(), (std::vector<std::int64_t>{7}));
  EXPECT_TRUE(file.at("count").shape.empty());
  EXPECT_EQ(file.at("none").size(), 0);
}

TEST(Safetensors, gives_the_same_bytes_for_the_same_content) {
  const auto bytes = example().serialize();
  EXPECT_EQ(SafetensorsFile::parse(bytes, "f").serialize(), bytes);
}

TEST(Safetensors, pads_the_header_so_that_every_tensor_is_aligned) {
  const auto bytes = example().serialize();
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  EXPECT_EQ(length % 8, 0u);
  double first = 0;  // the eight-byte tensors come first: count, energies
  std::memcpy(&first, bytes.data() + 8 + length + 8, 8);
  EXPECT_EQ(first, 0.1);
}

TEST(Safetensors, keeps_nan_and_negative_zero_bit_for_bit) {
  SafetensorsFile file;
  file.tensors["x"] = Tensor::from(std::vector<double>{-0.0, std::numeric_limits<double>::quiet_NaN()});
  EXPECT_EQ(SafetensorsFile::parse(file.serialize(), "f").at("x").bytes, file.at("x").bytes);
}

TEST(Safetensors, widens_float_to_double_and_refuses_every_other_conversion) {
  const auto file = example();
  EXPECT_EQ(file.at("weights").as<double>()[1], 2.5);
  EXPECT_THROW(file.at("energies").as<float>(), InputError);
  EXPECT_THROW(file.at("count").as<double>(), InputError);
}

TEST(Safetensors, refuses_a_shape_that_does_not_hold_the_values) {
  EXPECT_THROW(Tensor::from(std::vector<float>{1, 2, 3}, {2, 2}), InputError);
  EXPECT_THROW(Tensor::from(std::vector<float>{1}, {-1, -1}), InputError);
  auto file = example();
  file.tensors["weights"].shape = {7};
  EXPECT_THROW(file.serialize(), InputError);
}

TEST(Safetensors, refuses_a_text_that_is_not_utf8) {
  auto file = example();
  file.metadata["note"] = "\xff\xfe";
  EXPECT_THROW(file.serialize(), InputError);
}

TEST(Safetensors, lists_the_names_when_one_is_missing) {
  try {
    example().at("bias");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("count, energies, flags, none, weights"), std::string::npos)
        << error.what();
  }
}

TEST(Safetensors, refuses_every_truncation) {
  const auto bytes = example().serialize();
  for (std::size_t n = 0; n < bytes.size(); ++n)
    EXPECT_THROW(SafetensorsFile::parse(std::string_view(bytes).substr(0, n), "f"), InputError) << n;
}

TEST(Safetensors, names_what_is_wrong_with_a_file) {
  expect_error("abc", "truncated: 3 bytes");
  expect_error(std::string(8, '\x7f'), "header too large");
  expect_error(file_with("{}      ", 0).substr(0, 12), "truncated: the header needs 8 bytes");
  expect_error(file_with("{\"a\":", 0), "not JSON");
  expect_error(file_with("[]", 0), "not a JSON object");
  expect_error(file_with(R"({"a":{"dtype":"F32","shape":[1]}})", 4),
               "expected dtype (text), shape (integers) and data_offsets");
  expect_error(file_with(R"({"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}})", 4), "unknown dtype \"F31\"");
  expect_error(file_with(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4),
               "needs 8 bytes, but 4 are given");
  expect_error(file_with(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4), "impossible shape");
  expect_error(file_with(R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}})", 4),
               "impossible shape");
  expect_error(file_with(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4), "do not rise");
  expect_error(file_with(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551615]}})", 4),
               "data_offsets");
  expect_error(file_with(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 3),
               "truncated: the tensors need 4 bytes");
  expect_error(file_with(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 5),
               "1 bytes after the last tensor");
  expect_error(file_with(R"({"__metadata__":{"a":1}})", 0), "expected a text, saw 1");
  const std::string a = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)";
  expect_error(file_with(a + R"("b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}})", 6), "overlaps");
  expect_error(file_with(a + R"("b":{"dtype":"F32","shape":[1],"data_offsets":[6,10]}})", 10), "belong to no tensor");
  expect_error(file_with(a + R"("a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8), "names \"a\" twice");
}

TEST(Safetensors, collects_all_problems_of_a_header) {
  const std::string header =
      R"({"a":{"dtype":"X","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[9],"data_offsets":[4,8]}})";
  expect_error(file_with(header, 8), "unknown dtype \"X\"");
  expect_error(file_with(header, 8), "tensor \"b\": shape [9]");
}

TEST(Safetensors, is_read_by_the_python_package) {
  const std::string quiet = " >/dev/null 2>&1";
  if (std::system(("python3 -c 'import safetensors, numpy'" + quiet).c_str()) != 0)
    GTEST_SKIP() << "Python's safetensors is not installed";
  const ScratchFolder scratch;
  example().write(scratch / "f.safetensors");
  write_atomically(
      scratch / "check.py",
      "import sys, numpy as np\n"
      "from safetensors import safe_open\n"
      "from safetensors.numpy import load_file, save_file\n"
      "t = load_file(sys.argv[1])\n"
      "assert t['weights'].dtype == np.float32 and t['weights'].tolist() == [[1, 2.5, -3], [4, 5, 6]]\n"
      "assert t['energies'].tolist() == [0.1, -1e300] and t['count'].shape == () and t['none'].shape == (0, 3)\n"
      "assert safe_open(sys.argv[1], 'np').metadata()['units'] == 'eV, \\u00c5'\n"
      "save_file(t, sys.argv[2], {'from': 'python'})\n");
  const auto command = "python3 " + (scratch / "check.py").string() + " " + (scratch / "f.safetensors").string() + " " +
                       (scratch / "back.safetensors").string();
  ASSERT_EQ(std::system(command.c_str()), 0);
  const auto back = SafetensorsFile::read(scratch / "back.safetensors");
  EXPECT_EQ(back.metadata.at("from"), "python");
  EXPECT_EQ(back.at("weights").bytes, example().at("weights").bytes);
}
