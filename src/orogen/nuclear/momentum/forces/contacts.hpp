// Contact interactions, partial wave by partial wave: separable, linear in their low-energy constants. [T15.6]
#pragma once
#include <string>
#include <vector>

#include "orogen/nuclear/momentum/forces/operator_term.hpp"

namespace orogen::nuclear {

/// Powers n of the regulators and the cut-off.
struct ContactForm {
  int order = 3;             ///< 0 (LO: 4 constants), 2 and 3 (NLO, N2LO: 11), 4 (N3LO: 26)
  double cutoff = 500;       ///< MeV
  int leading_power = 2;     ///< C̃
  int second_power = 2;      ///< C
  int second_power_3P1 = 2;  ///< C of 3P1
  int fourth_power = 2;      ///< D
};

/// Names of the constants, in the order of every list of them: Ct_1S0np, Ct_1S0pp, Ct_1S0nn, Ct_3S1 | C_1S0, C_3P0,
/// C_1P1, C_3P1, C_3S1, C_SD, C_3P2 | D…. Units 10⁴ GeV⁻², 10⁴ GeV⁻⁴, 10⁴ GeV⁻⁶. Throws InputError for an order that is
/// not 0, 2, 3 or 4.
std::vector<std::string> contact_names(int order);

/// What contacts are in one block: V = G C Gᵀ with columns g_a(p) = f(p) (p/Λ)^power of one wave.
struct ContactBasis {
  struct Column {
    int wave, power;
    Regulator regulator;
  };
  struct Entry {
    std::size_t constant;  ///< index in the list
    long a, b;             ///< C(a, b) and C(b, a)
    double unit;
  };
  std::vector<Column> columns;
  std::vector<Entry> entries;

  bool empty() const { return entries.empty(); }
  /// G: (waves · momenta) × columns.
  Eigen::MatrixXd functions(int waves, std::span<const double> p, double mass) const;
  /// C at the constants, symmetric.
  Eigen::MatrixXd coupling(std::span<const double> constants) const;
  /// gradient += Σ weight(a, b) ∂C(a, b)/∂constant.
  void pull(const Eigen::MatrixXd& weight, std::span<double> gradient) const;
};
ContactBasis contact_basis(const ContactForm&, const Block&, Pair);

class Contacts : public MomentumTerm {
 public:
  /// Throws InputError for a wrong number of constants.
  Contacts(const Constants&, const ContactForm&, std::span<const double> constants);
  void add(const Block&, Pair, std::span<const double> p, Eigen::MatrixXd& V) const override;
  void add_between(const Block&, Pair, std::span<const double> rows, std::span<const double> columns,
                   Eigen::MatrixXd& V) const override;
  std::span<const double> parameters() const override { return lecs_; }
  void set_parameters(std::span<const double>) override;
  void pull(const Block&, Pair, std::span<const double> p, const Eigen::MatrixXd& W,
            std::span<double> gradient) const override;
  void pull_between(const Block&, Pair, std::span<const double> rows, std::span<const double> columns,
                    const Eigen::MatrixXd& W, std::span<double> gradient) const override;

 private:
  Constants constants_;
  ContactForm form_;
  std::vector<double> lecs_;
};

}  // namespace orogen::nuclear
