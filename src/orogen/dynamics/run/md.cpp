#include "orogen/dynamics/run/md.hpp"

#include "orogen/dynamics/run/md_run.hpp"

namespace orogen {

MdResult run_md(const Structure& start, Potential& potential, const MdOptions& options, ProgressSink& sink,
                std::span<const Vec3> velocities, const std::function<void()>& ready) {
  MdStart how;
  how.velocities = velocities, how.ready = ready;
  return run_md(start, potential, options, sink, std::move(how));
}

MdResult run_md(const Structure& start, Potential& potential, const MdOptions& options, ProgressSink& sink,
                MdStart how) {
  MdRun run(start, potential, options, sink, std::move(how));
  while (!run.finished() && !run.stopping()) run.step();
  return run.finish();
}

}  // namespace orogen
