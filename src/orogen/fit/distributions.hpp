// Normal and Student-t distributions: what credible intervals need.
#pragma once

namespace orogen {

/// Φ⁻¹(p), p in (0, 1); relative error below 1e−14. Throws InputError outside.
double normal_quantile(double p);
/// P(t ≤ x) of Student's t with nu > 0 degrees of freedom, by the incomplete beta function; absolute error below 1e−13.
double student_cdf(double x, double nu);
/// The inverse, p in (0, 1).
double student_quantile(double p, double nu);
/// I_x(a, b), the regularised incomplete beta function, by Lentz's continued fraction.
double incomplete_beta(double a, double b, double x);

}  // namespace orogen
