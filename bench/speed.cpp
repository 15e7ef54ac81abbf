// Times energy + forces + virial of a learned model with random parameters on bulk copper; prints one JSON line.
// Usage: orogen_speed SIZE(fast|balanced|accurate) [atoms=4000] [threads=1] [seconds=3] [precision=float|double]
//                     [cutoff=5] [l_max=3] [write=FILE] [known=1] [present=1] [embedding=0]
//   write: the file for the model, for other programs to time
//   known: elements that the model knows; present: elements, in equal shares, on the sites of the crystal; embedding:
//   channels of their learned vectors, 0 for one-hot elements
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <map>
#include <string>

#include "orogen/base/random.hpp"
#include "orogen/kernel/layer/gaunt.hpp"
#include "orogen/potential/learned/site_network.hpp"
#include "orogen/potential/model/initial.hpp"
#include "orogen/potential/model/model.hpp"

using namespace orogen;
using Clock = std::chrono::steady_clock;
static double seconds_since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

/// `present` elements take turns on the sites.
static Structure copper(long atoms, int present) {
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
          s.species.push_back(29 + s.size() % present);
        }
  return s;
}

/// Of sending messages to `nu` neighbours, and of their density, forward and back.
static double multiply_adds_of_messages(const kernel::Shape& s, double nu) {
  const double lm = kernel::harmonics(s), Cs = message_channels(s, 0);
  double sum = 3 * s.radial * nu * lm * Cs + 2 * s.hidden * Cs;  // density of messages and its two adjoints
  for (int l = 1; l <= kernel::max_message_l; ++l)
    sum += (2 * l + 1) * message_channels(s, l) * (3 * s.radial * nu * std::min(lm, 9.0) + 4 * s.features);
  for (const kernel::gaunt::Path& p : kernel::gaunt::message)
    if (couples(s, p)) sum += 2 * s.radial * message_channels(s, p.l2) * (p.end - p.begin);
  return sum;
}

/// Multiply-adds per atom that energy and forces need (docs/theory.md §2–§4), one species, `nu` neighbours; the basis
/// functions of the neighbours, padding and repeated sweeps are not counted.
static double multiply_adds(const kernel::Shape& s, double nu) {
  using namespace kernel::gaunt;
  const double lm = kernel::harmonics(s), K = s.features, H = s.hidden, features = kernel::invariants(s) * K;
  double entries = 0, components = 0;
  for (const Path& p : product)
    if (p.l1 <= s.l_max && p.l2 <= s.l_max && p.l3 <= s.l_max) entries += p.end - p.begin, components += 2 * p.l3 + 1;
  const double products = K * (2 * entries + 2 * components + 3 * lm      // A A G, then P and Q, then the invariants
                               + 5 * lm + 2 * components + 3 * entries);  // and back
  double sum = s.layers * (products + 2 * (features * H + H * H));        // MLP forward and back
  sum += 3 * s.radial * lm * nu;                                          // density, and its two adjoints
  for (int layer = 0; layer < s.layers; ++layer)
    for (int l = 0; l <= s.l_max; ++l) sum += 2 * (2 * l + 1) * K * s.radial * kernel::density_channels(s, layer, l);
  for (int layer = 1; layer < s.layers; ++layer) sum += multiply_adds_of_messages(s, nu);
  return sum;
}

/// Multiply-adds per second of one core at the width of the kernels in use: twelve independent chains in registers.
template <class V, class T> __attribute__((always_inline)) static inline double chains(long rounds, T& keep) {
  const V b = V{} + T(0.999), c = V{} + T(1e-3);
  // Twelve names, not an array: an array may be kept in memory.
  V a0 = c, a1 = c, a2 = c, a3 = c, a4 = c, a5 = c, a6 = c, a7 = c, a8 = c, a9 = c, a10 = c, a11 = c;
  const std::clock_t start = std::clock();  // CPU time: the machine may be shared
  for (long r = 0; r < rounds; ++r) {
    a0 = a0 * b + c, a1 = a1 * b + c, a2 = a2 * b + c, a3 = a3 * b + c, a4 = a4 * b + c, a5 = a5 * b + c;
    a6 = a6 * b + c, a7 = a7 * b + c, a8 = a8 * b + c, a9 = a9 * b + c, a10 = a10 * b + c, a11 = a11 * b + c;
    __asm__("" : "+v"(a0), "+v"(a1), "+v"(a2), "+v"(a3), "+v"(a4), "+v"(a5));
    __asm__("" : "+v"(a6), "+v"(a7), "+v"(a8), "+v"(a9), "+v"(a10), "+v"(a11));
  }
  const double seconds = double(std::clock() - start) / CLOCKS_PER_SEC;
  keep = (a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11)[0];
  return double(rounds) * 12 * double(sizeof(V) / sizeof(T)) / seconds;
}
template <class T> struct Vectors {
  typedef T wide __attribute__((vector_size(64)));
  typedef T half __attribute__((vector_size(32)));
};
template <class T> __attribute__((target("avx512f"))) static double peak_v4(T& keep) {
  return chains<typename Vectors<T>::wide, T>(20000000, keep);
}
template <class T> __attribute__((target("avx2,fma"))) static double peak_v3(T& keep) {
  return chains<typename Vectors<T>::half, T>(20000000, keep);
}
/// 0 where the kernels in use have no fused multiply-add.
template <class T> static double peak() {
  const std::string isa = kernel::kernels().name;
  double best = 0;
  T keep = 0;
  for (int k = 0; k < 3; ++k) best = std::max(best, isa == "v4" ? peak_v4(keep) : isa == "v3" ? peak_v3(keep) : 0.0);
  volatile T sink = keep;
  (void)sink;
  return best;
}

static void write(const kernel::Shape& shape, const std::string& path) {
  const auto theta = initial_parameters(shape, 1);
  Model model;
  model.shape = shape, model.elements = {29}, model.reference_energies = {0};
  model.members = {std::vector<float>(theta.begin(), theta.end())};
  write_model(path, model);
}

template <class T> static void run(const kernel::Shape& shape, const std::map<std::string, std::string>& opt) {
  const long atoms = std::stol(opt.at("atoms"));
  const int threads = std::stoi(opt.at("threads"));
  SiteNetwork<T> network(shape);
  const auto theta = initial_parameters(shape, 1);
  network.set_parameters(std::vector<T>(theta.begin(), theta.end()));
  ThreadPool pool(threads);
  NeighborList list(shape.cutoff, 0.5);
  const int present = std::stoi(opt.at("present"));
  const Structure s = copper(atoms, present);
  Graph graph;
  std::vector<int> type(120, -1);
  for (int e = 0; e < present; ++e) type[29 + e] = e * (shape.species / present);  // spread over the known ones
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
  const double median = times[times.size() / 2] / s.size() * 1e6;
  const double neighbors = double(graph.atoms->first[s.size()]) / s.size();
  const double gflops = 2e-3 * multiply_adds(shape, 44) / median / threads, peak_gflops = 2e-9 * peak<T>();
  std::printf(
      "{\"atoms\": %d, \"threads\": %d, \"isa\": \"%s\", \"us_per_atom\": %.4f, \"us_per_atom_best\": %.4f, "
      "\"evaluations\": %zu, \"listed_neighbors\": %.1f, \"gflops_per_core\": %.1f, \"peak_gflops\": %.1f, "
      "\"share_of_peak\": %.3f}\n",
      s.size(), threads, kernel::kernels().name, median, best / s.size() * 1e6, times.size(), neighbors, gflops,
      peak_gflops, peak_gflops > 0 ? gflops / peak_gflops : 0.0);
}

int main(int argc, char** argv) {
  std::map<std::string, std::string> opt{{"atoms", "4000"},      {"threads", "1"}, {"seconds", "3"},
                                         {"precision", "float"}, {"cutoff", "5"},  {"l_max", "3"},
                                         {"known", "1"},         {"present", "1"}, {"embedding", "0"}};
  const std::string size = argc > 1 ? argv[1] : "balanced";
  for (int i = 2; i < argc; ++i)
    if (const char* eq = std::strchr(argv[i], '=')) opt[std::string(argv[i], eq - argv[i])] = eq + 1;
  kernel::Shape shape;
  shape.features = size == "fast" ? 16 : 32;
  shape.hidden = size == "fast" ? 32 : 64;
  shape.layers = size == "accurate" ? 2 : 1;
  shape.cutoff = std::stod(opt["cutoff"]);
  shape.mean_neighbors = 44;
  shape.l_max = std::stoi(opt["l_max"]), shape.species = std::stoi(opt["known"]);
  shape.embedding = std::stoi(opt["embedding"]);
  if (opt.count("write")) write(shape, opt["write"]);
  if (opt["precision"] == "double")
    run<double>(shape, opt);
  else
    run<float>(shape, opt);
}
