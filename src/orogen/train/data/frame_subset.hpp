// Some of the frames of a source.
#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "orogen/system/files/frame_source.hpp"

namespace orogen {

/// The frames with these numbers, in this order.
class FrameSubset : public FrameSource {
 public:
  FrameSubset(std::shared_ptr<FrameSource> whole, std::vector<std::size_t> numbers)
      : whole_(std::move(whole)), numbers_(std::move(numbers)) {}
  std::size_t size() const override { return numbers_.size(); }
  Frame read(std::size_t k) override { return whole_->read(numbers_.at(k)); }

 private:
  std::shared_ptr<FrameSource> whole_;
  std::vector<std::size_t> numbers_;
};

}  // namespace orogen
