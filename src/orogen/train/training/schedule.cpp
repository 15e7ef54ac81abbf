#include "orogen/train/training/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "orogen/base/random.hpp"

namespace orogen {

Schedule::Schedule(const SampleStream& train, const TrainOptions& o)
    : rate_(o.learning_rate),
      final_rate_(o.final_rate),
      first_{o.energy_weight, o.forces_weight, o.stress_weight},
      final_{o.final_energy_weight, o.forces_weight, o.final_stress_weight} {
  double atoms = 0;
  for (long k = 0; k < train.size(); ++k) atoms += train.atoms(k);
  const double mean = atoms / double(train.size());
  // About 75 atoms per step: enough to average over, few enough for many steps.
  batch_ = o.batch ? o.batch : std::clamp(int(std::lround(75 / mean)), 2, 32);
  batch_ = int(std::min<long>(batch_, train.size()));
  steps_per_epoch_ = (train.size() + batch_ - 1) / batch_;
  const long wanted = o.steps ? o.steps : o.size == "accurate" ? 60000 : 40000;
  const long epochs = o.epochs ? o.epochs : std::max<long>(1, (wanted + steps_per_epoch_ / 2) / steps_per_epoch_);
  steps_ = epochs * steps_per_epoch_;
  warmup_ = std::min<long>(o.warmup, steps_ / 10);
  final_from_ = long(double(steps_) * (1 - o.final_fraction));
  ramp_ = std::lround(double(steps_) * o.final_ramp);
}

double Schedule::rate_at(long step) const {
  const double rise = warmup_ > 0 ? std::min(1.0, double(step + 1) / double(warmup_)) : 1;
  const double t = double(step) / double(steps_);
  return rate_ * rise * (final_rate_ + (1 - final_rate_) * 0.5 * (1 + std::cos(M_PI * t)));
}

namespace {
/// From a (t = 0) to b (t = 1), geometrically where both are positive.
double between(double a, double b, double t) { return a > 0 && b > 0 ? a * std::pow(b / a, t) : a + t * (b - a); }
}  // namespace

LossWeights Schedule::weights_at(long step) const {
  if (step < final_from_) return first_;
  const long into = step - final_from_ + 1;
  if (into > ramp_) return final_;
  const double t = double(into) / double(ramp_ + 1);
  return {between(first_.energy, final_.energy, t), final_.forces, between(first_.virial, final_.virial, t)};
}

BatchOrder::BatchOrder(long samples, int batch, std::uint64_t seed, int member)
    : samples_(samples), batch_(batch), seed_(seed), member_(member) {}

const std::vector<long>& BatchOrder::order_of(long epoch) {
  if (const auto known = orders_.find(epoch); known != orders_.end()) return known->second;
  std::erase_if(orders_, [&](const auto& entry) { return entry.first != epoch - 1 && entry.first != epoch + 1; });
  std::vector<long>& order = orders_[epoch];
  order.resize(samples_);
  std::iota(order.begin(), order.end(), 0);
  Random random(seed_ + std::uint64_t(member_) * 7919, 0x5eedull + std::uint64_t(epoch));
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

std::vector<long> BatchOrder::batch_of(long step) {
  const long steps_per_epoch = (samples_ + batch_ - 1) / batch_;
  const std::vector<long>& order = order_of(step / steps_per_epoch);
  const long begin = step % steps_per_epoch * batch_, end = std::min(begin + batch_, samples_);
  return {order.begin() + begin, order.begin() + end};
}

}  // namespace orogen
