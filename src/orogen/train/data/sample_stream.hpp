// The samples of a training by number: kept in memory as far as they fit, the others prepared ahead of their turn.
#pragma once
#include <future>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "orogen/base/parallel/threads.hpp"
#include "orogen/system/files/frame_source.hpp"
#include "orogen/train/data/samples.hpp"

namespace orogen {

/// A sample is the same whether it was kept or is prepared anew, so the memory that is given changes no number.
class SampleStream {
 public:
  /// Prepares every frame once and keeps samples of up to `memory` bytes. Throws InputError for a frame that the model
  /// cannot learn from.
  SampleStream(std::shared_ptr<FrameSource> source, const Model& model, LabelChoice labels, ThreadPool& pool,
               double memory = std::numeric_limits<double>::infinity());
  ~SampleStream();
  SampleStream(const SampleStream&) = delete;
  SampleStream& operator=(const SampleStream&) = delete;

  long size() const { return long(atoms_.size()); }
  bool empty() const { return atoms_.empty(); }
  int atoms(long k) const { return atoms_[k]; }
  bool all_kept() const { return left_out_ == 0; }
  double bytes() const;  ///< of the samples that are kept

  /// Sample k. Several threads may ask.
  std::shared_ptr<const Sample> sample(long k);
  /// Starts to prepare those of these samples that are neither kept nor prepared yet, in a thread of its own; what was
  /// prepared ahead and is not among them is dropped. For the thread that owns the stream, while no other asks.
  void prepare_ahead(const std::vector<long>& numbers);

 private:
  using Prepared = std::shared_future<std::shared_ptr<const Sample>>;
  std::shared_ptr<const Sample> prepare(long k);

  std::shared_ptr<FrameSource> source_;
  SamplePreparation prepare_sample_;
  std::mutex reading_;  // a source answers one call at a time
  std::vector<int> atoms_;
  std::vector<std::shared_ptr<const Sample>> kept_;
  long left_out_ = 0;
  std::map<long, Prepared> ahead_;
  std::future<void> under_way_;
};

/// Numbers 0, every, 2 · every … of the stream's samples.
std::vector<long> every_nth(const SampleStream& stream, long every = 1);

}  // namespace orogen
