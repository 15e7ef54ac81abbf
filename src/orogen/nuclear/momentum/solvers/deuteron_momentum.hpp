// The deuteron of a momentum-space interaction. [T15.12, T15.13]
#pragma once
#include <optional>

#include "orogen/nuclear/interaction.hpp"
#include "orogen/nuclear/momentum/mesh.hpp"
#include "orogen/nuclear/phases/deuteron.hpp"

namespace orogen::nuclear {

/// The lowest state of np 3S1-3D1 on a mesh: its energy [MeV] and ψ √w k (both waves, norm 1).
struct BoundState {
  double energy = 0;
  Eigen::VectorXd state;
};
/// Of the Hamiltonian on a mesh, k²/M + √w k V √w k; nothing where neutron and proton are not bound.
std::optional<BoundState> lowest_state(const Eigen::MatrixXd& H);
std::optional<BoundState> bound_state(const MomentumInteraction&, const MomentumMesh& = {80, 700});

/// Energy [MeV], nothing where neutron and proton are not bound; gradient[k] += weight · ∂E/∂θ_k =
/// weight · ⟨ψ|∂V/∂θ_k|ψ⟩.
std::optional<double> deuteron_energy(const MomentumInteraction&, std::span<double> gradient = {}, double weight = 1,
                                      const MomentumMesh& = {80, 700});

/// All properties; nothing where neutron and proton are not bound. The wave functions are those on the mesh, continued
/// to many momenta by the integral equation and transformed to r ≤ 40 fm; A_S and η from the vertex functions continued
/// to p = iγ.
std::optional<Deuteron> momentum_deuteron(const MomentumInteraction&, const MomentumMesh& = {80, 700});

}  // namespace orogen::nuclear
