// A term that a program adds of its own: this file is all that it takes.
#include "potential/term_promises.hpp"

namespace orogen {
namespace {

/// D (1 − x²)⁴ with x = r/r_out: a soft sphere.
class SoftSphere : public TermOf<SoftSphere> {
 public:
  SoftSphere(double depth, double radius) : depth_(depth), radius_(radius) {}
  Reach reach() const override { return {Reach::neighbors, radius_}; }
  template <class S> void add_as(const TermAtoms<S>& atoms, TermSums<S>& sums) const {
    add_pairs(atoms, radius_, sums, [&](int, int, S r) {
      const S x = r / radius_, y = 1.0 - x * x;
      return Slope<S>{depth_ * y * y * y * y, -8.0 * depth_ / radius_ * x * y * y * y};
    });
  }

 private:
  double depth_, radius_;
};

TermOptions soft_sphere() {
  static const bool added = [] {
    add_term_kind({.name = "soft_sphere", .title = "a soft sphere", .term = [](const Model&, const TermOptions& o) {
                     return std::make_unique<SoftSphere>(o.numbers.at("depth_eV"), o.numbers.at("radius_angstrom"));
                   }});
    return true;
  }();
  (void)added;
  return {"soft_sphere", {{"depth_eV", 2}, {"radius_angstrom", 1.3}}};
}

TEST(ToyTerm, keeps_every_promise_alone) { promises::expect_all(promises::model_of({"", {soft_sphere()}})); }

TEST(ToyTerm, keeps_every_promise_beside_a_learned_term_and_zbl) {
  promises::expect_all(promises::model_of({"", {{"zbl"}, soft_sphere()}, true, 2}));
}

TEST(ToyTerm, is_kept_in_a_model_file_with_its_numbers) {
  const Model model = promises::model_of({"", {{"zbl"}, soft_sphere()}, true});
  const auto path = std::filesystem::temp_directory_path() / "orogen_toy_term.safetensors";
  write_model(path, model);
  EXPECT_EQ(read_model(path).terms, model.terms);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace orogen
