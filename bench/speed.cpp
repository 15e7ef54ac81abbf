// Times energy + forces + virial of a learned model with random parameters on bulk copper; prints one JSON line.
// Usage: orogen_speed SIZE(fast|balanced|accurate) [atoms=4000] [threads=1] [seconds=3] [precision=float|double] [cutoff=5]
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>

#include "orogen/base/random.hpp"
#include "orogen/potential/initial.hpp"
#include "orogen/potential/site_network.hpp"

using namespace orogen;
using Clock = std::chrono::steady_clock;
static double seconds_since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

static Structure copper(long atoms) {
  const int n = std::max(1, int(std::lround(std::cbrt(double(atoms) / 4))));
  Structure s;
  const double a = 3.615;
  s.cell.rows = Mat3::Identity() * a * n;
  s.cell.periodic = {true, true, true};
  Random random(1);
  const double u = 0.085;  // Å, thermal displacement per component at 300 K
  for (int x = 0; x < n; ++x)
    for (int y = 0; y < n; ++y)
      for (int z = 0; z < n; ++z)
        for (const Vec3& b : {Vec3(0, 0, 0), Vec3(0, .5, .5), Vec3(.5, 0, .5), Vec3(.5, .5, 0)}) {
          s.positions.push_back(a * (Vec3(x, y, z) + b) + u * Vec3(random.normal(), random.normal(), random.normal()));
          s.species.push_back(29);
        }
  return s;
}

template <class T> static void run(const kernel::Shape& shape, const std::map<std::string, std::string>& opt) {
  const long atoms = std::stol(opt.at("atoms"));
  const int threads = std::stoi(opt.at("threads"));
  SiteNetwork<T> network(shape);
  const auto theta = initial_parameters(shape, 1);
  network.set_parameters(std::vector<T>(theta.begin(), theta.end()));
  ThreadPool pool(threads);
  NeighborList list(shape.cutoff, 0.5);
  const Structure s = copper(atoms);
  Graph graph;
  std::vector<int> type(120, -1);
  type[29] = 0;
  graph.set(list.update(s, &pool), type);
  typename SiteNetwork<T>::Memory memory;
  SweepResult result;
  network.forces(graph, memory, &pool, result);
  double best = 1e30;
  const auto start = Clock::now();
  std::vector<double> times;
  do {
    const auto t = Clock::now();
    network.forces(graph, memory, &pool, result);
    times.push_back(seconds_since(t));
    best = std::min(best, times.back());
  } while (seconds_since(start) < std::stod(opt.at("seconds")));
  std::sort(times.begin(), times.end());
  std::printf(
      "{\"atoms\": %d, \"threads\": %d, \"isa\": \"%s\", \"us_per_atom\": %.4f, \"us_per_atom_best\": %.4f, "
      "\"evaluations\": %zu}\n",
      s.size(), threads, kernel::kernels().name, times[times.size() / 2] / s.size() * 1e6, best / s.size() * 1e6,
      times.size());
}

int main(int argc, char** argv) {
  std::map<std::string, std::string> opt{
      {"atoms", "4000"}, {"threads", "1"}, {"seconds", "3"}, {"precision", "float"}, {"cutoff", "5"}};
  const std::string size = argc > 1 ? argv[1] : "balanced";
  for (int i = 2; i < argc; ++i)
    if (const char* eq = std::strchr(argv[i], '=')) opt[std::string(argv[i], eq - argv[i])] = eq + 1;
  kernel::Shape shape;
  shape.features = size == "fast" ? 16 : 32;
  shape.hidden = size == "fast" ? 32 : 64;
  shape.layers = size == "accurate" ? 2 : 1;
  shape.cutoff = std::stod(opt["cutoff"]);
  shape.mean_neighbors = 44;
  if (opt["precision"] == "double")
    run<double>(shape, opt);
  else
    run<float>(shape, opt);
}
