// Stands in for xtb.cpp in a build without libxtb: says so when xtb is asked for, and how to get it.
#include "orogen/base/errors.hpp"
#include "orogen/oracle/xtb/xtb.hpp"

namespace orogen {

struct XtbPotential::Session {};

XtbPotential::XtbPotential(XtbOptions options) : options_(std::move(options)) {
  throw InputError(
      "this orogen was built without libxtb, the library behind xtb:gfn2, xtb:gfn1 and xtb:gfnff; install it (Debian, "
      "Ubuntu: apt install libxtb-dev) and build or `pip install` orogen again");
}
XtbPotential::~XtbPotential() = default;
void XtbPotential::compute(std::span<const Structure>, Want, std::span<Evaluation>) {}
void XtbPotential::forget() {}

}  // namespace orogen
