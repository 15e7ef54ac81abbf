// Frames by number, wherever they lie: in memory, in a file, in a store.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "orogen/system/files/extxyz.hpp"
#include "orogen/system/structure.hpp"

namespace orogen {

class FrameSource {
 public:
  virtual ~FrameSource() = default;
  virtual std::size_t size() const = 0;
  /// Frame k < size(), the same at every call. Several threads may read at once. Throws InputError when it is not to be
  /// had.
  virtual Frame read(std::size_t k) const = 0;
};

class MemoryFrames : public FrameSource {
 public:
  explicit MemoryFrames(std::vector<Frame> frames) : frames_(std::move(frames)) {}
  std::size_t size() const override { return frames_.size(); }
  Frame read(std::size_t k) const override { return frames_.at(k); }

 private:
  std::vector<Frame> frames_;
};

/// The frames of extended XYZ files one after the other. Only their places are held in memory (32 bytes each); a frame
/// is read from the disk when it is asked for. A compressed file is unpacked to a temporary file, which has no name and
/// is gone with this object.
class ExtxyzFrames : public FrameSource {
 public:
  /// Reads every file once from begin to end, with the problems that ExtxyzReader finds and InputError for a file
  /// without frames; `visit` sees every frame on the way (to count species, say).
  explicit ExtxyzFrames(const std::vector<std::string>& paths, const KeyChoice& choice = {},
                        const std::function<void(const Frame&)>& visit = {});
  ~ExtxyzFrames() override;
  std::size_t size() const override;
  Frame read(std::size_t k) const override;
  /// What was taken for labels, in all files.
  const KeysTaken& taken() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orogen
