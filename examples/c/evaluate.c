/* Energy and forces of a molecule from a learned potential, and one force again by differences of the energy.
 *
 *   cc -std=c11 evaluate.c -o evaluate $(pkg-config --cflags --libs orogen)
 *   ./evaluate model.safetensors molecule.xyz
 */
#include <orogen.h>
#include <stdio.h>
#include <stdlib.h>

static void stop(int status, const char *text) {
  fprintf(stderr, "evaluate: %s\n", text);
  exit(status);
}

static void check(int status) {
  if (status != OROGEN_OK) stop(status, orogen_last_error());
}

static void *allocate(size_t count, size_t size) {
  void *memory = calloc(count, size);
  if (!memory) stop(OROGEN_INTERNAL, "out of memory");
  return memory;
}

/* An XYZ file: the number of atoms, a comment, then for every atom a line: symbol x y z [Å]. */
static long read_molecule(const char *path, int **species, double **positions) {
  char line[512], symbol[8];
  FILE *file = fopen(path, "r");
  if (!file) stop(OROGEN_INPUT, "cannot open the XYZ file");
  const long atoms = fgets(line, sizeof line, file) ? strtol(line, NULL, 10) : 0;
  if (atoms < 1 || !fgets(line, sizeof line, file)) stop(OROGEN_INPUT, "the XYZ file does not begin with a number");
  *species = allocate((size_t)atoms, sizeof **species);
  *positions = allocate(3 * (size_t)atoms, sizeof **positions);
  for (long i = 0; i < atoms; ++i) {
    double *r = *positions + 3 * i;
    if (!fgets(line, sizeof line, file) || sscanf(line, "%7s %lf %lf %lf", symbol, r, r + 1, r + 2) != 4)
      stop(OROGEN_INPUT, "the XYZ file ends early, or a line is not: symbol x y z");
    (*species)[i] = orogen_atomic_number(symbol); /* 0, which the evaluation refuses, when it is no element */
  }
  fclose(file);
  return atoms;
}

int main(int argc, char **argv) {
  if (argc != 3) stop(OROGEN_INPUT, "usage: evaluate MODEL.safetensors MOLECULE.xyz");

  orogen_potential *potential;
  orogen_options options = OROGEN_OPTIONS_INIT;
  options.precision = OROGEN_FLOAT64; /* the rest: defaults */
  check(orogen_load(argv[1], &options, &potential));
  printf("orogen %s, cut-off %g Å, reach %g Å, elements:", orogen_version(), orogen_cutoff(potential),
         orogen_reach(potential));
  for (int k = 0; k < orogen_element_count(potential); ++k)
    printf(" %s", orogen_symbol(orogen_element(potential, k)));

  int *species;
  double *positions;
  const long atoms = read_molecule(argv[2], &species, &positions);
  orogen_structure molecule = OROGEN_STRUCTURE_INIT; /* no cell */
  molecule.atoms = atoms, molecule.species = species, molecule.positions = positions;
  double *forces = allocate(3 * (size_t)atoms, sizeof *forces);
  orogen_result answer = OROGEN_RESULT_INIT;
  answer.forces = forces; /* what is NULL is not computed */
  check(orogen_evaluate(potential, &molecule, &answer));
  printf("\nenergy %.10f eV\n", answer.energy);
  for (long i = 0; i < atoms; ++i)
    printf("%-2s  force %12.8f %12.8f %12.8f eV/Å\n", orogen_symbol(species[i]), forces[3 * i], forces[3 * i + 1],
           forces[3 * i + 2]);

  const double h = 1e-3, x = positions[0]; /* Å */
  orogen_result plus = OROGEN_RESULT_INIT, minus = OROGEN_RESULT_INIT;
  positions[0] = x + h;
  check(orogen_evaluate(potential, &molecule, &plus));
  positions[0] = x - h;
  check(orogen_evaluate(potential, &molecule, &minus));
  printf("force on atom 0 along x by differences: %.8f eV/Å\n", (minus.energy - plus.energy) / (2 * h));

  orogen_free(potential);
  free(forces), free(positions), free(species);
  return 0;
}
