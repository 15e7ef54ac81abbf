#include "orogen/train/data/sample_stream.hpp"

#include <algorithm>
#include <atomic>

namespace orogen {

SampleStream::SampleStream(std::shared_ptr<FrameSource> source, const Model& model, LabelChoice labels,
                           ThreadPool& pool, double memory)
    : source_(std::move(source)), prepare_sample_(model, labels), atoms_(source_->size()), kept_(source_->size()) {
  std::atomic<double> used = 0;
  std::atomic<long> left_out = 0;
  pool.run([&](int t) {
    const Range part = share(size(), t, pool.size());
    for (long k = part.begin; k < part.end; ++k) {
      auto sample = prepare(k);
      atoms_[k] = sample->size();
      if ((used += sample->bytes()) <= memory)
        kept_[k] = std::move(sample);
      else
        ++left_out;
    }
  });
  left_out_ = left_out;
}

SampleStream::~SampleStream() {
  if (under_way_.valid()) under_way_.wait();
}

double SampleStream::bytes() const {
  double sum = 0;
  for (const auto& sample : kept_) sum += sample ? sample->bytes() : 0;
  return sum;
}

std::shared_ptr<const Sample> SampleStream::prepare(long k) {
  Frame frame;
  {
    const std::lock_guard lock(reading_);
    frame = source_->read(std::size_t(k));
  }
  return prepare_sample_(frame);
}

std::shared_ptr<const Sample> SampleStream::sample(long k) {
  if (kept_[k]) return kept_[k];
  const auto found = ahead_.find(k);
  return found != ahead_.end() ? found->second.get() : prepare(k);
}

void SampleStream::prepare_ahead(const std::vector<long>& numbers) {
  if (all_kept()) return;
  if (under_way_.valid()) under_way_.get();
  std::map<long, Prepared> wanted;
  std::vector<std::pair<long, std::promise<std::shared_ptr<const Sample>>>> missing;
  for (const long k : numbers) {
    if (kept_[k] || wanted.contains(k)) continue;
    if (const auto found = ahead_.find(k); found != ahead_.end()) {
      wanted.insert(*found);
    } else {
      missing.emplace_back(k, std::promise<std::shared_ptr<const Sample>>());
      wanted.emplace(k, missing.back().second.get_future().share());
    }
  }
  ahead_ = std::move(wanted);
  if (missing.empty()) return;
  under_way_ = std::async(std::launch::async, [this, missing = std::move(missing)]() mutable {
    for (auto& [k, promise] : missing) try {
        promise.set_value(prepare(k));
      } catch (...) {
        promise.set_exception(std::current_exception());
      }
  });
}

std::vector<long> every_nth(const SampleStream& stream, long every) {
  std::vector<long> numbers;
  for (long k = 0; k < stream.size(); k += std::max(1L, every)) numbers.push_back(k);
  return numbers;
}

}  // namespace orogen
