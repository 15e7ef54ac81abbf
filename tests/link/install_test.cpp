// What `cmake --install` leaves behind: a C program finds it through CMake and through pkg-config, and runs.
#include <gtest/gtest.h>

#include "app/command.hpp"

namespace {

const std::string example = std::string(OROGEN_TEST_DIR) + "/../examples/c";
const std::string model = std::string(OROGEN_TEST_DIR) + "/common/reference/model-v1.safetensors";

struct Installed : testing::Test {
  static inline ScratchFolder* folder = nullptr;
  static void SetUpTestSuite() {
    folder = new ScratchFolder;
    const std::string build = std::filesystem::path(OROGEN_BINARY).parent_path();
    const auto done = run_shell(*folder, "cmake --install '" + build + "' --prefix first && mv first moved");
    ASSERT_EQ(done.code, 0) << done.out << done.err;
    orogen::write_atomically(*folder / "water.xyz", "3\nwater\nO 0 0 0\nH 0.97 0.03 0\nH -0.23 0.92 -0.05\n");
  }
  static void TearDownTestSuite() { delete folder; }
  static void expect_answer(const std::string& program) {
    const auto done = run_shell(*folder, program + " '" + model + "' water.xyz");
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_NE(done.out.find("energy -20"), std::string::npos) << done.out;
  }
};

TEST_F(Installed, the_program_and_the_header_are_there) {
  EXPECT_EQ(run_shell(*folder, "moved/bin/orogen --version").code, 0);
  EXPECT_EQ(run_shell(*folder, "test -f moved/include/orogen.h").code, 0);
}

TEST_F(Installed, find_package_builds_the_example) {
  const auto built =
      run_shell(*folder, "cmake -S '" + example + "' -B b -DCMAKE_PREFIX_PATH=$PWD/moved && cmake --build b");
  ASSERT_EQ(built.code, 0) << built.out << built.err;
  expect_answer("b/evaluate");
}

TEST_F(Installed, pkg_config_builds_the_example) {
  if (run_shell(*folder, "pkg-config --version").code != 0) GTEST_SKIP() << "no pkg-config on this machine";
  const auto built = run_shell(*folder,
                               "export PKG_CONFIG_PATH=$(dirname $(find $PWD/moved -name orogen.pc)) && cc -std=c11 "
                               "-Wall -Wextra -Werror -pedantic '" +
                                   example + "/evaluate.c' -o evaluate $(pkg-config --cflags --libs orogen)");
  ASSERT_EQ(built.code, 0) << built.out << built.err;
  expect_answer("LD_LIBRARY_PATH=$(dirname $(find $PWD/moved -name liborogen.so)) ./evaluate");
}

TEST_F(Installed, the_library_exports_its_own_names_only) {
  const auto names =
      run_shell(*folder, "nm -D --defined-only $(find moved -name liborogen.so) | grep -vE ' T orogen_[a-z_]+$'");
  EXPECT_EQ(names.out, "");
}

}  // namespace
