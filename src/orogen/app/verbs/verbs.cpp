// The list of verbs; a new one adds its line here.
#include "orogen/app/verbs/verb_list.hpp"

namespace orogen {

std::vector<std::unique_ptr<Verb>> all_verbs() {
  std::vector<std::unique_ptr<Verb>> verbs;
  verbs.push_back(check_verb());
  verbs.push_back(train_verb());
  verbs.push_back(eval_verb());
  verbs.push_back(md_verb());
  verbs.push_back(relax_verb());
  verbs.push_back(label_verb());
  verbs.push_back(serve_verb());
  verbs.push_back(selftest_verb());
  verbs.push_back(info_verb());
  verbs.push_back(report_verb());
  verbs.push_back(nuclear_phases_verb());
  verbs.push_back(nuclear_deuteron_verb());
  verbs.push_back(nuclear_observables_verb());
  verbs.push_back(nuclear_sample_verb());
  verbs.push_back(nuclear_fit_verb());
  verbs.push_back(nuclear_plot_verb());
  return verbs;
}

std::string group_of(const std::string& verb) {
  const auto space = verb.find(' ');
  return space == verb.npos ? "" : verb.substr(0, space);
}

}  // namespace orogen
