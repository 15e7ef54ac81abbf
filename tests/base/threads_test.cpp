// Pools of threads: every thread once, errors, and what a fork leaves of them.
#include "orogen/base/parallel/threads.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace orogen {
namespace {

/// How often each thread of the pool was called by one run.
std::vector<int> calls(ThreadPool& pool) {
  std::vector<int> count(std::size_t(pool.size()), 0);
  pool.run([&](int thread) { ++count[std::size_t(thread)]; });
  return count;
}

/// Runs `work` in a forked child; its exit status, or −1 when it took longer than ten seconds or crashed.
template <class Work> int in_child(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(10);
    ::_exit(work());
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(ThreadPool, calls_every_thread_once_at_every_run) {
  for (int size : {1, 2, 5}) {
    ThreadPool pool(size);
    for (int k = 0; k < 20; ++k) EXPECT_EQ(calls(pool), std::vector<int>(std::size_t(size), 1));
  }
}

TEST(ThreadPool, rethrows_an_error_and_works_on) {
  ThreadPool pool(3);
  EXPECT_THROW(pool.run([](int thread) {
    if (thread == 2) throw std::runtime_error("two");
  }),
               std::runtime_error);
  EXPECT_EQ(calls(pool), std::vector<int>(3, 1));
}

TEST(ThreadPool, starts_threads_of_its_own_in_a_forked_child) {
  auto pool = std::make_unique<ThreadPool>(3);
  EXPECT_EQ(calls(*pool), std::vector<int>(3, 1));
  const int status = in_child([&] {
    for (int k = 0; k < 3; ++k)
      if (calls(*pool) != std::vector<int>(3, 1)) return 1;
    pool.reset();
    return 0;
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(calls(*pool), std::vector<int>(3, 1));
}

TEST(ThreadPool, ends_in_a_forked_child_that_never_used_it) {
  auto pool = std::make_unique<ThreadPool>(3);
  EXPECT_EQ(in_child([&] { return pool.reset(), 0; }), 0);
}

TEST(ThreadPool, works_in_a_child_that_was_forked_while_it_ran) {
  ThreadPool pool(2);
  std::atomic<int> status = -2;
  pool.run([&](int thread) {
    if (thread == 0) status = in_child([&] { return calls(pool) == std::vector<int>(2, 1) ? 0 : 1; });
  });
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace orogen
