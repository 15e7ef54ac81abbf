// Where a verb's progress, messages and answer go: the terminal of the command line, or a caller in Python.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "orogen/base/progress.hpp"

namespace orogen {

class AnswerSink : public ProgressSink {
 public:
  /// The verb's answer: `text` for people, `json` (an object; null = the text) for programs.
  virtual void result(std::string_view text, const nlohmann::json& json) = 0;
};

}  // namespace orogen
