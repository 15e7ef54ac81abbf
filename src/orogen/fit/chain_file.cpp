#include "orogen/fit/chain_file.hpp"

#include <fmt/format.h>

#include "orogen/base/errors.hpp"
#include "orogen/base/safetensors.hpp"

namespace orogen {
namespace {

using Eigen::MatrixXd;

/// Calls visit(name, number) for every number of a chain: writing and reading go through the same list.
template <class C, class Visit> void each_real(C& c, Visit visit) {
  visit("log_density_at", c.at.log_density);
  visit("step", c.step);
  visit("centre", c.adaptation.centre);
  visit("log_step", c.adaptation.log_step);
  visit("log_mean", c.adaptation.log_mean);
  visit("deficit", c.adaptation.deficit);
  visit("acceptance", c.acceptance);
}
template <class C, class Visit> void each_integer(C& c, Visit visit) {
  visit("adaptations", c.adaptation.n);
  visit("window_size", c.window.n);
  visit("stream", c.stream);
  visit("position", c.position);
  visit("transitions", c.transitions);
  visit("divergences", c.divergences);
  visit("deepest", c.deepest);
  visit("gradients", c.gradients);
}
template <class C, class Visit> void each_array(C& c, Visit visit) {
  visit("theta", c.at.theta);
  visit("gradient", c.at.gradient);
  visit("factor", c.factor);
  visit("window_mean", c.window.mean);
  visit("window_sum", c.window.sum);
  visit("draws", c.draws);
  visit("log_density", c.log_density);
}

Tensor tensor(const MatrixXd& m) {
  const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows = m;
  return Tensor::from(std::span<const double>(rows.data(), std::size_t(rows.size())), {m.rows(), m.cols()});
}

MatrixXd matrix(const Tensor& t) {
  if (t.shape.size() != 2)
    throw InputError("chains: an array of the file is no matrix; it was not written by this program");
  const auto values = t.as<double>();
  return Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
      values.data(), t.shape[0], t.shape[1]);
}

}  // namespace

void write_chains(const std::filesystem::path& path, const std::vector<Chain>& chains) {
  SafetensorsFile file;
  file.metadata["format"] = "orogen chains 1";
  file.metadata["chains"] = std::to_string(chains.size());
  for (std::size_t k = 0; k < chains.size(); ++k) {
    const auto key = [k](const char* name) { return fmt::format("{}.{}", k, name); };
    each_real(chains[k],
              [&](const char* name, double x) { file.tensors[key(name)] = tensor(MatrixXd::Constant(1, 1, x)); });
    each_integer(chains[k], [&](const char* name, auto x) {
      file.tensors[key(name)] = Tensor::from(std::vector<std::int64_t>{std::int64_t(x)});
    });
    each_array(chains[k], [&](const char* name, const MatrixXd& m) { file.tensors[key(name)] = tensor(m); });
  }
  file.write(path);
}

std::vector<Chain> read_chains(const std::filesystem::path& path) {
  const auto file = SafetensorsFile::read(path);
  const auto format = file.metadata.find("format"), count = file.metadata.find("chains");
  if (format == file.metadata.end() || format->second != "orogen chains 1" || count == file.metadata.end())
    throw InputError(
        fmt::format("{}: not a file of chains (metadata \"format\": \"orogen chains 1\" expected)", path.string()));
  std::vector<Chain> chains(std::stoul(count->second));
  for (std::size_t k = 0; k < chains.size(); ++k) {
    const auto at = [&](const char* name) -> const Tensor& { return file.at(fmt::format("{}.{}", k, name)); };
    each_real(chains[k], [&](const char* name, double& x) { x = at(name).as<double>().at(0); });
    each_integer(chains[k], [&](const char* name, auto& x) {
      x = std::remove_reference_t<decltype(x)>(at(name).as<std::int64_t>().at(0));
    });
    each_array(chains[k], [&](const char* name, auto& m) { m = matrix(at(name)); });
  }
  return chains;
}

}  // namespace orogen
