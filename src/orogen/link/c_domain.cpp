// The C interface: a model on the caller's own atoms and neighbour lists.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "orogen/link/c_handle.hpp"
#include "orogen/potential/domain_potential.hpp"
#include "orogen/system/elements.hpp"

struct orogen_domain {
  std::unique_ptr<orogen::DomainPotential> potential;
  std::vector<int> type_of;
  int local = 0, total = 0;
  std::mutex turn;
};

namespace orogen {
namespace {

std::unique_ptr<orogen_domain> load(const char* path, const orogen_options* options) {
  const LearnedOptions learned = checked_options(options);
  auto domain = std::make_unique<orogen_domain>();
  domain->potential = make_domain_potential(read_model(path), {learned.threads, learned.precision});
  domain->type_of = domain->potential->model().type_of();
  return domain;
}

std::vector<int> types(const orogen_domain& domain, const orogen_lists& lists) {
  std::vector<int> types;
  for (int i = 0; i < lists.total; ++i) {
    const int z = lists.species[i];
    if (z < 1 || z > element_count)
      throw InputError(fmt::format("atom {} has atomic number {}: expected 1 … {}", i, z, element_count));
    types.push_back(domain.type_of[std::size_t(z)]);
    if (types.back() < 0)
      throw InputError(fmt::format(
          "atom {} is {}, which the model does not know: train on data that holds this element", i, symbol(z)));
  }
  return types;
}

/// Whatever can be wrong with the numbers of atoms and the rows; what the lists hold is checked where they are taken over.
void check(const orogen_lists& l) {
  if (l.total < 0 || l.local < 0 || l.local > l.total)
    throw InputError(fmt::format("{} local atoms of {}: expected 0 ≤ local ≤ total", l.local, l.total));
  if (l.ghost_center_count < 0 || l.ghost_center_count > l.total - l.local)
    throw InputError(fmt::format("{} ghosts with lists of {}", l.ghost_center_count, l.total - l.local));
  if (l.total > 0) require(l.species, "lists->species");
  require(l.first, "lists->first");
  if (l.ghost_center_count) require(l.ghost_centers, "lists->ghost_centers");
  const int centers = l.local + l.ghost_center_count;
  if (l.first[0] != 0) throw InputError(fmt::format("lists->first[0] = {}: expected 0", l.first[0]));
  for (int k = 0; k < centers; ++k)
    if (l.first[k + 1] < l.first[k]) throw InputError(fmt::format("lists->first falls after entry {}", k));
  if (l.first[centers] > 0) require(l.neighbors, "lists->neighbors");
}

void set_lists(orogen_domain& domain, const orogen_lists& l) {
  check(l);
  const std::span<const int> ghosts(l.ghost_centers, std::size_t(l.ghost_center_count));
  std::vector<int> row(std::size_t(l.total), -1);  // of the compressed rows, for every centre
  for (int i = 0; i < l.local; ++i) row[std::size_t(i)] = i;
  for (std::size_t k = 0; k < ghosts.size(); ++k)
    if (ghosts[k] >= l.local && ghosts[k] < l.total) row[std::size_t(ghosts[k])] = l.local + int(k);
  const auto list = [&](int center) {
    const int r = row[std::size_t(center)];
    return std::span<const int>(l.neighbors + l.first[r], std::size_t(l.first[r + 1] - l.first[r]));
  };
  domain.potential->set_list(l.local, types(domain, l), list, ghosts);
  domain.local = l.local, domain.total = l.total;
}

bool has_uncertainty(const orogen_domain& domain) {
  return domain.potential->model().members.size() == 1 && domain.potential->model().knows_uncertainty();
}

void evaluate(orogen_domain& domain, const double* positions, orogen_domain_result& out) {
  if (out.uncertainty && !has_uncertainty(domain))
    throw InputError("uncertainty is wanted, but this model has none (one member, no last-layer covariance)");
  const Want want{out.forces != nullptr, out.virial != nullptr, out.site_energies != nullptr,
                  out.uncertainty != nullptr, out.site_virials != nullptr};
  Evaluation e;
  domain.potential->evaluate({positions, 3 * std::size_t(domain.total)}, want, e);
  out.energy = e.energy;
  if (out.forces && domain.total) std::copy_n(e.forces[0].data(), 3 * e.forces.size(), out.forces);
  if (out.virial) std::copy_n(e.virial.data(), 9, out.virial);  // symmetric
  if (out.site_energies) std::copy(e.site_energies.begin(), e.site_energies.end(), out.site_energies);
  if (out.uncertainty) std::copy(e.uncertainty.begin(), e.uncertainty.end(), out.uncertainty);
  if (out.site_virials)
    for (std::size_t i = 0; i < e.site_virials.size(); ++i)
      for (int k = 0; k < 9; ++k) out.site_virials[9 * i + std::size_t(k)] = e.site_virials[i](k / 3, k % 3);
}

}  // namespace
}  // namespace orogen

int orogen_domain_load(const char* path, const orogen_options* options, orogen_domain** domain) {
  return orogen::guarded_call([&] {
    orogen::require(domain, "domain");
    *domain = nullptr;
    orogen::require(path, "path");
    *domain = orogen::load(path, options).release();
  });
}
void orogen_domain_free(orogen_domain* domain) { delete domain; }

int orogen_domain_set_lists(orogen_domain* domain, const orogen_lists* lists) {
  return orogen::guarded_call([&] {
    orogen::require(domain, "domain");
    orogen::require(lists, "lists");
    const std::lock_guard turn(domain->turn);
    orogen::set_lists(*domain, *lists);
  });
}

int orogen_domain_evaluate(orogen_domain* domain, const double* positions, orogen_domain_result* result) {
  return orogen::guarded_call([&] {
    orogen::require(domain, "domain");
    orogen::require(positions, "positions");
    orogen::require(result, "result");
    const std::lock_guard turn(domain->turn);
    orogen::evaluate(*domain, positions, *result);
  });
}

double orogen_domain_cutoff(const orogen_domain* d) { return d->potential->cutoff(); }
double orogen_domain_reach(const orogen_domain* d) { return d->potential->cutoff() * orogen_domain_layers(d); }
int orogen_domain_layers(const orogen_domain* d) { return d->potential->model().shape.layers; }
int orogen_domain_has_uncertainty(const orogen_domain* d) { return orogen::has_uncertainty(*d); }
