// Assertions: they hold in every build type, and their text names the place.
#include "orogen/base/errors.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace orogen;

namespace {

TEST(Assertion, that_holds_does_nothing_and_evaluates_its_condition_once) {
  int evaluated = 0;
  OROGEN_ASSERT(++evaluated == 1);
  EXPECT_EQ(evaluated, 1);
}

TEST(Assertion, that_fails_throws_in_release_too_and_names_file_line_and_condition) {
  const std::size_t forces = 2, atoms = 3;
  const std::string line = std::to_string(__LINE__ + 2);
  try {
    OROGEN_ASSERT(forces == atoms);
    FAIL() << "nothing was thrown";
  } catch (const ContractError& error) {
    const std::string text = error.what();
    EXPECT_EQ(text.find("errors_test.cpp:" + line + ": 'forces == atoms'"), 0u) << text;
    EXPECT_NE(text.find("a bug of orogen"), std::string::npos) << text;
  }
}

TEST(Assertion, is_neither_bad_input_nor_a_failed_computation) {
  EXPECT_FALSE((std::is_base_of_v<InputError, ContractError>));
  EXPECT_FALSE((std::is_base_of_v<NumericalError, ContractError>));
}

}  // namespace
