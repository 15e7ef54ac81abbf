// The self-test of a model: derivatives, invariances, agreement between threads, instruction sets and precisions,
// dissociation.
#pragma once
#include <span>
#include <vector>

#include "orogen/potential/model/model.hpp"
#include "orogen/system/files/frame_source.hpp"
#include "orogen/train/selftest/selftest_result.hpp"

namespace orogen {

/// Everything, on one structure; about a second for a molecule.
std::vector<SelftestResult> full_selftest(const Model& model, const Structure& structure, int threads);
/// The cheap part, on the smallest of the frames: symmetries, a few forces by differences, float against double.
std::vector<SelftestResult> brief_selftest(const Model& model, FrameSource& frames, int threads);

/// The curve of every pair of the model's elements, from a third of contact to the cut-off, 120 distances each.
std::vector<DissociationCurve> dissociation_curves(const Model& model);

/// Energy of two atoms beyond their isolated energies [eV], at the given distances [Å].
std::vector<double> dissociation_curve(const Model& model, int z1, int z2, std::span<const double> distances);

}  // namespace orogen
