// A fixed pool of threads with a static, hence deterministic, partition of the work.
#pragma once
#include <functional>
#include <memory>

namespace orogen {

/// Threads to use by default: OROGEN_THREADS, else OMP_NUM_THREADS, else the cores this process may run on.
int default_threads();

/// The child of a fork may use its copy of a pool: threads do not survive a fork, so the child starts its own at the
/// first run.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  int size() const;
  /// Calls work(thread) once on every thread (thread 0 is the caller) and waits; the first exception is rethrown.
  void run(const std::function<void(int thread)>& work);

 private:
  struct State;
  bool forked() const;
  std::unique_ptr<State> state_;
};

/// The half-open range of n items that belongs to `part` of `parts`: contiguous, sizes differ by at most one.
struct Range {
  long begin, end;
};
inline Range share(long n, int part, int parts) { return {n * part / parts, n * (part + 1) / parts}; }

}  // namespace orogen
