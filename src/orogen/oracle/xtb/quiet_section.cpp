#include "orogen/oracle/xtb/quiet_section.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace orogen {
namespace {

/// A function of a library that is already in the process, or null: orogen itself links to none of them.
template <class Function> Function find(const char* library, const char* name) {
  void* handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
  if (!handle) return nullptr;
  auto function = reinterpret_cast<Function>(dlsym(handle, name));
  dlclose(handle);
  return function;
}

/// The runtime functions that xtb's dependencies bring along. The environment (OMP_NUM_THREADS) is read when these
/// libraries load, before main: setting it later has no effect, so they are asked directly.
struct Runtime {
  int (*openmp_get)() = find<int (*)()>("libgomp.so.1", "omp_get_max_threads");
  void (*openmp_set)(int) = find<void (*)(int)>("libgomp.so.1", "omp_set_num_threads");
  int (*blas_get)() = find<int (*)()>("libopenblas.so.0", "openblas_get_num_threads");
  void (*blas_set)(int) = find<void (*)(int)>("libopenblas.so.0", "openblas_set_num_threads");
  void (*fortran_flush)(int*) = find<void (*)(int*)>("libgfortran.so.5", "_gfortran_flush_i4");
};
const Runtime& runtime() {
  static const Runtime r;
  return r;
}

void flush_everything() {
  std::fflush(stdout);
  if (runtime().fortran_flush) runtime().fortran_flush(nullptr);
}

}  // namespace

QuietSection::QuietSection(bool mute) {
  const auto& r = runtime();
  if (r.openmp_get && r.openmp_set) openmp_threads_ = r.openmp_get(), r.openmp_set(1);
  if (r.blas_get && r.blas_set) {
    blas_threads_ = r.blas_get();
    if (blas_threads_ != 1) r.blas_set(1);
  }
  if (!mute) return;
  flush_everything();
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return;
  saved_output_ = dup(STDOUT_FILENO);
  if (saved_output_ >= 0) dup2(nowhere, STDOUT_FILENO);
  close(nowhere);
}

QuietSection::~QuietSection() {
  if (saved_output_ >= 0) {
    flush_everything();
    dup2(saved_output_, STDOUT_FILENO);
    close(saved_output_);
  }
  const auto& r = runtime();
  if (openmp_threads_ > 0) r.openmp_set(openmp_threads_);
  if (blas_threads_ > 1) r.blas_set(blas_threads_);
}

}  // namespace orogen
