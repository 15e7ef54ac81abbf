#include "orogen/app/terminal/signals.hpp"

#include <csignal>
#include <initializer_list>

namespace orogen {
namespace {

// Signal handlers can reach nothing but objects of static lifetime.
volatile std::sig_atomic_t stop = 0;
volatile std::sig_atomic_t early_stop = 0;

extern "C" void orogen_on_stop(int signal) {
  if (stop) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  stop = 1;
}

extern "C" void orogen_on_early_stop(int) { early_stop = 1; }

void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;  // a write to a file must not fail because of a signal
  ::sigaction(signal, &action, nullptr);
}

/// A program started with nohup keeps ignoring SIGHUP.
bool ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

void catch_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    if (!ignored(signal)) handle(signal, orogen_on_stop);
  handle(SIGUSR1, orogen_on_early_stop);
}

bool stop_signalled() { return stop; }
bool take_early_stop_signal() {
  if (!early_stop) return false;
  early_stop = 0;
  return true;
}

}  // namespace orogen
