// While it lives, a library called from this thread runs on one thread and, where asked, cannot print.
#pragma once

namespace orogen {

/// Sets OpenMP and OpenBLAS to one thread for the calling thread, and sends the process's standard output to nowhere
/// when `mute`; puts everything back at the end. Fortran's own buffers are flushed before standard output returns.
class QuietSection {
 public:
  explicit QuietSection(bool mute);
  ~QuietSection();
  QuietSection(const QuietSection&) = delete;
  QuietSection& operator=(const QuietSection&) = delete;

 private:
  int openmp_threads_ = 0, blas_threads_ = 0;
  int saved_output_ = -1;
};

}  // namespace orogen
