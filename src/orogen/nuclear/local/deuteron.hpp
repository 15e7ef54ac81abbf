// The deuteron of a local interaction, on the same mesh and with the same recursion as scattering. [T14.9]
#pragma once
#include <optional>

#include "orogen/nuclear/local/radial_equation.hpp"
#include "orogen/nuclear/phases/deuteron.hpp"

namespace orogen::nuclear {

/// Ground state of 3S1-3D1 of np; nothing where neutron and proton are not bound. Throws NumericalError where the
/// potential is not finite. Bindings well below 0.01 MeV want a larger range: the wave function vanishes at its end.
std::optional<Deuteron> deuteron(const LocalInteraction&, RadialMesh = {0.006, 60, 6});

/// gradient[k] += ∂E/∂θ_k [MeV per parameter] = ⟨∂V/∂θ_k⟩, exact for the discrete equation; the deuteron must be that
/// of the interaction.
void energy_gradient(const LocalInteraction&, const Deuteron&, std::span<double> gradient);

}  // namespace orogen::nuclear
