// Whole files: atomic writing, digests.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/scratch_folder.hpp"
#include "orogen/base/errors.hpp"
#include "orogen/base/files/atomic_file.hpp"
#include "orogen/base/files/sha256.hpp"

using namespace orogen;

TEST(AtomicFile, returns_the_bytes_that_were_written) {
  const ScratchFolder scratch;
  const std::string bytes("a\0b\nc\xff", 6);
  write_atomically(scratch / "f", bytes);
  EXPECT_EQ(read_file(scratch / "f"), bytes);
}

TEST(AtomicFile, replaces_a_file_and_leaves_no_temporary_one) {
  const ScratchFolder scratch;
  write_atomically(scratch / "f", std::string(100000, 'x'));
  write_atomically(scratch / "f", "short");
  EXPECT_EQ(read_file(scratch / "f"), "short");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(scratch.path()), {}), 1);
}

TEST(AtomicFile, names_the_missing_folder) {
  const ScratchFolder scratch;
  try {
    write_atomically(scratch / "no" / "f", "x");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("does not exist"), std::string::npos) << error.what();
  }
}

TEST(AtomicFile, refuses_to_write_over_a_folder) {
  const ScratchFolder scratch;
  std::filesystem::create_directory(scratch / "d");
  EXPECT_THROW(write_atomically(scratch / "d", "x"), InputError);
  EXPECT_TRUE(std::filesystem::is_directory(scratch / "d"));
}

TEST(AtomicFile, names_the_file_that_cannot_be_read) {
  const ScratchFolder scratch;
  try {
    read_file(scratch / "absent");
    FAIL();
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("absent: cannot read: No such file"), std::string::npos) << error.what();
  }
  EXPECT_THROW(read_file(scratch.path()), InputError);  // a folder
}

TEST(Sha256, agrees_with_the_examples_of_the_standard) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1000000, 'a')), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
