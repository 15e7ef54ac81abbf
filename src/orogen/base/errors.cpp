#include "orogen/base/errors.hpp"

namespace orogen {

void broken_contract(const char* condition, const char* file, int line) {
  throw ContractError(std::string(file) + ":" + std::to_string(line) + ": '" + condition +
                      "' does not hold; this is a bug of orogen, please report it with the command and its input");
}

}  // namespace orogen
