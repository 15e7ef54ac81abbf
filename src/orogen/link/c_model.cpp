// The C interface: loading a model and asking what it is.
#include <fmt/format.h>

#include "orogen/base/parallel/threads.hpp"
#include "orogen/link/c_handle.hpp"
#include "orogen/system/elements.hpp"

namespace orogen {
namespace {

std::string precision_name(int precision) {
  switch (precision) {
    case OROGEN_PRECISION_OF_MODEL:
      return "";
    case OROGEN_FLOAT32:
      return "float32";
    case OROGEN_FLOAT64:
      return "float64";
  }
  throw InputError(fmt::format("options.precision = {}: expected 0 (the model's own), 32 or 64", precision));
}

}  // namespace

LearnedOptions checked_options(const orogen_options* given) {
  const orogen_options o = given ? Sized(given, 1, "options").read() : orogen_options{};
  if (o.threads < 0 || o.threads > 4096)
    throw InputError(fmt::format("options.threads = {}: expected 0 (default) … 4096", o.threads));
  if (!(o.skin <= 5)) throw InputError(fmt::format("options.skin = {} Å: expected at most 5 Å", o.skin));
  LearnedOptions options;
  options.threads = o.threads ? o.threads : default_threads();
  options.skin = o.skin == 0 ? options.skin : std::max(0.0, o.skin);
  options.precision = precision_name(o.precision);
  return options;
}

namespace {

std::unique_ptr<orogen_potential> load(const char* path, const orogen_options* options) {
  auto handle = std::make_unique<orogen_potential>();
  handle->options = checked_options(options);
  handle->model = read_model(path);
  if (handle->options.precision.empty()) handle->options.precision = handle->model.precision;
  handle->potential = make_learned_potential(handle->model, handle->options);
  handle->header = model_header_json(handle->model);
  return handle;
}

}  // namespace
}  // namespace orogen

const char* orogen_version(void) { return OROGEN_VERSION; }
int orogen_abi_version(void) { return OROGEN_ABI_VERSION; }
int orogen_default_threads(void) { return orogen::default_threads(); }
int orogen_atomic_number(const char* symbol) { return symbol ? orogen::atomic_number(symbol).value_or(0) : 0; }
const char* orogen_symbol(int z) { return z >= 1 && z <= orogen::element_count ? orogen::symbol(z).data() : "?"; }

int orogen_load(const char* path, const orogen_options* options, orogen_potential** potential) {
  return orogen::guarded_call([&] {
    orogen::require(potential, "potential");
    *potential = nullptr;
    orogen::require(path, "path");
    *potential = orogen::load(path, options).release();
  });
}
void orogen_free(orogen_potential* potential) { delete potential; }

using Handle = orogen_potential;

int orogen_element_count(const Handle* p) {
  return orogen::told(p, [](const Handle& h) { return int(h.model.elements.size()); });
}
int orogen_element(const Handle* p, int k) {
  return k >= 0 && k < orogen_element_count(p) ? p->model.elements[std::size_t(k)] : 0;
}
double orogen_cutoff(const Handle* p) {
  return orogen::told(p, [](const Handle& h) { return double(h.model.shape.cutoff); });
}
double orogen_reach(const Handle* p) {
  return orogen::told(p, [](const Handle& h) { return h.potential->reach(); });
}
int orogen_layers(const Handle* p) {
  return orogen::told(p, [](const Handle& h) { return int(h.model.shape.layers); });
}
int orogen_members(const Handle* p) {
  return orogen::told(p, [](const Handle& h) { return int(h.model.members.size()); });
}
int orogen_has_uncertainty(const Handle* p) {
  return orogen::told(p, [](const Handle& h) { return int(h.model.knows_uncertainty()); });
}
int orogen_threads(const Handle* p) {
  return orogen::told(p, [](const Handle& h) { return h.options.threads; });
}
int orogen_bits(const Handle* p) {
  return orogen::told(p, [](const Handle& h) { return h.options.precision == "float64" ? 64 : 32; });
}
const char* orogen_header(const Handle* p) {
  return orogen::told(p, [](const Handle& h) { return h.header.c_str(); });
}
