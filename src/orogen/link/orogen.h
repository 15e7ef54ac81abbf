/* orogen.h: learned potential-energy surfaces from C, and from any language that calls C.
 *
 * In short
 *
 *   orogen_potential* potential;
 *   if (orogen_load("model.safetensors", NULL, &potential)) { fputs(orogen_last_error(), stderr); exit(1); }
 *   orogen_structure water = OROGEN_STRUCTURE_INIT;
 *   water.atoms = 3, water.species = z, water.positions = r;
 *   orogen_result answer = OROGEN_RESULT_INIT;
 *   answer.forces = f;
 *   if (orogen_evaluate(potential, &water, &answer)) { fputs(orogen_last_error(), stderr); exit(1); }
 *   printf("%.6f eV\n", answer.energy);
 *   orogen_free(potential);
 *
 * examples/c/evaluate.c is a whole program; docs/c.md says how to compile it.
 *
 * Units         Energies in eV, lengths in Å, forces in eV/Å, virials in eV, stresses in eV/Å³. Nothing else, anywhere.
 * Shapes        All arrays are dense, row-major, and as long as their comments say; N is the number of atoms of the
 *               structure, M the number of members of the model. Vectors are x y z. Atoms are counted from 0.
 * Signs         forces = −∂E/∂r. virial = −∂E/∂ε for a homogeneous strain ε (positive: the system wants to expand).
 *               stress = −virial/volume.
 * Arrays        belong to the caller. They are read or written during the call and never kept.
 * Texts         are UTF-8. Those that are returned belong to orogen; each function says how long they live.
 * Errors        Every function that can fail returns 0, or one of orogen_status and leaves a sentence for
 *               orogen_last_error(). Results are then unspecified, handles stay usable. No exception and no signal
 *               leaves the library, and it prints nothing and never exits. A result is finite or there is an error: no
 *               NaN is handed out. Functions that only tell something about a handle return 0 or NULL for NULL, and
 *               leave a sentence, too.
 * Threads       Every function may be called from every thread. Calls on one handle take turns; calls on different
 *               handles run side by side. A handle keeps `threads` threads of its own for the work of one call.
 * Forks         The child of a fork may use its copies of handles, with threads of its own; not of those that another
 *               thread was just using.
 * Precision     Interfaces are in double. The arithmetic inside is the model's, or what orogen_options asks for; sums
 *               over atoms are always in double.
 * Versions      Every structure begins with `struct_size`, its size in the header that the caller was compiled with.
 *               Initialise structures with their …_INIT macro, which sets it. New fields are only ever added at the
 *               end, and zero in them means what was before: a program that was compiled with an older header of the
 *               same OROGEN_ABI_VERSION (the number in liborogen.so.NUMBER) goes on working. A size that the library
 *               cannot know is OROGEN_INPUT.
 */
#ifndef OROGEN_H
#define OROGEN_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define OROGEN_API __attribute__((visibility("default")))
#else
#define OROGEN_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define OROGEN_ABI_VERSION 1

/* ---- errors ----------------------------------------------------------------------------------------------------- */

/** What a call returns; the numbers are those of the program's exit status. */
typedef enum orogen_status {
  OROGEN_OK = 0,
  OROGEN_COMPUTATION = 1, /**< no answer: positions that are not finite, coincident atoms, an energy that is not
                               finite */
  OROGEN_INPUT = 2,       /**< bad input: missing file, element that the model does not know, cell without volume,
                               NULL */
  OROGEN_INTERNAL = 3     /**< a mistake of orogen's own, or no memory */
} orogen_status;

/** What the last failed call of this thread said: one or more lines without a line break at the end; "" before any
 *  failure. Lives until this thread's next failure. */
OROGEN_API const char* orogen_last_error(void);

/* ---- the library ------------------------------------------------------------------------------------------------ */

/** The version, for example "0.1.0". Lives for ever. */
OROGEN_API const char* orogen_version(void);

/** OROGEN_ABI_VERSION of the library that is loaded; another number than the header's means a wrong pair. */
OROGEN_API int orogen_abi_version(void);

/** Threads that `threads = 0` means: OROGEN_THREADS, else OMP_NUM_THREADS, else the cores that this process may use. */
OROGEN_API int orogen_default_threads(void);

/** Atomic number of a symbol spelled as in the periodic table ("Cu" → 29), 0 for any other text. */
OROGEN_API int orogen_atomic_number(const char* symbol);

/** Symbol of an atomic number (29 → "Cu"), "?" for a number that is none. Lives for ever. */
OROGEN_API const char* orogen_symbol(int atomic_number);

/* ---- loading a model -------------------------------------------------------------------------------------------- */

/** A loaded model with its neighbour lists and threads. */
typedef struct orogen_potential orogen_potential;

typedef enum orogen_precision {
  OROGEN_PRECISION_OF_MODEL = 0, /**< what the model was trained for */
  OROGEN_FLOAT32 = 32,
  OROGEN_FLOAT64 = 64
} orogen_precision;

/** How a model is evaluated. OROGEN_OPTIONS_INIT (or NULL in place of it) is a good choice. */
typedef struct orogen_options {
  size_t struct_size; /**< sizeof(orogen_options) */
  int threads;   /**< threads of one call, 0 = orogen_default_threads() */
  int precision; /**< one of orogen_precision */
  double skin;   /**< Å, 0 … 5: neighbour lists reach this far beyond the cut-off and are kept until atoms have moved
                      that far; 0 = 0.5 Å, negative = none (lists anew at every call) */
} orogen_options;
#define OROGEN_OPTIONS_INIT {sizeof(orogen_options), 0, 0, 0.0}

/** Reads a model file (`model.safetensors`, written by `orogen train`). `options` may be NULL. On success *potential
 *  is a handle that orogen_free() must release; on failure it is NULL. */
OROGEN_API int orogen_load(const char* path, const orogen_options* options, orogen_potential** potential);

/** Releases a handle; NULL is allowed. No other call on it may be running or follow. */
OROGEN_API void orogen_free(orogen_potential* potential);

/* ---- what a model is: these never fail, given a handle; NULL has 0 of everything ------------------------------  */

/** Number of elements that the model knows. */
OROGEN_API int orogen_element_count(const orogen_potential* potential);

/** Atomic number of element k, 0 ≤ k < orogen_element_count(), ascending; 0 for any other k. */
OROGEN_API int orogen_element(const orogen_potential* potential, int k);

/** Cut-off of one layer, Å: atoms farther apart do not see each other directly. */
OROGEN_API double orogen_cutoff(const orogen_potential* potential);

/** Å: the energy of an atom depends on atoms up to this distance: cut-off × layers. */
OROGEN_API double orogen_reach(const orogen_potential* potential);

/** Layers: 1 = strictly local, 2 = one round of messages between neighbours. */
OROGEN_API int orogen_layers(const orogen_potential* potential);

/** M, the number of committee members (1 = no committee). */
OROGEN_API int orogen_members(const orogen_potential* potential);

/** 1 when the model gives an uncertainty per atom, else 0. */
OROGEN_API int orogen_has_uncertainty(const orogen_potential* potential);

/** Threads of one call. */
OROGEN_API int orogen_threads(const orogen_potential* potential);

/** Arithmetic inside: 32 or 64 bits. */
OROGEN_API int orogen_bits(const orogen_potential* potential);

/** The model's header as JSON: units, elements, reference energies, sizes, lineage. Lives as long as the handle. */
OROGEN_API const char* orogen_header(const orogen_potential* potential);

/* ---- evaluation ------------------------------------------------------------------------------------------------- */

/** N atoms. Begin with OROGEN_STRUCTURE_INIT; where nothing but atoms, species and positions is set, it is an isolated
 *  molecule. */
typedef struct orogen_structure {
  size_t struct_size;      /**< sizeof(orogen_structure) */
  int64_t atoms;           /**< N ≥ 1 */
  const int* species;      /**< N atomic numbers */
  const double* positions; /**< N × 3, Å; anywhere, inside the cell or not */
  double cell[9];          /**< rows a b c, Å; the row of a direction that is not periodic is not read and may be
                                zero */
  int periodic[3];         /**< along a, b, c: 0 or 1 */
} orogen_structure;
#define OROGEN_STRUCTURE_INIT {sizeof(orogen_structure), 0, NULL, NULL, {0}, {0}}

/** What is wanted (pointers that are not NULL) and the answers. Begin with OROGEN_RESULT_INIT: all NULL. */
typedef struct orogen_result {
  size_t struct_size;    /**< sizeof(orogen_result) */
  double energy;         /**< eV, always given */
  double* forces;        /**< N × 3, eV/Å */
  double* virial;        /**< 3 × 3, eV, symmetric */
  double* stress;        /**< 3 × 3, eV/Å³, symmetric; only for structures periodic along a, b and c (else
                              OROGEN_INPUT) */
  double* site_energies; /**< N, eV; they add up to the energy */
  double* uncertainty;   /**< N, ≥ 0: committee: standard deviation of the force on the atom, eV/Å; one member: spread
                              of the last layer, scaled, eV/Å. A model without any: OROGEN_INPUT (see
                              orogen_has_uncertainty) */
  double* member_energies; /**< M, eV; only of committees (else OROGEN_INPUT) */
  double* member_forces;   /**< M × N × 3, eV/Å; only of committees */
} orogen_result;
#define OROGEN_RESULT_INIT {sizeof(orogen_result), 0.0, NULL, NULL, NULL, NULL, NULL, NULL, NULL}

/** Energy and what else is wanted of one structure. The same as a batch of one. */
OROGEN_API int orogen_evaluate(orogen_potential* potential, const orogen_structure* structure, orogen_result* result);

/** The same for `count` structures at once; results[k] belongs to structures[k]. Small structures are shared out among
 *  the threads. All structures of a batch have one struct_size, and so have all results. Slot k keeps its neighbour
 *  list between calls: give replica k of a simulation (bead, image, walker) the same slot at every call, and lists are
 *  rebuilt only when its atoms have moved. When one structure fails, the whole call does. */
OROGEN_API int orogen_evaluate_batch(orogen_potential* potential, int64_t count, const orogen_structure* structures,
                                     orogen_result* results);

/** Hessian times vector: product = H v with H = ∂²E/∂r², N × 3 each, v in Å, product in eV/Å. Costs a few evaluations
 *  and never forms the matrix. */
OROGEN_API int orogen_hessian_vector(orogen_potential* potential, const orogen_structure* structure,
                                     const double* direction, double* product);

/** Drops all neighbour lists, so that the next answers depend on nothing but their structures, to the last bit; also
 *  gives memory back. */
OROGEN_API int orogen_forget(orogen_potential* potential);

/* ---- the caller's own atoms and neighbour lists ------------------------------------------------------------------ */

/** A model on atoms and lists that a simulation program keeps itself: local atoms, then ghosts (periodic images, or
 *  atoms of neighbouring domains). No cell, no wrapping: positions are where the ghosts are. */
typedef struct orogen_domain orogen_domain;

/** Like orogen_load; options->skin is not used. orogen_domain_free() releases the handle. */
OROGEN_API int orogen_domain_load(const char* path, const orogen_options* options, orogen_domain** domain);
OROGEN_API void orogen_domain_free(orogen_domain* domain);

/** Atoms and lists, given whenever atoms or lists changed; everything is copied.
 *
 *  Lists are compressed rows: the neighbours of the k-th centre are neighbors[first[k]] … neighbors[first[k + 1] − 1].
 *  Centres are
 *  the local atoms 0 … local−1 in order, then the ghosts ghost_centers[0] … in theirs. A list holds
 *  every atom, local or ghost, within the cut-off (others may be there and count nothing), each once, and not the
 *  centre itself, in
 *  any order. Lists are full: of two local atoms, each is in the list of the other, also beyond the cut-off.
 *
 *  Whatever is wrong and can be seen in a time linear in the lists is OROGEN_INPUT and names the atoms: indices that
 *  are none, an
 *  atom twice in a list, a pair of local atoms in one list of two, a ghost without the list that it needs. The lists
 *  set
 *  before then stay in force. An atom that is missing from both lists of a pair, or a ghost that is missing, cannot be
 *  seen.
 *
 *  A model of one layer needs no lists of ghosts. A model of two layers needs a list for every ghost that occurs in the
 *  list
 *  of a local atom, so ghosts must reach out to orogen_domain_reach() (C++ programs may exchange messages between
 *  domains
 *  instead: orogen/potential/learned/domain_potential.hpp). */
typedef struct orogen_lists {
  size_t struct_size;         /**< sizeof(orogen_lists): begin with OROGEN_LISTS_INIT */
  int local, total;           /**< local atoms, and all: 0 ≤ local ≤ total */
  const int* species;         /**< total atomic numbers */
  const int64_t* first;       /**< local + ghost_center_count + 1, ascending from 0 */
  const int* neighbors;       /**< first[local + ghost_center_count] indices of atoms, 0 … total−1 */
  int ghost_center_count;     /**< ghosts that have lists; 0 for models of one layer */
  const int* ghost_centers;   /**< their indices, local … total−1, each once; may be NULL when there are none */
} orogen_lists;
#define OROGEN_LISTS_INIT {sizeof(orogen_lists), 0, 0, NULL, NULL, NULL, 0, NULL}
OROGEN_API int orogen_domain_set_lists(orogen_domain* domain, const orogen_lists* lists);

/** Answers about the site energies of the local atoms, and nothing else; sums over domains are sums over the system. */
typedef struct orogen_domain_result {
  size_t struct_size;    /**< sizeof(orogen_domain_result): begin with OROGEN_DOMAIN_RESULT_INIT */
  double energy;         /**< eV, of the local atoms */
  double* forces;        /**< total × 3, eV/Å: −∂E/∂r of all atoms; add those of ghosts to the atoms that they are
                              images of */
  double* virial;        /**< 3 × 3, eV, symmetric */
  double* site_energies; /**< local, eV */
  double* site_virials;  /**< total × 3 × 3, eV, not symmetric: every atom's share of the virial; fold like forces */
  double* uncertainty;   /**< local, eV/Å; only models of one member with a last-layer uncertainty (else
                              OROGEN_INPUT) */
} orogen_domain_result;
#define OROGEN_DOMAIN_RESULT_INIT {sizeof(orogen_domain_result), 0.0, NULL, NULL, NULL, NULL, NULL}

/** Evaluates at positions [total × 3, Å; may be NULL where total = 0] with the lists set last; call it as often as
 *  only positions moved. */
OROGEN_API int orogen_domain_evaluate(orogen_domain* domain, const double* positions, orogen_domain_result* result);

/** As for orogen_potential; orogen_domain_layers() > 1 means that ghosts need lists. */
OROGEN_API double orogen_domain_cutoff(const orogen_domain* domain);
OROGEN_API double orogen_domain_reach(const orogen_domain* domain);
OROGEN_API int orogen_domain_layers(const orogen_domain* domain);
OROGEN_API int orogen_domain_has_uncertainty(const orogen_domain* domain);

#ifdef __cplusplus
}
#endif

#endif
