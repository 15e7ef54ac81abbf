#include "orogen/nuclear/momentum/forces/chiral.hpp"

#include <cmath>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {
namespace {

const char* order_name(int order) {
  if (order == 0) return "LO";
  if (order == 2) return "NLO";
  if (order == 3) return "N2LO";
  throw InputError("chiral order " + std::to_string(order) + "; expected 0 (LO), 2 (NLO) or 3 (N2LO)");
}

std::string title(const char* family, int order, double cutoff) {
  return std::string(family) + " " + order_name(order) + "(" + std::to_string(std::lround(cutoff)) + ")";
}

struct Published {
  int order;
  double cutoff;
  std::vector<double> constants;
};

/// Entem, Machleidt and Nosyk (2017), 10⁴ GeV⁻² and 10⁴ GeV⁻⁴, in the order of contact_names.
const std::vector<Published>& emn_table() {
  static const std::vector<Published> table = {
      {0, 450, {-0.1165311, -0.118157, -0.1168364, -0.101616328}},
      {0, 500, {-0.111564593, -0.113238, -0.11194445, -0.0826251323}},
      {0, 550, {-0.10754504, -0.109215, -0.10796868, -0.0647485517}},
      {2,
       450,
       {-0.1555044, -0.15436, -0.15494985, -0.18578856523, 1.544880859, 1.158848939, 0.370779032, -0.415391064,
        -0.278055239, 0.128057184, -0.239058357}},
      {2,
       500,
       {-0.15110342, -0.14965902, -0.150430267, -0.1769381148, 1.600626575, 1.185093243, 0.386001255, -0.440417744,
        -0.267697877, 0.1392296, -0.21206207}},
      {2,
       550,
       {-0.13382979, -0.13152544454, -0.1327624, -0.16223662507, 1.741652609, 1.233330555, 0.303819445, -0.487744567,
        -0.244472751, 0.140213623, -0.190333309}},
      {3,
       450,
       {-0.15269452, -0.15185696, -0.1523466, -0.166923906, 2.359346473, 1.07462829, 0.240920389, -0.822516878,
        0.527883469, 0.402033229, -0.656520134}},
      {3,
       500,
       {-0.15128113, -0.15050203, -0.150959, -0.15056056543, 2.336086454, 1.054330257, 0.199132569, -0.837012181,
        0.44389169, 0.351151131, -0.636546259}},
      {3,
       550,
       {-0.14975023, -0.14906705, -0.14945923, -0.13616975754, 2.305300415, 1.093309042, 0.195708324, -0.826633824,
        0.381155567, 0.319424664, -0.62455259}},
  };
  return table;
}

}  // namespace

ChiralForm emn_form(int order, double cutoff) {
  ChiralForm form;
  form.title = title("EMN", order, cutoff);
  form.order = form.contacts.order = order;
  form.contacts.cutoff = cutoff;
  if (order == 3) {
    form.one_pion_power = 4;
    form.contacts.leading_power = form.contacts.second_power_3P1 = 3;
  }
  return form;
}

ChiralForm sim_form(int order, double cutoff) {
  ChiralForm form;
  form.title = title("sim", order, cutoff);
  form.order = order;
  form.pions.spectral_cutoff = 700;
  if (order == 0) form.pions.axial = 1.276;
  form.one_pion_power = form.two_pion_power = 3;
  form.contacts = {order, cutoff, 3, 3, 3, 3};
  return form;
}

std::vector<double> emn_constants(int order, double cutoff) {
  for (const Published& p : emn_table())
    if (p.order == order && p.cutoff == cutoff) return p.constants;
  throw InputError(title("EMN", order, cutoff) +
                   ": constants are published for cut-offs of 450, 500 and 550 MeV; expected one of these");
}

MomentumInteraction chiral_pions(const ChiralForm& form) {
  const double cutoff = form.contacts.cutoff;
  MomentumInteraction all(form.title, form.constants);
  all += std::make_unique<OnePionExchange>(form.constants, form.pions, Regulator{cutoff, form.one_pion_power});
  if (form.order > 0)
    all += std::make_unique<TwoPionExchange>(form.constants, form.pions, Regulator{cutoff, form.two_pion_power},
                                             form.order);
  return all;
}

MomentumInteraction chiral(const ChiralForm& form, std::span<const double> lecs) {
  MomentumInteraction all = chiral_pions(form);
  all += std::make_unique<Contacts>(form.constants, form.contacts, lecs);
  return all;
}

MomentumInteraction chiral_emn(int order, double cutoff, std::span<const double> lecs) {
  return chiral(emn_form(order, cutoff), lecs);
}

MomentumInteraction chiral_emn(int order, double cutoff) {
  return chiral_emn(order, cutoff, emn_constants(order, cutoff));
}

}  // namespace orogen::nuclear
