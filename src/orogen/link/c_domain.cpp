// The C interface: a model on the caller's own atoms and neighbour lists.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "orogen/link/c_handle.hpp"
#include "orogen/link/c_lists.hpp"
#include "orogen/potential/learned/domain_potential.hpp"

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

void set_lists(orogen_domain& domain, const orogen_lists* given) {
  const orogen_lists l = Sized(given, 1, "lists").read();
  check_lists(l, domain.type_of, domain.potential->needs_messages());
  const std::span<const int> ghosts(l.ghost_centers, std::size_t(l.ghost_center_count));
  std::vector<int> types(std::size_t(l.total));
  std::transform(l.species, l.species + l.total, types.begin(), [&](int z) { return domain.type_of[std::size_t(z)]; });
  std::vector<int> row(std::size_t(l.total), -1);  // of the compressed rows, for every centre
  for (int k = 0; k < l.local + l.ghost_center_count; ++k) row[std::size_t(center(l, k))] = k;
  const auto list = [&](int center) { return neighbors(l, row[std::size_t(center)]); };
  domain.potential->set_list(l.local, types, list, ghosts);
  domain.local = l.local, domain.total = l.total;
}

bool has_uncertainty(const Model& model) { return model.members.size() == 1 && model.knows_uncertainty(); }

/// Refuses an uncertainty that this model does not have here.
void check_uncertainty(const Model& model) {
  if (model.members.size() > 1)
    throw InputError(fmt::format(
        "uncertainty is wanted, but a committee (here of {}) has it only from forces that are summed over domains; a "
        "domain gives that of models of one member",
        model.members.size()));
  if (!model.knows_uncertainty())
    throw InputError("uncertainty is wanted, but this model of one member has no measured spread of its last layer");
}

void evaluate(orogen_domain& domain, const double* positions, orogen_domain_result* result) {
  const orogen_domain_result out = Sized(result, 1, "result").read();
  if (domain.total > 0) require(positions, "positions");
  if (out.uncertainty) check_uncertainty(domain.potential->model());
  const Want want{out.forces != nullptr, out.virial != nullptr, out.site_energies != nullptr,
                  out.uncertainty != nullptr, out.site_virials != nullptr};
  Evaluation e;
  domain.potential->evaluate({positions, 3 * std::size_t(domain.total)}, want, e);
  result->energy = e.energy;
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
    const std::lock_guard turn(domain->turn);
    orogen::set_lists(*domain, lists);
  });
}

int orogen_domain_evaluate(orogen_domain* domain, const double* positions, orogen_domain_result* result) {
  return orogen::guarded_call([&] {
    orogen::require(domain, "domain");
    const std::lock_guard turn(domain->turn);
    orogen::evaluate(*domain, positions, result);
  });
}

using Domain = orogen_domain;

double orogen_domain_cutoff(const Domain* d) {
  return orogen::told(d, [](const Domain& h) { return h.potential->cutoff(); });
}
double orogen_domain_reach(const Domain* d) { return orogen_domain_cutoff(d) * orogen_domain_layers(d); }
int orogen_domain_layers(const Domain* d) {
  return orogen::told(d, [](const Domain& h) { return int(h.potential->model().shape.layers); });
}
int orogen_domain_has_uncertainty(const Domain* d) {
  return orogen::told(d, [](const Domain& h) { return int(orogen::has_uncertainty(h.potential->model())); });
}
