// Frames of extended XYZ files by number, read when they are asked for.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "orogen/system/files/extxyz.hpp"
#include "orogen/system/files/frame_source.hpp"

namespace orogen {

/// The frames of several files one after the other. Only their places are held in memory (32 bytes each); a frame is
/// read from the disk when it is asked for. A compressed file is unpacked to a temporary file, which has no name and is
/// gone with this object.
class ExtxyzFrames : public FrameSource {
 public:
  /// Reads every file once from begin to end, with the problems that ExtxyzReader finds and InputError for a file
  /// without frames; `visit` sees every frame on the way (to count species, say).
  explicit ExtxyzFrames(const std::vector<std::string>& paths, const KeyChoice& choice = {},
                        const std::function<void(const Frame&)>& visit = {});
  ~ExtxyzFrames() override;
  std::size_t size() const override;
  /// Several threads may read at once.
  Frame read(std::size_t k) override;
  /// What was taken for labels, in all files.
  const KeysTaken& taken() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orogen
