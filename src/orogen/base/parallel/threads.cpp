#include "orogen/base/parallel/threads.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace orogen {

int default_threads() {
  for (const char* name : {"OROGEN_THREADS", "OMP_NUM_THREADS"})
    if (const char* text = std::getenv(name))
      if (const int n = std::atoi(text); n > 0) return n;
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return int(std::max(1u, std::thread::hardware_concurrency()));
}

struct ThreadPool::State {
  const int size;
  const pid_t process = ::getpid();  ///< whose threads these are
  std::mutex mutex;
  std::condition_variable start, done;
  const std::function<void(int)>* work = nullptr;
  long generation = 0;
  int pending = 0;
  bool stop = false;
  std::exception_ptr error;
  std::vector<std::thread> threads;

  explicit State(int n) : size(n) {
    for (int t = 1; t < size; ++t) threads.emplace_back([this, t] { loop(t); });
  }
  ~State() {
    {
      std::lock_guard lock(mutex);
      stop = true;
    }
    start.notify_all();
    for (auto& t : threads) t.join();
  }

  void keep_first_error() {
    std::lock_guard lock(mutex);
    if (!error) error = std::current_exception();
  }
  void loop(int thread) {
    long seen = 0;
    for (;;) {
      std::unique_lock lock(mutex);
      start.wait(lock, [&] { return stop || generation != seen; });
      if (stop) return;
      seen = generation;
      const auto* todo = work;
      lock.unlock();
      try {
        (*todo)(thread);
      } catch (...) {
        keep_first_error();
      }
      lock.lock();
      if (--pending == 0) done.notify_one();
    }
  }
};

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>(std::max(1, threads))) {}

ThreadPool::~ThreadPool() {
  if (forked()) (void)state_.release();
}

int ThreadPool::size() const { return state_->size; }

/// In the child of a fork the threads of the state are the parent's, and its mutex may be locked for ever: nothing of
/// it can be ended here, so it is left as it is.
bool ThreadPool::forked() const { return state_->process != ::getpid(); }

void ThreadPool::run(const std::function<void(int)>& work) {
  if (state_->size == 1) return work(0);
  if (forked()) (void)std::exchange(state_, std::make_unique<State>(state_->size)).release();
  {
    std::lock_guard lock(state_->mutex);
    state_->work = &work;
    state_->pending = state_->size - 1;
    state_->error = nullptr;
    ++state_->generation;
  }
  state_->start.notify_all();
  try {
    work(0);
  } catch (...) {
    state_->keep_first_error();
  }
  std::unique_lock lock(state_->mutex);
  state_->done.wait(lock, [&] { return state_->pending == 0; });
  if (state_->error) std::rethrow_exception(state_->error);
}

}  // namespace orogen
