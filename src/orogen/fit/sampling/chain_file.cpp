#include "orogen/fit/sampling/chain_file.hpp"

#include <fmt/format.h>

#include <charconv>

#include "orogen/base/errors.hpp"
#include "orogen/base/files/safetensors.hpp"
#include "orogen/base/files/sha256.hpp"

namespace orogen {
namespace {

using Eigen::MatrixXd;

const std::string format_version = "2", about = "about.";

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
  if (t.shape.size() != 2) throw InputError("an array of the chains is no matrix; this program did not write the file");
  const auto values = t.as<double>();
  return Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
      values.data(), t.shape[0], t.shape[1]);
}

void assign(MatrixXd& to, const MatrixXd& from, const char*) { to = from; }
void assign(Eigen::VectorXd& to, const MatrixXd& from, const char* name) {
  if (from.cols() > 1)
    throw InputError(fmt::format("\"{}\" of the chains has {} columns; expected one", name, from.cols()));
  to = from.cols() == 1 ? Eigen::VectorXd(from.col(0)) : Eigen::VectorXd();
}

/// Of the whole file but the checksum itself.
std::string checksum(SafetensorsFile file) {
  file.metadata.erase("checksum");
  return sha256_hex(file.serialize());
}

void require_format(const SafetensorsFile& file, const std::string& path) {
  const auto format = file.metadata.find("format"), version = file.metadata.find("version");
  if (format == file.metadata.end() || !format->second.starts_with("orogen chains"))
    throw InputError(path + ": not a file of chains (\"format\": \"orogen chains\" expected in its header)");
  if (version == file.metadata.end() || version->second != format_version)
    throw InputError(fmt::format("{}: version {} of the format of chains; expected {}", path,
                                 version == file.metadata.end() ? "1" : version->second, format_version));
  const auto sum = file.metadata.find("checksum");
  if (sum == file.metadata.end() || sum->second != checksum(file))
    throw InputError(path + ": damaged: the checksum in its header is not that of its contents");
}

void require_fit(const Chain& c, long parameters, const std::string& path) {
  const bool fits = c.at.theta.size() == parameters && c.at.gradient.size() == parameters &&
                    c.factor.rows() == parameters && c.factor.cols() == parameters &&
                    c.draws.rows() == c.log_density.size() && (c.draws.rows() == 0 || c.draws.cols() == parameters);
  if (!fits) throw InputError(fmt::format("{}: chains whose arrays do not fit {} parameters", path, parameters));
}

/// A whole number ≥ 1 of the header.
long count(const SafetensorsFile& file, const std::string& key, const std::string& path) {
  const auto found = file.metadata.find(key);
  const std::string text = found == file.metadata.end() ? "" : found->second;
  long n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size() || n < 1)
    throw InputError(
        fmt::format("{}: \"{}\" of its header is \"{}\"; expected a whole number above 0", path, key, text));
  return n;
}

/// Every array is there, is one of numbers, and has the shape that its name asks for.
Chain read_chain(const SafetensorsFile& file, std::size_t k, const std::string& path) {
  Chain chain;
  const auto at = [&](const char* name) -> const Tensor& { return file.at(fmt::format("{}.{}", k, name)); };
  const auto one = [&](const char* name, const auto& values) {
    if (values.size() != 1)
      throw InputError(fmt::format("\"{}.{}\" holds {} numbers; expected one", k, name, values.size()));
    return values[0];
  };
  try {
    each_real(chain, [&](const char* name, double& x) { x = one(name, at(name).as<double>()); });
    each_integer(chain, [&](const char* name, auto& x) {
      x = std::remove_reference_t<decltype(x)>(one(name, at(name).as<std::int64_t>()));
    });
    each_array(chain, [&](const char* name, auto& m) { assign(m, matrix(at(name)), name); });
  } catch (const InputError& problem) {
    throw InputError(path + ": " + problem.what());
  }
  return chain;
}

}  // namespace

void write_chains(const std::filesystem::path& path, const ChainFile& all) {
  if (all.chains.empty()) throw InputError(path.string() + ": no chains to write");
  SafetensorsFile file;
  for (const auto& [name, text] : all.about) file.metadata[about + name] = text;
  file.metadata["format"] = "orogen chains";
  file.metadata["version"] = format_version;
  file.metadata["chains"] = std::to_string(all.chains.size());
  file.metadata["parameters"] = std::to_string(all.chains[0].at.theta.size());
  file.metadata["transitions"] = std::to_string(all.chains[0].transitions);
  for (std::size_t k = 0; k < all.chains.size(); ++k) {
    const auto key = [k](const char* name) { return fmt::format("{}.{}", k, name); };
    each_real(all.chains[k],
              [&](const char* name, double x) { file.tensors[key(name)] = tensor(MatrixXd::Constant(1, 1, x)); });
    each_integer(all.chains[k], [&](const char* name, auto x) {
      file.tensors[key(name)] = Tensor::from(std::vector<std::int64_t>{std::int64_t(x)});
    });
    each_array(all.chains[k], [&](const char* name, const MatrixXd& m) { file.tensors[key(name)] = tensor(m); });
  }
  file.metadata["checksum"] = checksum(file);
  file.write(path);
}

ChainFile read_chains(const std::filesystem::path& path) {
  const auto file = SafetensorsFile::read(path);
  require_format(file, path.string());
  ChainFile all;
  for (const auto& [name, text] : file.metadata)
    if (name.starts_with(about)) all.about[name.substr(about.size())] = text;
  const long chains = count(file, "chains", path.string()), parameters = count(file, "parameters", path.string());
  for (long k = 0; k < chains; ++k) {
    all.chains.push_back(read_chain(file, std::size_t(k), path.string()));
    require_fit(all.chains.back(), parameters, path.string());
  }
  return all;
}

}  // namespace orogen
