// Codes that run in processes of their own, several at a time, and may fail for one structure of many.
#pragma once
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "orogen/potential/potential.hpp"

namespace orogen {

/// A quantum code outside this process.
class ForeignCode : public Potential {
 public:
  /// Takes the answer for a structure, or the reason why there is none. False ends the batch early.
  using Deliver = std::function<bool(std::size_t slot, const Evaluation& answer, const std::string& problem)>;

  /// Computes every structure, several at a time, and hands each one over as it is ready, in any order but never more
  /// than a few ahead of the first that is missing. Ends early when a stop is requested. Throws InputError for
  /// structures that the code cannot take, NumericalError when the code is gone for good.
  virtual void evaluate_each(std::span<const Structure> structures, Want want, const Deliver& deliver) = 0;

 protected:
  /// All of them, or NumericalError with the first reason why not.
  void compute(std::span<const Structure> structures, Want want, std::span<Evaluation> out) override;
};

/// Which structures of a batch wait, are under way, or are done.
class WorkList {
 public:
  /// `attempts` ≥ 1 are made for each; at most `window` structures are begun beyond the first that is not done.
  WorkList(std::size_t size, int attempts, std::size_t window);

  /// The next one to begin: `preferred` when it waits, else the oldest; none when nothing may be begun now.
  std::optional<std::size_t> take(std::optional<std::size_t> preferred = {});
  /// It was begun and has no answer. True: it waits again, before all others. False: its attempts are used up.
  bool retry(std::size_t slot);
  void finish(std::size_t slot);
  bool all_done() const { return first_open_ == done_.size(); }
  int attempts_made(std::size_t slot) const { return made_[slot]; }

 private:
  std::deque<std::size_t> waiting_;
  std::vector<bool> done_;
  std::vector<int> made_;
  std::size_t first_open_ = 0, window_;
  int attempts_;
};

/// Throws NumericalError when energy, forces or virial are not finite.
void require_finite(const Evaluation& answer);

/// "structure 3 (C3H4O2, 9 atoms)", counted from 1.
std::string name_of(std::size_t slot, const Structure& structure);

}  // namespace orogen
