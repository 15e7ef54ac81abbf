// The messages of the i-PI socket protocol, as bytes. Both sides of it use them.
//
// A server drives the geometry, a client computes. Every message begins with a word of 12 bytes, blank padded; numbers
// follow in the machine's own byte order, doubles of 8 and whole numbers of 4 bytes, in atomic units:
//
//   server → client                                   client → server
//   STATUS                                            NEEDINIT, READY or HAVEDATA
//   INIT     bead, size, text                         (no answer)
//   POSDATA  cell, inverse cell, atoms, positions     (no answer; the next status is HAVEDATA)
//   GETFORCE                                          FORCEREADY energy, atoms, forces, virial, size, text
//   EXIT                                              (closes)
//
// Cell, inverse and virial travel transposed: the bytes run through a matrix whose columns are the cell vectors. The
// virial is −∂E/∂strain. The text of an answer is JSON. An INIT text that holds "batch_size:N" with N > 1 asks for
// batches: POSDATA then carries the number of atoms, N pairs of cell and inverse, N sets of positions; FORCEREADY N
// energies, the number of atoms, N sets of forces, N virials, N texts. Source: V. Kapil et al., Comput. Phys. Commun.
// 236 (2019) 214, doi:10.1016/j.cpc.2018.09.020, and i-PI 3.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "orogen/potential/potential.hpp"

namespace orogen::ipi {

inline constexpr std::size_t word_size = 12;
inline constexpr std::size_t cell_size = 18 * sizeof(double);  ///< cell and inverse
inline constexpr std::int32_t max_atoms = 100'000'000, max_text = 1'000'000'000;

/// A word as it travels, and what a received one says (without its blanks). `read_word` gives "" for bytes that are no
/// word: anything but capital letters followed by blanks.
std::string word(std::string_view text);
std::string read_word(std::string_view bytes);

/// INIT with bead 0 and a text of one zero byte, which all clients understand.
std::string init_message();
/// N of "batch_size:N" in the text of an INIT, 1 when it asks for no batches.
int batch_size(std::string_view init_text);

/// POSDATA of one structure. A cell without volume travels with an inverse of zeros.
std::string position_message(const Structure& structure);
/// The rows a, b, c [Å] of the cell from the first half of `cell_size` bytes.
Mat3 read_cell(const char* bytes);
/// n positions [Å] from 24 n bytes.
std::vector<Vec3> read_positions(const char* bytes, int n);

/// FORCEREADY of a batch: energy, forces and virial of each, and its text.
std::string force_message(std::span<const Evaluation> answers, std::span<const std::string> texts);

/// What a client answered to GETFORCE.
struct ForceAnswer {
  Evaluation evaluation;  ///< energy, forces, virial in orogen's units
  std::string text;
};
/// How many bytes the FORCEREADY that begins `inbox` has in all, as far as the bytes at hand can tell: ask again when
/// so many have come. Throws ConnectionError for another word and for counts that cannot be.
std::size_t force_message_size(std::string_view inbox);
/// Reads a complete message. The virial is symmetrised, as that of an energy without a preferred direction is; of a
/// client that sends one triangle and zeros (LAMMPS fix ipi), the other triangle is filled in.
ForceAnswer read_force_message(std::string_view message);

}  // namespace orogen::ipi
