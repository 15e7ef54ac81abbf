#include "orogen/oracle/command/scratch_folder.hpp"

#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <thread>

#include "orogen/oracle/xtb/quiet_section.hpp"

namespace orogen {
namespace {

namespace fs = std::filesystem;

/// A new empty folder, or "" where none can be made.
std::string make_folder() {
  std::error_code error;
  std::string path = (fs::temp_directory_path(error) / "orogen-XXXXXX").string();
  return !error && mkdtemp(path.data()) ? path : std::string();
}

void work_in(const std::string& folder, const std::function<void()>& work) {
  const bool own_directory = !folder.empty() && unshare(CLONE_FS) == 0;
  if (own_directory && chdir(folder.c_str()) != 0) return work();
  work();
}

}  // namespace

void in_scratch_folder(const std::function<void()>& work) {
  const std::string folder = make_folder();
  std::exception_ptr error;
  std::thread([&] {
    const QuietSection one_thread(false);  // OpenMP's thread count belongs to the thread that asks
    try {
      work_in(folder, work);
    } catch (...) {
      error = std::current_exception();
    }
  }).join();
  std::error_code ignored;
  if (!folder.empty()) fs::remove_all(folder, ignored);
  if (error) std::rethrow_exception(error);
}

}  // namespace orogen
