#include "orogen/nuclear/neural/fits/phase_fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "orogen/nuclear/inference/contacts/lec_theory.hpp"

namespace orogen::nuclear {
namespace {

/// All that acts in the waves of the data.
std::vector<std::string> constants_of(const ContactForm& form, const std::vector<PhasePoint>& points) {
  const auto all = contact_names(form.order);
  std::vector<std::string> names;
  for (const PhasePoint& p : points)
    for (const auto& entry : contact_basis(form, p.block, Pair::np).entries)
      if (std::find(names.begin(), names.end(), all[entry.constant]) == names.end())
        names.push_back(all[entry.constant]);
  return names;
}

}  // namespace

PhaseFitInputs::PhaseFitInputs() {
  data.waves = {"1S0", "3P0", "1P1", "3P1", "3S1", "E1", "3D1", "1D2", "3D2", "3P2", "E2", "3F2"};
}

PhaseFitInputs completed(PhaseFitInputs o) {
  o.force.order = o.force.network.order = o.theory.order = power_of(o.order);
  o.force.network.breakdown = o.theory.breakdown_scale;
  o.force.network.regulator.cutoff = o.force.cutoff;
  return o;
}

std::string title_of(const PhaseFitInputs& o) {
  std::string order = o.order;
  for (char& c : order) c = char(std::toupper(static_cast<unsigned char>(c)));
  return fmt::format("learned {}({:g})", order, o.force.cutoff);
}

std::vector<double> best_contacts(const PhaseFitInputs& o, const LecData& known, const Eigen::MatrixXd& covariance) {
  const ChiralForm pions = form(o.force);
  const auto names = constants_of(pions.contacts, known.points), all = contact_names(pions.contacts.order);
  const auto unit = natural_units(names, o.force.network.breakdown);
  std::vector<double> lecs = emn_constants(o.force.order, o.force.cutoff), a;
  const auto place = [&](std::size_t k) {
    return std::size_t(std::find(all.begin(), all.end(), names[k]) - all.begin());
  };
  for (std::size_t k = 0; k < names.size(); ++k) a.push_back(lecs[place(k)] / unit[k]);
  const ContactPhases model(pions, Pair::np, known.points, lecs, names);
  PhaseResidual likelihood(model, known.data, covariance, unit);
  GaussianPrior prior = power_counting(std::vector<int>(names.size(), 0), 1.0, o.force.network.natural);
  Residual* const terms[] = {&likelihood, &prior};
  minimise(terms, a, {.most_steps = 1000});
  for (std::size_t k = 0; k < names.size(); ++k) lecs[place(k)] = a[k] * unit[k];
  return lecs;
}

PhasePosterior::PhasePosterior(const ShortRangeForce& force, const LecData& known, const Eigen::MatrixXd& covariance)
    : model_(form(force), force.network, Pair::np, known.points),
      likelihood_(model_, known.data, covariance, std::vector<double>(std::size_t(model_.constants()), 1.0)),
      prior_(natural_prior(model_.term())) {}

std::vector<double> PhasePosterior::like_contacts(const ShortRangeForce& force,
                                                  std::span<const double> contacts) const {
  return nuclear::like_contacts(model_.term(), form(force), contacts);
}

GaussNewtonResult PhasePosterior::fit(std::vector<double>& theta, const ShortRangeFitOptions& options,
                                      ProgressSink* progress) {
  return fit_short_range(model_, likelihood_, prior_, theta, options, progress);
}

}  // namespace orogen::nuclear
