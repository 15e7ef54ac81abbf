#include "orogen/nuclear/observables/observable.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "orogen/base/errors.hpp"
#include "orogen/nuclear/kinematics/kinematics.hpp"

namespace orogen::nuclear {
namespace {

using Complex = std::complex<double>;
using Spin = Eigen::Matrix2cd;
using TwoSpins = Eigen::Matrix4cd;
using Direction = SpinDirections::Direction;
using namespace std::complex_literals;
constexpr double fm2_in_mb = 10;

/// Code, and the spin indices of scattered, recoil, beam, target: '0' none, n, k, s, and K, S along the particle's own
/// direction.
struct Entry {
  Observable observable;
  const char* code;
  const char* spins;
  double sign = 1;  ///< of the database's convention
};
constexpr Entry entries[] = {
    {Observable::sgt, "sgt", ""},       {Observable::sgtt, "sgtt", ""},       {Observable::sgtl, "sgtl", ""},
    {Observable::dsg, "dsg", "0000"},   {Observable::p, "p", "00n0"},         {Observable::d, "d", "n0n0"},
    {Observable::dt, "dt", "0nn0"},     {Observable::ayy, "ayy", "00nn"},     {Observable::axx, "axx", "00ss"},
    {Observable::azz, "azz", "00kk"},   {Observable::azx, "azx", "00sk", -1}, {Observable::r, "r", "S0s0"},
    {Observable::a, "a", "S0k0"},       {Observable::rp, "rp", "K0s0"},       {Observable::ap, "ap", "K0k0"},
    {Observable::rt, "rt", "0Ss0"},     {Observable::at, "at", "0Sk0", -1},   {Observable::d0sk, "d0sk", "0S0k"},
    {Observable::nskn, "nskn", "0Skn"}, {Observable::nssn, "nssn", "0Ssn"},   {Observable::nnkk, "nnkk", "0nkk"},
    {Observable::mskn, "mskn", "S0kn"}, {Observable::mssn, "mssn", "S0sn"},
};

const Entry& entry(Observable o) { return entries[std::size_t(o)]; }

Spin spin(Direction d) {
  Spin s;
  const double x = std::sin(d.angle), z = std::cos(d.angle);
  if (d.kind == Direction::none) return Spin::Identity();
  if (d.kind == Direction::normal)
    s << 0, -1i, 1i, 0;
  else
    s << z, x, x, -z;
  return s;
}

TwoSpins product(const Spin& one, const Spin& two) {
  TwoSpins out;
  for (int r = 0; r < 2; ++r)
    for (int c = 0; c < 2; ++c) out.block<2, 2>(2 * r, 2 * c) = one(r, c) * two;
  return out;
}

/// The operators that a, b, c, d, e, f multiply. [T16.2] [T16.14]
std::array<TwoSpins, 6> operators(double theta) {
  const auto pair_of = [](Direction d) { return product(spin(d), spin(d)); };
  const Direction normal{Direction::normal, 0}, l{Direction::in_plane, theta / 2},
      m{Direction::in_plane, theta / 2 + std::numbers::pi / 2};
  const TwoSpins one = TwoSpins::Identity(), n = pair_of(normal), mm = pair_of(m), ll = pair_of(l);
  const TwoSpins first = product(spin(normal), Spin::Identity()), second = product(Spin::Identity(), spin(normal));
  return {0.5 * (one + n), 0.5 * (one - n),        0.5 * (mm + ll),
          0.5 * (mm - ll), 0.5 * (first + second), 0.5 * (first - second)};
}

/// H of ¼ Tr(σ_scattered σ_recoil M σ_beam σ_target M†) = A† H A. [T16.5]
Eigen::Matrix<Complex, 6, 6> hermitian_form(const SpinDirections& s, double theta) {
  const TwoSpins out = product(spin(s.scattered), spin(s.recoil)), in = product(spin(s.beam), spin(s.target));
  const auto o = operators(theta);
  Eigen::Matrix<Complex, 6, 6> h;
  for (std::size_t b = 0; b < 6; ++b) {
    const TwoSpins right = out * o[b] * in;
    for (std::size_t a = 0; a < 6; ++a) h(Eigen::Index(a), Eigen::Index(b)) = 0.25 * (right * o[a].adjoint()).trace();
  }
  return h;
}

std::vector<Block> beyond(std::span<const Block> known, Pair pair, int most_J) {
  int J = -1;
  for (const Block& b : known) J = std::max(J, b.J);
  std::vector<Block> all = blocks(pair, std::max(most_J, 0));
  std::erase_if(all, [&](const Block& b) { return b.J <= J; });
  return all;
}

void refuse_infinite(Observable o, double theta) {
  if (!has_angle(o))
    throw InputError(std::string(name(o)) +
                     " of pp: the total cross section of charges is infinite; expected an "
                     "observable with an angle");
  if (std::sin(theta) < 1e-6)
    throw InputError("scattering angle " + std::to_string(theta / degree) +
                     " degrees of pp, where Coulomb's amplitude is infinite; expected more than 0 and less than 180");
}

}  // namespace

const char* name(Observable o) { return entry(o).code; }

std::optional<Observable> find_observable(std::string_view code) {
  for (const Entry& e : entries)
    if (code == e.code) return e.observable;
  return std::nullopt;
}

std::vector<Observable> observables() {
  std::vector<Observable> all;
  for (const Entry& e : entries) all.push_back(e.observable);
  return all;
}

SpinDirections spin_directions(Observable o, double theta, double gamma) {
  const double pi = std::numbers::pi;
  const double lab = std::atan2(std::sin(theta), gamma * (1 + std::cos(theta)));
  const double lab_recoil = std::atan2(std::sin(theta), gamma * (1 - std::cos(theta)));
  const auto direction = [&](char c, double own) -> Direction {
    switch (c) {
      case 'n':
        return {Direction::normal, 0};
      case 'k':
        return {Direction::in_plane, 0};
      case 's':
        return {Direction::in_plane, pi / 2};
      case 'K':
        return {Direction::in_plane, own};
      case 'S':
        return {Direction::in_plane, own + pi / 2};
      default:
        return {};
    }
  };
  const std::string_view text = entry(o).spins;
  if (text.empty()) return {};
  return {direction(text[0], theta - lab), direction(text[1], theta + lab_recoil - pi), direction(text[2], 0),
          direction(text[3], 0)};
}

ObservableAt::ObservableAt(Observable o, double T_lab, double theta, std::span<const Block> known, Pair pair,
                           const Constants& c, const HighWaves& high, Photons photons)
    : observable_(o) {
  if (!has_angle(o)) theta = 0;
  if (!(theta >= 0 && theta <= std::numbers::pi + 1e-12))
    throw InputError("scattering angle " + std::to_string(theta / degree) + " degrees; expected 0 to 180");
  if (pair == Pair::pp && c.alpha != 0) refuse_infinite(o, theta);
  const double q = relative_momentum(T_lab, pair, c);
  const double nucleon = pair == Pair::np ? (c.proton + c.neutron) / 2 : mass(pair, c);
  k_ = q / c.hbarc;
  const std::vector<Block> more = beyond(known, pair, high.most_J);
  const ElectromagneticScattering photon(pair, q, c, more.empty() ? known.back().J : more.back().J, photons);
  factors_ = photon.factors(known);
  coefficients_ = amplitude_coefficients(known, theta);
  constant_ = amplitudes(coefficients_, known, SElements::Zero(coefficients_.cols()), factors_);
  const SElements s = s_elements(more, one_pion_phases(more, pair, q, c, high.coupling));
  constant_ += amplitudes(amplitude_coefficients(more, theta), more, s, photon.factors(more));
  if (has_angle(o)) constant_ += photon.amplitude(theta, known);
  hermitian_ = entry(o).sign * hermitian_form(spin_directions(o, theta, std::sqrt(1 + T_lab / (2 * nucleon))), theta);
}

Amplitudes ObservableAt::amplitudes_of(const SElements& s) const {
  return constant_ + combined(coefficients_, factors_.cwiseProduct(s));
}

double ObservableAt::form(const Amplitudes& a, Amplitudes& v) const {
  const double forward = 2 * std::numbers::pi / k_ * fm2_in_mb;
  v.setZero();
  switch (observable_) {  // Re(v* a) with v = −i f … is f Im(a)
    case Observable::sgt:
      v << 1i, 1i, 0, 0, 0, 0;
      break;
    case Observable::sgtt:
      v << 0, 0, -2.0 * 1i, -2.0 * 1i, 0, 0;
      break;
    case Observable::sgtl:
      v << 0, 0, -2.0 * 1i, 2.0 * 1i, 0, 0;
      break;
    default: {
      const Amplitudes h = hermitian_ * a;
      const double numerator = std::real(a.dot(h)), intensity = a.squaredNorm() / 2;
      if (observable_ == Observable::dsg) {
        v = fm2_in_mb * a;
        return fm2_in_mb * intensity;
      }
      const double x = numerator / intensity;
      v = (2 * h - x * a) / intensity;
      return x;
    }
  }
  v *= forward;
  return std::real(v.dot(a));
}

double ObservableAt::value(const SElements& s) const {
  Amplitudes v;
  return form(amplitudes_of(s), v);
}

double ObservableAt::value(const SElements& s, SElements& g) const {
  Amplitudes v;
  const double x = form(amplitudes_of(s), v);
  Eigen::Matrix<Complex, 5, 1> w = v.head<5>().conjugate();
  w[4] *= 1i;
  g = factors_.cwiseProduct(coefficients_.transpose() * w);
  return x;
}

}  // namespace orogen::nuclear
