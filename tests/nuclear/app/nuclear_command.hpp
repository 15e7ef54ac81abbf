// Runs the verbs of two nucleons.
#pragma once
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "app/command.hpp"

using Json = nlohmann::json;

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct TwoNucleons : testing::Test {
  ScratchFolder folder;
  void write(const std::string& name, const std::string& text) { orogen::write_atomically(folder / name, text); }
  CommandResult nuclear(const std::string& words) { return run_orogen(folder, "nuclear " + words); }
  /// The last line of `orogen nuclear WORDS --json`.
  Json answer(const std::string& words) {
    const CommandResult result = nuclear(words + " --json");
    EXPECT_EQ(result.code, 0) << result.out << result.err;
    std::istringstream lines(result.out);
    std::string line, last;
    while (std::getline(lines, line)) last = line;
    return Json::parse(last);
  }
  /// The message of a refused command.
  std::string refused(const std::string& words, int code) {
    const CommandResult result = nuclear(words);
    EXPECT_EQ(result.code, code) << words << "\n" << result.out << result.err;
    return result.err;
  }
};

inline const std::string phases_with_errors =
    "T_lab_MeV,1S0_deg,1S0_err_deg\n1,62.0766,0.0183\n5,63.6604,0.0440\n10,60.0201,0.0626\n25,51.0708,0.0987\n"
    "50,40.8849,0.1473\n100,27.2101,0.2305\n";
