// Are the error bands of a chiral force right on phases that no fit has seen? EMN(500) at LO, NLO and N2LO.
//
// Each of three parts of the phases is kept apart once and foretold from the other two; once more those above 100 MeV
// from those below. A block of waves has its own constants, so its posterior is a mixture over size and correlation
// length of the omitted orders, each with equal prior weight on a grid in log c̄, weighed by its evidence from the
// fitted phases alone. Beside that: c̄² with a scaled inverse χ² prior, of each block's own or one of all blocks.
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "nuclear_grey_phases.hpp"
#include "orogen/base/random.hpp"
#include "orogen/nuclear/inference/contacts/prediction.hpp"
#include "orogen/nuclear/inference/size_of_orders.hpp"

namespace orogen::nuclear::grey_box {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using nlohmann::json;

constexpr long draws = 4000;
constexpr int simulations = 16;
constexpr Naturalness size_prior{0.6, 0.64};
constexpr int extrapolation = folds;  // the part kept apart that lies above 100 MeV

/// Some of the phases of a model.
class Rows : public PhaseModel {
 public:
  Rows(const PhaseModel& all, std::vector<long> rows) : all_(all), rows_(std::move(rows)) {}
  long constants() const override { return all_.constants(); }
  long size() const override { return long(rows_.size()); }
  void phases(std::span<const double> constants, std::span<double> phase,
              Eigen::Ref<MatrixXd> jacobian) const override {
    std::vector<double> every(std::size_t(all_.size()));
    MatrixXd J(all_.size(), all_.constants());
    all_.phases(constants, every, J);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      phase[i] = every[std::size_t(rows_[i])];
      jacobian.row(long(i)) = J.row(rows_[i]);
    }
  }

 private:
  const PhaseModel& all_;
  std::vector<long> rows_;
};

/// Maximum of a block's constants for one size and length of the omitted orders.
struct Cell {
  TheoryError theory;
  double log_evidence = 0;
  VectorXd mean;
  MatrixXd factor;  ///< L Lᵀ = covariance
};

Cell fit(const PhaseModel& model, const std::vector<PhaseDatum>& data, const TheoryError& theory,
         const std::vector<double>& unit, const std::vector<double>& start) {
  PhaseResidual likelihood(model, data, phase_covariance(data, theory), unit);
  if (unit.empty()) {
    VectorXd r;
    MatrixXd J;
    likelihood.evaluate({}, r, J);
    return {theory, likelihood.log_normalisation() - 0.5 * r.squaredNorm(), VectorXd(0), MatrixXd(0, 0)};
  }
  GaussianPrior prior = prior_of(unit.size(), natural);
  const Laplace l = lec_posterior(likelihood, prior, start, {.draws = 0}).laplace;
  return {theory, l.log_evidence, Eigen::Map<const VectorXd>(l.mean.data(), long(l.mean.size())),
          mass_factor(l.precision)};
}

/// A block of waves at one order, with one part of its phases kept apart.
struct BlockFit {
  std::vector<Cell> cells;
  std::vector<double> weight;  ///< Σ = 1
  double log_evidence = 0, log_c_bar = 0;
  const Cell& best() const {
    return cells[std::size_t(std::max_element(weight.begin(), weight.end()) - weight.begin())];
  }
};

BlockFit fit_block(const PhaseModel& model, const std::vector<PhaseDatum>& data, int order,
                   const std::vector<double>& unit, std::vector<double> start) {
  BlockFit all;
  double top = -INFINITY;
  for (const double length : {0.0, 25.0, 50.0, 100.0, 200.0})
    for (double c_bar = 10; c_bar > 0.099; c_bar /= std::sqrt(std::sqrt(10.0))) {
      const TheoryError theory{kept(order), breakdown, c_bar, length, 1 * degree};
      all.cells.push_back(fit(model, data, theory, unit, start));
      start.assign(all.cells.back().mean.begin(), all.cells.back().mean.end());
      top = std::max(top, all.cells.back().log_evidence);
    }
  double sum = 0;
  for (const Cell& c : all.cells) sum += all.weight.emplace_back(std::exp(c.log_evidence - top));
  for (double& w : all.weight) w /= sum;
  for (std::size_t k = 0; k < all.cells.size(); ++k)
    all.log_c_bar += all.weight[k] * std::log(all.cells[k].theory.c_bar);
  all.log_evidence = top + std::log(sum / double(all.cells.size()));
  return all;
}

/// x − ln Σ eˣ of every element; returns ln Σ eˣ.
double normalise(VectorXd& log_weight) {
  const double top = log_weight.maxCoeff();
  const double log_sum = top + std::log((log_weight.array() - top).exp().sum());
  log_weight.array() -= log_sum;
  return log_sum;
}

VectorXd log_sizes(const BlockFit& b) {
  VectorXd x(long(b.cells.size()));
  for (long k = 0; k < x.size(); ++k) x[k] = std::log(b.cells[std::size_t(k)].theory.c_bar);
  return x;
}

VectorXd log_evidences(const BlockFit& b) {
  VectorXd x(long(b.cells.size()));
  for (long k = 0; k < x.size(); ++k) x[k] = b.cells[std::size_t(k)].log_evidence;
  return x;
}

void set_weight(BlockFit& b, const VectorXd& log_weight) {
  for (long k = 0; k < log_weight.size(); ++k) b.weight[std::size_t(k)] = std::exp(log_weight[k]);
  b.log_c_bar = log_weight.array().exp().matrix().dot(log_sizes(b));
}

/// The inverse χ² prior of c̄² on the grid, normalised.
VectorXd log_prior_of_cells(const BlockFit& b) {
  VectorXd prior = log_sizes(b).unaryExpr([](double x) { return log_prior_of_size(size_prior, 2 * x); });
  normalise(prior);
  return prior;
}

/// Each block has a size of its own with the inverse χ² prior. Returns ln Z of all blocks, as do the next two.
double weigh_alone(std::span<BlockFit> blocks) {
  double log_evidence = 0;
  for (BlockFit& b : blocks) {
    VectorXd log_weight = log_prior_of_cells(b) + log_evidences(b);
    log_evidence += normalise(log_weight);
    set_weight(b, log_weight);
  }
  return log_evidence;
}

/// One size and length of all blocks.
double weigh_as_one(std::span<BlockFit> blocks) {
  VectorXd log_weight = log_prior_of_cells(blocks[0]);
  for (const BlockFit& b : blocks) log_weight += log_evidences(b);
  const double log_evidence = normalise(log_weight);
  for (BlockFit& b : blocks) set_weight(b, log_weight);
  return log_evidence;
}

/// ln c̄ of the blocks is normally distributed; centre (c̄ 0.1 … 10) and width (0.1 … 2.5) of that are unknown, flat
/// and log-uniform.
double weigh_as_kin(std::span<BlockFit> blocks) {
  struct Kin {
    double log_weight = 0;
    std::vector<VectorXd> of_block;  // ln weights of the cells, normalised
  };
  std::vector<Kin> all;
  for (double centre = std::log(0.1); centre < std::log(10.01); centre += 0.25 * std::log(10))
    for (double width = 0.1; width < 3; width *= std::sqrt(5.0)) {
      Kin& kin = all.emplace_back();
      for (const BlockFit& b : blocks) {
        VectorXd log_weight = -0.5 * ((log_sizes(b).array() - centre) / width).square().matrix();
        normalise(log_weight);
        log_weight += log_evidences(b);
        kin.log_weight += normalise(log_weight);
        kin.of_block.push_back(log_weight);
      }
    }
  VectorXd log_weight(long(all.size()));
  for (long k = 0; k < log_weight.size(); ++k) log_weight[k] = all[std::size_t(k)].log_weight;
  const double log_evidence = normalise(log_weight) - std::log(double(all.size()));
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    VectorXd mixed = VectorXd::Zero(long(blocks[i].cells.size()));
    for (long k = 0; k < log_weight.size(); ++k)
      mixed += std::exp(log_weight[k]) * all[std::size_t(k)].of_block[i].array().exp().matrix();
    set_weight(blocks[i], mixed.array().max(1e-300).log());
  }
  return log_evidence;
}

/// What the omitted orders do to the phases kept apart: their spread alone, or given the residuals of the fitted ones.
struct Omitted {
  MatrixXd gain;  ///< kept apart × fitted
  VectorXd sigma;
};

Omitted omitted(const Cell& cell, const std::vector<PhaseDatum>& known, const std::vector<PhaseDatum>& apart,
                bool given_residuals) {
  std::vector<PhaseDatum> both = known;
  both.insert(both.end(), apart.begin(), apart.end());
  const MatrixXd C = phase_covariance(both, cell.theory);
  const long n = long(known.size()), m = long(apart.size());
  const MatrixXd gain = given_residuals
                            ? MatrixXd(C.topLeftCorner(n, n).llt().solve(C.topRightCorner(n, m)).transpose())
                            : MatrixXd::Zero(m, n);
  const VectorXd variance = C.bottomRightCorner(m, m).diagonal() - (gain * C.topRightCorner(n, m)).diagonal();
  return {gain, variance.cwiseSqrt()};
}

double beside(double x, double near) { return near + std::remainder(x - near, std::numbers::pi); }

std::size_t drawn(const std::vector<double>& weight, Random& random) {
  std::size_t k = 0;
  for (double u = random.uniform() - weight[0]; u > 0 && k + 1 < weight.size();) u -= weight[++k];
  return k;
}

/// Bands of the phases kept apart from draws of the mixture.
Bands foretell(const BlockFit& fit, const PhaseModel& at_known, const PhaseModel& at_apart, const Phases& known,
               const Phases& apart, const std::vector<double>& unit, bool given_residuals, std::uint64_t seed) {
  std::vector<Omitted> orders;
  for (const Cell& c : fit.cells) orders.push_back(omitted(c, known.data, apart.data, given_residuals));
  const long m = long(apart.data.size());
  MatrixXd all(draws, m);
  Random random(seed, 77);
  const VectorXd centre = values(at_apart, fit.best().mean, unit);
  for (long d = 0; d < draws; ++d) {
    const std::size_t k = drawn(fit.weight, random);
    const Cell& cell = fit.cells[k];
    VectorXd z(cell.mean.size());
    for (double& x : z) x = random.normal();
    const VectorXd a = cell.mean + cell.factor * z;
    VectorXd phase = values(at_apart, a, unit);
    if (given_residuals) {
      VectorXd r = values(at_known, a, unit);
      for (long i = 0; i < r.size(); ++i)
        r[i] = std::remainder(known.data[std::size_t(i)].phase - r[i], std::numbers::pi);
      phase += orders[k].gain * r;
    }
    for (long i = 0; i < m; ++i) all(d, i) = beside(phase[i], centre[i]) + orders[k].sigma[i] * random.normal();
  }
  Bands b{VectorXd(m), VectorXd(m), VectorXd(m), VectorXd(m), VectorXd(m), VectorXd(m)};
  for (long i = 0; i < m; ++i) {
    const std::vector<double> column(all.col(i).begin(), all.col(i).end());
    b.mean[i] = all.col(i).mean();
    b.sd[i] = std::sqrt((all.col(i).array() - b.mean[i]).square().mean());
    b.low68[i] = quantile(column, 0.16), b.high68[i] = quantile(column, 0.84);
    b.low95[i] = quantile(column, 0.025), b.high95[i] = quantile(column, 0.975);
  }
  return b;
}

/// A block of waves at one order.
struct BlockCase {
  Phases here;
  int order;
  std::vector<std::string> free = constants_of(order, here.points[0].block);
  std::vector<double> unit = natural_units(free, breakdown);
  ContactPhases model = model_of(order, order, here.points, free);
};

struct Split {
  Phases known, apart;
  Rows at_known, at_apart;
};

Split split(const BlockCase& c, int part) {
  const auto is_apart = [&](std::size_t i) {
    return part == extrapolation ? c.here.data[i].T_lab > 100 : c.here.part[i] == part;
  };
  std::vector<long> known, apart;
  for (std::size_t i = 0; i < c.here.part.size(); ++i) (is_apart(i) ? apart : known).push_back(long(i));
  return {c.here.where([&](std::size_t i) { return !is_apart(i); }),
          c.here.where(is_apart),
          {c.model, known},
          {c.model, apart}};
}

/// What is said of the phases of one part before they are looked at.
struct Foretold {
  BlockFit fit;
  VectorXd best;   ///< phases of the constants of greatest weight
  Bands bands[2];  ///< constants and omitted orders; the latter also given the residuals of the fitted phases
};

Foretold foretell(const BlockCase& c, const Split& s, int part) {
  Foretold f{fit_block(s.at_known, s.known.data, c.order, c.unit, published(c.order, c.free)), {}, {}};
  f.best = values(s.at_apart, f.fit.best().mean, c.unit);
  Phases sized = s.apart;  // its own phases must not set the size of their errors
  for (std::size_t i = 0; i < sized.data.size(); ++i) sized.data[i].phase = f.best[long(i)];
  for (const bool given : {false, true})
    f.bands[given] = foretell(f.fit, s.at_known, s.at_apart, s.known, sized, c.unit, given, 1 + std::uint64_t(part));
  return f;
}

void print_apart(json line, const Phases& apart, const Foretold& f, bool given, const char* what = "apart") {
  const Bands& b = f.bands[given];
  for (std::size_t i = 0; i < apart.data.size(); ++i) {
    const long k = long(i);
    const PhaseDatum& d = apart.data[i];
    const double x = beside(d.phase, b.mean[k]);
    line.update({{"what", what},
                 {"given_residuals", given},
                 {"wave", apart.names[i]},
                 {"T_lab", d.T_lab},
                 {"phase", d.phase / degree},
                 {"data_error", d.error / degree},
                 {"foretold", beside(f.best[k], d.phase) / degree},
                 {"half68", 0.5 * (b.high68[k] - b.low68[k]) / degree},
                 {"within68", x >= b.low68[k] && x <= b.high68[k]},
                 {"within95", x >= b.low95[k] && x <= b.high95[k]}});
    print(line);
  }
}

void print_fit(json line, const BlockCase& c, const Split& s, const BlockFit& fit) {
  const VectorXd fitted = values(s.at_known, fit.best().mean, c.unit);
  double chi2 = 0;
  for (std::size_t i = 0; i < s.known.data.size(); ++i)
    chi2 +=
        std::pow(std::remainder(fitted[long(i)] - s.known.data[i].phase, std::numbers::pi) / s.known.data[i].error, 2);
  line.update({{"what", "fit"},
               {"block", name(c.here.points[0].block)},
               {"constants", c.free.size()},
               {"data", s.known.data.size()},
               {"chi2", chi2},
               {"log_evidence", fit.log_evidence},
               {"c_bar", std::exp(fit.log_c_bar)},
               {"length", fit.best().theory.length}});
  print(line);
}

void measure(const BlockCase& c, const char* reference) {
  for (int part = 0; part <= extrapolation; ++part) {
    const json line{{"reference", reference}, {"order", order_name(c.order)}, {"part", part}};
    const Split s = split(c, part);
    const Foretold f = foretell(c, s, part);
    for (const bool given : {false, true}) print_apart(line, s.apart, f, given);
    print_fit(line, c, s, f.fit);
  }
}

/// The same procedure on phases for which all assumptions hold: constants, size and length of the omitted orders from
/// the posterior of the real phases. What coverage, and with what scatter, is to be expected of correlated phases?
void measure_simulated(BlockCase c) {
  const std::vector<PhaseDatum> real = c.here.data;
  const BlockFit fit = fit_block(c.model, real, c.order, c.unit, published(c.order, c.free));
  for (int world = 0; world < simulations; ++world) {
    Random random(std::uint64_t(world), 78);
    const Cell& cell = fit.cells[drawn(fit.weight, random)];
    VectorXd z(cell.mean.size()), e(long(real.size()));
    for (double& x : z) x = random.normal();
    for (double& x : e) x = random.normal();
    const VectorXd phase =
        values(c.model, cell.mean + cell.factor * z, c.unit) + phase_covariance(real, cell.theory).llt().matrixL() * e;
    for (std::size_t i = 0; i < real.size(); ++i) c.here.data[i].phase = phase[long(i)];
    for (int part = 0; part < folds; ++part) {
      const Split s = split(c, part);
      const Foretold f = foretell(c, s, part);
      for (const bool given : {false, true}) {
        const Coverage found = coverage(f.bands[given], s.apart.data);
        print({{"what", "simulated"},
               {"world", world},
               {"given_residuals", given},
               {"data", found.data},
               {"within68", found.within68},
               {"within95", found.within95}});
      }
    }
  }
}

BlockCase block_case(const Phases& all, const Block& block, int order, bool by_threshold) {
  Phases here = all.where([&](std::size_t i) { return all.points[i].block == block; });
  if (by_threshold)
    for (std::size_t i = 0; i < here.data.size(); ++i)
      here.data[i].reference = threshold_size(here.points[i], here.data[i].momentum);
  return {std::move(here), order};
}

/// The size c̄ with a prior: of each block's own, one (with one length) of all blocks, or of blocks that are alike.
void measure_sizes(const std::vector<BlockCase>& blocks, const char* reference) {
  const std::pair<const char*, double (*)(std::span<BlockFit>)> kinds[] = {
      {"of each block", weigh_alone}, {"one of all blocks", weigh_as_one}, {"of kin", weigh_as_kin}};
  for (int part = 0; part <= extrapolation; ++part) {
    std::vector<Split> splits;
    std::vector<BlockFit> fits;
    for (const BlockCase& c : blocks) {
      splits.push_back(split(c, part));
      fits.push_back(
          fit_block(splits.back().at_known, splits.back().known.data, c.order, c.unit, published(c.order, c.free)));
    }
    for (const auto& [size, weigh] : kinds) {
      json line{{"reference", reference}, {"order", order_name(blocks[0].order)}, {"part", part}, {"size", size}};
      line["what"] = "sizes";
      line["log_evidence"] = weigh(fits);
      print(line);
      for (std::size_t k = 0; k < blocks.size(); ++k) {
        const BlockCase& c = blocks[k];
        const Split& s = splits[k];
        Foretold f{fits[k], values(s.at_apart, fits[k].best().mean, c.unit), {}};
        Phases sized = s.apart;
        for (std::size_t i = 0; i < sized.data.size(); ++i) sized.data[i].phase = f.best[long(i)];
        f.bands[0] = foretell(f.fit, s.at_known, s.at_apart, s.known, sized, c.unit, false, 1 + std::uint64_t(part));
        line["c_bar"] = std::exp(f.fit.log_c_bar);
        print_apart(line, s.apart, f, false, "apart, sized");
      }
    }
  }
}

}  // namespace

void measure_coverage(const std::filesystem::path& folder) {
  const Phases all = read(folder);
  std::vector<Block> present;
  for (const auto& p : all.points)
    if (std::find(present.begin(), present.end(), p.block) == present.end()) present.push_back(p.block);
  for (const bool by_threshold : {true, false})
    for (const int order : {0, 2, 3}) {
      std::vector<BlockCase> blocks;
      for (const Block& b : present) blocks.push_back(block_case(all, b, order, by_threshold));
      measure_sizes(blocks, by_threshold ? "threshold" : "phase");
    }
  for (const Block& b : present) {
    for (const int order : {0, 2, 3})
      for (const bool by_threshold : {true, false})
        measure(block_case(all, b, order, by_threshold), by_threshold ? "threshold" : "phase");
    measure_simulated(block_case(all, b, 3, true));
  }
}

}  // namespace orogen::nuclear::grey_box
