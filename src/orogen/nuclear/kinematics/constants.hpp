// Constants of the two-nucleon problem. A published force comes with its own: they are part of it, not of nature.
#pragma once

namespace orogen::nuclear {

/// Units: MeV, fm.
struct Constants {
  double hbarc = 197.32698;                                       ///< MeV fm
  double proton = 938.2720;                                       ///< MeV
  double neutron = 939.5654;                                      ///< MeV
  double neutral_pion = 134.9766, charged_pion = 139.5702;        ///< MeV
  double alpha = 1 / 137.035989;                                  ///< fine structure
  double proton_moment = 2.7928474, neutron_moment = -1.9130427;  ///< nuclear magnetons
};

/// Of the chiral forces of Entem, Machleidt and Nosyk (2017), and the default.
inline constexpr Constants chiral_constants{};
/// Of Argonne v18 (Wiringa, Stoks, Schiavilla 1995).
inline constexpr Constants argonne_constants{197.327053, 938.27231, 939.56563, 134.9739, 139.5675};

}  // namespace orogen::nuclear
