#include "orogen/system/files/extxyz_frames.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "orogen/base/errors.hpp"
#include "orogen/system/files/text/text_lines.hpp"

namespace orogen {
namespace {

[[noreturn]] void refuse(const std::string& path, const char* what) {
  throw InputError(fmt::format("{}: cannot {}: {}", path, what, std::strerror(errno)));
}

/// A file of plain text that can be read at any place by several threads: the file itself, or what a compressed one
/// unpacks to. It stays the same file when another one takes its name.
class PlainText {
 public:
  explicit PlainText(const std::string& path) : path_(path), file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file_ < 0) refuse(path, "open");
    unsigned char magic[2] = {0, 0};
    if (::pread(file_, magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b) unpack();
  }
  ~PlainText() {
    if (file_ >= 0) ::close(file_);
  }
  PlainText(const PlainText&) = delete;
  PlainText& operator=(const PlainText&) = delete;

  const std::string& path() const { return path_; }
  std::string read(std::int64_t begin, std::int64_t end) const {
    std::string text(std::size_t(end - begin), '\0');
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t n = ::pread(file_, text.data() + done, text.size() - done, begin + std::int64_t(done));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) refuse(path_, "read");
      if (n == 0) throw InputError(fmt::format("{}: became shorter while it was in use; start again", path_));
      done += std::size_t(n);
    }
    return text;
  }

 private:
  void unpack() {
    const gzFile packed = gzdopen(::dup(file_), "rb");
    std::FILE* plain = std::tmpfile();
    if (!packed || !plain) refuse(path_, "unpack to a temporary file");
    std::vector<char> block(1 << 18);
    int n = 0;
    bool written = true;
    while (written && (n = gzread(packed, block.data(), unsigned(block.size()))) > 0)
      written = std::fwrite(block.data(), 1, std::size_t(n), plain) == std::size_t(n);
    written = written && std::fflush(plain) == 0;
    gzclose(packed);
    ::close(file_);
    file_ = ::fcntl(::fileno(plain), F_DUPFD_CLOEXEC, 0);
    std::fclose(plain);
    if (!written || n < 0 || file_ < 0) refuse(path_, "unpack to a temporary file");
  }

  std::string path_;
  int file_;
};

}  // namespace

struct ExtxyzFrames::State {
  struct Place {
    std::int64_t begin, end;  // bytes of text
    long line;                // before the frame's first line
    std::size_t file;
  };
  KeyChoice choice;
  KeysTaken taken;
  std::vector<std::unique_ptr<PlainText>> files;
  std::vector<Place> places;

  void add(const std::string& path, const std::function<void(const Frame&)>& visit) {
    ExtxyzReader reader(path, choice);
    Frame frame;
    const std::size_t before = places.size();
    std::int64_t begin = 0;
    long line = 0;
    while (reader.next(frame)) {
      places.push_back({begin, reader.bytes(), line, files.size()});
      begin = reader.bytes(), line = reader.line();
      if (visit) visit(frame);
    }
    if (places.size() == before) throw InputError(path + ": holds no frames");
    taken += reader.taken();
    files.push_back(std::make_unique<PlainText>(path));
  }
};

ExtxyzFrames::ExtxyzFrames(const std::vector<std::string>& paths, const KeyChoice& choice,
                           const std::function<void(const Frame&)>& visit)
    : state_(std::make_unique<State>()) {
  state_->choice = choice;
  for (const auto& path : paths) state_->add(path, visit);
}
ExtxyzFrames::~ExtxyzFrames() = default;

std::size_t ExtxyzFrames::size() const { return state_->places.size(); }
const KeysTaken& ExtxyzFrames::taken() const { return state_->taken; }

Frame ExtxyzFrames::read(std::size_t k) {
  const State::Place& place = state_->places.at(k);
  const PlainText& file = *state_->files[place.file];
  ExtxyzReader reader(TextLines(file.read(place.begin, place.end), file.path(), place.line + 1), state_->choice);
  Frame frame;
  if (!reader.next(frame)) throw InputError(fmt::format("{}: changed while it was in use; start again", file.path()));
  return frame;
}

}  // namespace orogen
