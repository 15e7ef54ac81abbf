// One maker per verb; the list in verbs.cpp calls them.
#pragma once
#include <memory>

#include "orogen/app/verbs/verb.hpp"

namespace orogen {

std::unique_ptr<Verb> check_verb();
std::unique_ptr<Verb> eval_verb();
std::unique_ptr<Verb> info_verb();
std::unique_ptr<Verb> label_verb();
std::unique_ptr<Verb> md_verb();
std::unique_ptr<Verb> nuclear_deuteron_verb();
std::unique_ptr<Verb> nuclear_fit_verb();
std::unique_ptr<Verb> nuclear_observables_verb();
std::unique_ptr<Verb> nuclear_phases_verb();
std::unique_ptr<Verb> nuclear_plot_verb();
std::unique_ptr<Verb> nuclear_sample_verb();
std::unique_ptr<Verb> relax_verb();
std::unique_ptr<Verb> report_verb();
std::unique_ptr<Verb> selftest_verb();
std::unique_ptr<Verb> serve_verb();
std::unique_ptr<Verb> train_verb();

}  // namespace orogen
