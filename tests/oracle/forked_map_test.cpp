// Work shared among processes.
#include "orogen/oracle/label/forked_map.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <set>
#include <stdexcept>
#include <vector>

#include "orogen/base/errors.hpp"

using namespace orogen;

namespace {
int forks_left = 1000;  // before the system has no more processes
}

// Stands in for that of the C library in this program.
extern "C" pid_t fork() {
  using Fork = pid_t (*)();
  static const auto real = reinterpret_cast<Fork>(::dlsym(RTLD_NEXT, "fork"));
  if (forks_left-- > 0) return real();
  errno = EAGAIN;
  return -1;
}

TEST(ForkedMap, delivers_every_answer_in_order_for_any_number_of_processes) {
  for (const int processes : {1, 2, 3, 16}) {
    std::vector<std::string> answers;
    forked_map(
        2, 9, processes, [](long i) { return std::string(std::size_t(i), 'x'); },
        [&](long i, const std::string& answer) {
          EXPECT_EQ(long(answer.size()), i);
          answers.push_back(answer);
          return true;
        });
    EXPECT_EQ(answers.size(), 7u) << processes;
  }
}

TEST(ForkedMap, carries_answers_larger_than_a_pipe_holds) {
  long total = 0;
  forked_map(
      0, 4, 2, [](long) { return std::string(1 << 20, 'x'); },
      [&](long, const std::string& answer) { return total += long(answer.size()), true; });
  EXPECT_EQ(total, 4 << 20);
}

TEST(ForkedMap, works_in_processes_of_their_own) {
  std::set<std::string> processes;
  forked_map(
      0, 8, 2, [](long) { return std::to_string(::getpid()); },
      [&](long, const std::string& answer) { return processes.insert(answer), true; });
  EXPECT_EQ(processes.size(), 2u);
  EXPECT_FALSE(processes.contains(std::to_string(::getpid())));
}

TEST(ForkedMap, ends_early_when_asked_and_does_nothing_for_no_items) {
  long delivered = 0;
  forked_map(
      0, 100, 2, [](long) { return std::string(1 << 16, 'x'); },
      [&](long i, const std::string&) { return ++delivered, i < 4; });
  EXPECT_EQ(delivered, 5);
  forked_map(
      3, 3, 2, [](long) { return std::string(); },
      [&](long, const std::string&) {
        throw std::logic_error("delivered");
        return true;
      });
}

TEST(ForkedMap, names_the_item_at_which_a_process_died) {
  try {
    forked_map(
        0, 6, 2, [](long i) { return i == 3 ? (std::raise(SIGKILL), std::string()) : std::string("ok"); },
        [](long, const std::string&) { return true; });
    FAIL();
  } catch (const NumericalError& error) {
    EXPECT_STREQ(error.what(), "the process that worked on item 4 ended unexpectedly (signal 9)");
  }
}

TEST(ForkedMap, ends_the_processes_that_run_already_when_a_later_one_cannot_be_started) {
  forks_left = 2;
  try {
    forked_map(
        0, 100, 4, [](long) { return ::pause(), std::string(); }, [](long, const std::string&) { return true; });
    FAIL();
  } catch (const NumericalError& error) {
    EXPECT_EQ(std::string(error.what()).find("cannot start process 3 of 4"), 0u) << error.what();
  }
  forks_left = 1000;
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is still there";
  EXPECT_EQ(errno, ECHILD);
}
