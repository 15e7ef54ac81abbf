#include "orogen/potential/learned/domain_potential.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "orogen/base/errors.hpp"
#include "orogen/potential/learned/model_sum.hpp"

namespace orogen {
namespace {

template <class T> class LearnedDomain : public DomainPotential {
 public:
  LearnedDomain(const Model& model, const DomainOptions& options)
      : terms_(model), cutoff_(list_cutoff(model)), pool_(std::max(1, options.threads)) {
    terms_.require_local_terms();
  }

  const Model& model() const override { return terms_.model(); }
  double cutoff() const override { return cutoff_; }
  long message_bytes() const override { return needs_messages() ? terms_.network(0).message_bytes() : 0; }

  void set_list(int local, std::span<const int> types, const ListOfCentre& list,
                std::span<const int> ghosts_with_lists) override {
    whole_ = false, evaluations_ = 0, given_first_.clear();
    place_atoms(local, types, ghosts_with_lists);
    place_lists(list);
    if (!ghosts_with_lists.empty()) check_messages();
    if (!ghosts_with_lists.empty() && model().shape.layers > 2)
      throw InputError(fmt::format("lists of ghosts serve models of two layers; this one has {}: give a halo exchange",
                                   model().shape.layers));
    whole_ = true;
  }

  void evaluate(std::span<const double> positions, Want want, Evaluation& out, const HaloExchange* halo) override {
    check_ready(positions, halo);
    move(positions);
    if (++evaluations_ > 1) shorten_lists();
    graph_.message_rows = halo ? atoms_.total : graph_.senders;
    const float closest = terms_.evaluate(graph_, want, order_, atoms_.total, halo, memory_, &pool_, out);
    if (!want.forces) out.forces.clear();
    out.member_forces.clear();
    if (want.members && want.forces) out.member_forces.swap(memory_.member_forces);
    if (lost_ >= 0) throw NumericalError(fmt::format("the position of atom {} (counted from 0) is not finite", lost_));
    check_distances(closest, atoms_.local);
    check_finite(out);
  }

 private:
  /// Order of the sweep: local atoms, ghosts with lists, other ghosts.
  void place_atoms(int local, std::span<const int> types, std::span<const int> with_lists) {
    const int total = int(types.size()), known = int(model().elements.size());
    if (local < 0 || local > total) throw InputError(fmt::format("{} local atoms among {} atoms", local, total));
    atoms_.local = local, atoms_.total = total, atoms_.cutoff = cutoff();
    graph_.atoms = &atoms_, graph_.senders = local + int(with_lists.size());
    place_.assign(total, -1);
    order_.resize(local);
    std::iota(order_.begin(), order_.end(), 0);
    for (int i = 0; i < local; ++i) place_[i] = i;
    auto append = [&](int i) { place_[i] = int(order_.size()), order_.push_back(i); };
    for (int g : with_lists) {
      if (g < local || g >= total || place_[g] >= 0)
        throw InputError(
            fmt::format("ghosts_with_lists holds {}: expected ghosts {} … {}, each once", g, local, total - 1));
      append(g);
    }
    for (int i = local; i < total; ++i)
      if (place_[i] < 0) append(i);
    graph_.type.resize(total), atoms_.species.resize(total), atoms_.owner.resize(total);
    for (int k = 0; k < total; ++k) {
      const int t = types[order_[k]];
      if (t < 0 || t >= known)
        throw InputError(
            fmt::format("atom {} has type {}: the model's elements are numbered 0 … {}", order_[k], t, known - 1));
      graph_.type[k] = t, atoms_.species[k] = model().elements[t], atoms_.owner[k] = k;
    }
  }

  void place_lists(const ListOfCentre& list) {
    atoms_.first.assign(1, 0);
    atoms_.neighbor.clear();
    std::int64_t most = 0;
    for (int k = 0; k < graph_.senders; ++k) {
      place_list(k, list(order_[k]));
      atoms_.first.push_back(std::int64_t(atoms_.neighbor.size()));
      most = std::max(most, atoms_.first[k + 1] - atoms_.first[k]);
    }
    graph_.most_neighbors = int(most);
  }
  /// Appends one centre's list, sorted by element as the kernels need it.
  void place_list(int k, std::span<const int> list) {
    const int kinds = int(model().elements.size());
    start_.assign(kinds + 1, 0);
    for (int j : list) {
      if (j < 0 || j >= atoms_.total || j == order_[k])
        throw InputError(
            fmt::format("the list of atom {} holds {}: expected other atoms, 0 … {}", order_[k], j, atoms_.total - 1));
      ++start_[graph_.type[place_[j]] + 1];
    }
    std::partial_sum(start_.begin(), start_.end(), start_.begin());
    const std::size_t base = atoms_.neighbor.size();
    atoms_.neighbor.resize(base + list.size());
    for (int j : list) atoms_.neighbor[base + start_[graph_.type[place_[j]]]++] = place_[j];
  }
  void check_messages() const {
    for (std::int64_t e = 0; e < atoms_.first[atoms_.local]; ++e)
      if (atoms_.neighbor[e] >= graph_.senders)
        throw InputError(fmt::format(
            "ghost {} is in the list of a local atom but has no list of its own, which a model of two layers needs",
            order_[atoms_.neighbor[e]]));
  }

  void check_ready(std::span<const double> positions, const HaloExchange* halo) const {
    if (!whole_) throw InputError("a domain is evaluated before its lists were set");
    if (positions.size() != 3 * std::size_t(atoms_.total))
      throw InputError(fmt::format("{} coordinates, expected 3 for each of {} atoms", positions.size(), atoms_.total));
    if (!needs_messages()) return;
    if (halo && graph_.senders > atoms_.local)
      throw InputError("messages of ghosts come either from an exchange or from lists of ghosts, not from both");
    if (!halo && graph_.senders == atoms_.local) check_messages();
  }

  void move(std::span<const double> x) {
    lost_ = -1;
    atoms_.positions.resize(4L * atoms_.total);
    for (int k = 0; k < atoms_.total; ++k) {
      const double* from = x.data() + 3L * order_[k];
      double* to = atoms_.positions.data() + 4L * k;
      to[0] = from[0], to[1] = from[1], to[2] = from[2], to[3] = 0;
      if (!std::isfinite(to[0] + to[1] + to[2])) lost_ = order_[k];
    }
  }

  /// Lists with a wide skin cost time at every evaluation. Once a list is used again, only entries within cut-off +
  /// margin stay, until an atom has moved half the margin; then they are chosen anew from the list that was given.
  void shorten_lists() {
    if (!given_first_.empty() && farthest_move2() < 0.25 * margin * margin) return;
    if (given_first_.empty()) given_first_.swap(atoms_.first), given_neighbor_.swap(atoms_.neighbor);
    reference_ = atoms_.positions;
    atoms_.first.assign(1, 0);
    atoms_.neighbor.clear();
    const double far2 = (cutoff() + margin) * (cutoff() + margin);
    std::int64_t most = 0;
    for (int k = 0; k < graph_.senders; ++k) {
      for (std::int64_t e = given_first_[k]; e < given_first_[k + 1]; ++e)
        if (distance2(reference_, k, reference_, given_neighbor_[e]) < far2)
          atoms_.neighbor.push_back(given_neighbor_[e]);
      atoms_.first.push_back(std::int64_t(atoms_.neighbor.size()));
      most = std::max(most, atoms_.first[k + 1] - atoms_.first[k]);
    }
    graph_.most_neighbors = int(most);
  }
  static double distance2(const std::vector<double>& a, long i, const std::vector<double>& b, long j) {
    const double x = a[4 * i] - b[4 * j], y = a[4 * i + 1] - b[4 * j + 1], z = a[4 * i + 2] - b[4 * j + 2];
    return x * x + y * y + z * z;
  }
  double farthest_move2() const {
    double most = 0;
    for (int k = 0; k < atoms_.total; ++k) most = std::max(most, distance2(atoms_.positions, k, reference_, k));
    return most;
  }

  ModelSum<T> terms_;
  double cutoff_;
  ThreadPool pool_;
  Neighborhood atoms_;  // order_[k] is the caller's index of atom k, place_ the inverse
  Graph graph_;
  typename ModelSum<T>::Memory memory_;
  std::vector<int> order_, place_;
  std::vector<std::int64_t> start_;
  static constexpr double margin = 0.5;    // Å
  std::vector<std::int64_t> given_first_;  // the lists as given, once shorter ones are in use
  std::vector<int> given_neighbor_;
  std::vector<double> reference_;  // positions for which the lists were shortened
  int evaluations_ = 0;            // since set_list
  bool whole_ = false;
  int lost_ = -1;  // an atom whose position is not finite
};

}  // namespace

ListOfCentre compressed_lists(std::span<const std::int64_t> first, std::span<const int> neighbor) {
  return [=](int i) { return neighbor.subspan(std::size_t(first[i]), std::size_t(first[i + 1] - first[i])); };
}

std::unique_ptr<DomainPotential> make_domain_potential(const Model& model, const DomainOptions& options) {
  if (is_double(model, options.precision)) return std::make_unique<LearnedDomain<double>>(model, options);
  return std::make_unique<LearnedDomain<float>>(model, options);
}

}  // namespace orogen
