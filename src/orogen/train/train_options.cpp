#include "orogen/train/train_options.hpp"

#include "orogen/kernel/shape.hpp"

namespace orogen {
namespace {

void describe_model(OptionTable& t, TrainOptions& o) {
  t.add("model", o.size, "", "named size: fast (K = 16, local), balanced (K = 32, local), accurate (K = 32, messages)")
      .one_of({"fast", "balanced", "accurate"});
  t.add("cutoff", o.cutoff, "Å", "distance beyond which two atoms do not see each other within one layer")
      .range(0.5, 30);
  t.add("layers", o.layers, "", "1 = strictly local, 2 = one round of messages, 3 = two, …; 0 = from the named size")
      .range(0, kernel::max_layers);
  t.add("features", o.features, "", "K, width of the mixed density (8, 16, 32, 64); 0 = from the named size")
      .range(0, 256);
  t.add("radial", o.radial, "", "N, radial functions; 0 = 8").range(0, 16);
  t.add("l_max", o.l_max, "", "L, highest angular momentum; −1 = 3").range(-1, kernel::max_l);
  t.add("hidden", o.hidden, "", "width of the two hidden layers; 0 = from the named size").range(0, 1024);
  t.add("message_scalars", o.message_scalars, "", "scalars per message, a multiple of 16; 0 = 16").range(0, 256);
  t.add("message_vectors", o.message_vectors, "", "vectors per message, a multiple of 16; 0 = 16").range(0, 256);
  t.add("message_tensors", o.message_tensors, "", "quantities with l = 2 per message, a multiple of 16").range(0, 256);
  t.add("embedding", o.embedding, "", "channels of a learned species embedding; 0 = one-hot species").range(0, 64);
  t.add("zbl", o.zbl, "", "screened nuclear repulsion inside covalent contact");
  t.add("inner_switch", o.inner_switch, "",
        "with zbl: the learned term does not see a pair within half of covalent contact, and fully sees it from "
        "contact on, "
        "so that the known repulsion alone rules inside");
  t.add("members", o.members, "", "committee members, trained one after the other from different seeds").range(1, 64);
  t.add("precision", o.precision, "", "default arithmetic of the finished model").one_of({"float32", "float64"});
}

void describe_loss(OptionTable& t, TrainOptions& o) {
  t.add("energy", o.energy, "", "learn energies");
  t.add("forces", o.forces, "", "learn forces");
  t.add("stress", o.stress, "", "learn the stress of periodic frames that have one");
  t.add("energy_weight", o.energy_weight, "1/eV²", "weight of (ΔE/n)² before the final phase").range(0, 1e9);
  t.add("forces_weight", o.forces_weight, "Å²/eV²", "weight of |ΔF|²/(3n)").range(0, 1e9);
  t.add("stress_weight", o.stress_weight, "1/eV²", "weight of |ΔW/n|²/9 (W the virial) before the final phase")
      .range(0, 1e9);
  t.add("final_energy_weight", o.final_energy_weight, "1/eV²", "weight of (ΔE/n)² in the final phase").range(0, 1e9);
  t.add("final_stress_weight", o.final_stress_weight, "1/eV²", "weight of |ΔW/n|²/9 in the final phase").range(0, 1e9);
  t.add("final_fraction", o.final_fraction, "", "share of the steps in the final phase").range(0, 1);
  t.add("final_ramp", o.final_ramp, "",
        "share of the steps over which the weights go over to those of the final phase, geometrically; 0 = at once")
      .range(0, 1);
}

void describe_minimiser(OptionTable& t, TrainOptions& o) {
  t.add("epochs", o.epochs, "", "passes over the training set; 0 = from steps").range(0, 1e8);
  t.add("steps", o.steps, "", "steps of the minimiser when epochs = 0; 0 = from the named size").range(0, 1e12);
  t.add("batch", o.batch, "", "structures per step; 0 = from the data").range(0, 1e6);
  t.add("learning_rate", o.learning_rate, "", "highest rate of Adam").range(0, 1);
  t.add("final_rate", o.final_rate, "", "rate at the end of the cosine, as a fraction of learning_rate").range(0, 1);
  t.add(
       "radial_smoothness", o.radial_smoothness, "",
       "the n-th radial function's weight is expected to fall as n to minus this: starting values, steps and the prior")
      .range(0, 4);
  t.add("angular_smoothness", o.angular_smoothness, "",
        "the weight of angular momentum l is expected to fall as (l + 1) to minus this")
      .range(0, 4);
  t.add("warmup", o.warmup, "steps", "linear rise of the rate").range(0, 1e7);
  t.add("average", o.average, "", "decay of the moving average of the parameters, which is what is kept")
      .range(0, 0.999999);
  t.add("clip", o.clip, "", "largest gradient norm, in units of its running mean").range(0.1, 1e9);
  t.add("weight_decay", o.weight_decay, "",
        "precision of the Gaussian prior with mean 0 on all parameters, in units of forces_weight times the mean "
        "square force")
      .range(0, 1e6);
  t.add("seed", o.seed, "", "seed of the starting values and of the order of the data");
  t.add("checkpoint_every", o.checkpoint_every, "s", "time between checkpoints").range(0.1, 1e6);
  t.add("sample_memory", o.sample_memory, "GiB",
        "memory for prepared frames; those that do not fit are prepared anew, ahead of their turn")
      .range(0, 1e6);
  t.add("reference", o.reference, "",
        "source of the reference energies: auto (isolated atoms where given, else least squares)")
      .one_of({"auto", "isolated", "least_squares", "given"});
  t.add("reference_energies", o.reference_energies, "eV",
        "reference energies as \"H:-13.6\" texts, for reference = given");
}

}  // namespace

void describe(OptionTable& table, TrainOptions& options) {
  describe_model(table, options);
  describe_loss(table, options);
  describe_minimiser(table, options);
}

}  // namespace orogen
