// Frames by number, wherever they lie: in memory, in a file, in a store.
#pragma once
#include <cstddef>
#include <utility>
#include <vector>

#include "orogen/system/structure.hpp"

namespace orogen {

/// A fixed number of frames, each of which can be read again and again and is the same every time.
class FrameSource {
 public:
  virtual ~FrameSource() = default;
  virtual std::size_t size() const = 0;
  /// Frame k < size(). One call at a time. Throws InputError where the frame cannot be read.
  virtual Frame read(std::size_t k) = 0;
};

/// Frames in memory.
class FrameList : public FrameSource {
 public:
  explicit FrameList(std::vector<Frame> frames = {}) : frames_(std::move(frames)) {}
  std::size_t size() const override { return frames_.size(); }
  Frame read(std::size_t k) override { return frames_.at(k); }

 private:
  std::vector<Frame> frames_;
};

}  // namespace orogen
