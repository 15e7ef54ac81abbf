#include "orogen/oracle/foreign_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "orogen/base/errors.hpp"
#include "orogen/oracle/formula.hpp"

namespace orogen {

void ForeignCode::compute(std::span<const Structure> structures, Want want, std::span<Evaluation> out) {
  std::size_t answered = 0;
  std::string reason = "the computation was stopped before all answers had come";
  evaluate_each(structures, want, [&](std::size_t slot, const Evaluation& answer, const std::string& problem) {
    if (!problem.empty()) return reason = problem, false;
    out[slot] = answer;
    return ++answered, true;
  });
  if (answered < structures.size()) throw NumericalError(reason);
}

WorkList::WorkList(std::size_t size, int attempts, std::size_t window)
    : done_(size, false), made_(size, 0), window_(window), attempts_(attempts) {
  for (std::size_t slot = 0; slot < size; ++slot) waiting_.push_back(slot);
}

std::optional<std::size_t> WorkList::take(std::optional<std::size_t> preferred) {
  const auto may_begin = [&](std::size_t slot) { return slot < first_open_ + window_; };
  auto next = preferred ? std::find(waiting_.begin(), waiting_.end(), *preferred) : waiting_.end();
  if (next == waiting_.end() || !may_begin(*next)) next = waiting_.begin();
  if (next == waiting_.end() || !may_begin(*next)) return {};
  const std::size_t slot = *next;
  waiting_.erase(next);
  ++made_[slot];
  return slot;
}

bool WorkList::retry(std::size_t slot) {
  if (made_[slot] >= attempts_) return false;
  waiting_.push_front(slot);
  return true;
}

void WorkList::finish(std::size_t slot) {
  done_[slot] = true;
  while (first_open_ < done_.size() && done_[first_open_]) ++first_open_;
}

void require_finite(const Evaluation& answer) {
  if (!std::isfinite(answer.energy)) throw NumericalError(fmt::format("the energy is {}", answer.energy));
  for (std::size_t i = 0; i < answer.forces.size(); ++i)
    if (!answer.forces[i].allFinite())
      throw NumericalError(fmt::format("the force on atom {} (counted from 0) is not finite", i));
  if (!answer.virial.allFinite()) throw NumericalError("the virial is not finite");
}

std::string name_of(std::size_t slot, const Structure& structure) {
  return fmt::format("structure {} ({}, {} atoms)", slot + 1, formula(structure), structure.size());
}

}  // namespace orogen
