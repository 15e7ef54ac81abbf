#include <cmath>

#include "orogen/base/random.hpp"
#include "orogen/potential/model/initial.hpp"
#include "orogen/potential/model/model.hpp"

namespace orogen {

namespace {
bool embedded(int embedding, int layer, int kind) { return embedding > 0 && layer == 0 && kind <= kernel::mix_3; }
}  // namespace

Parameterization::Parameterization(const kernel::Shape& shape, int embedding) : shape_(shape), embedding_(embedding) {
  for (int layer = 0; layer < shape.layers; ++layer)
    for (int kind = 0; kind < kernel::tensor_kinds; ++kind) {
      const kernel::TensorShape t = kernel::tensor_shape(shape, layer, kind);
      const long rows = t.rows && embedded(embedding, layer, kind) ? long(embedding) * shape.radial : t.rows;
      blocks_.push_back({"layer" + std::to_string(layer + 1) + "." + kernel::tensor_name(kind), size_, rows, t.cols});
      size_ += rows * t.cols;
      network_size_ += long(t.rows) * t.cols;
    }
  if (embedding > 0) {
    blocks_.push_back({"embedding", size_, shape.species, embedding});
    size_ += long(shape.species) * embedding;
  }
}

template <class T> void Parameterization::expand(const T* trained, T* network) const {
  const T* e = trained + size_ - long(shape_.species) * embedding_;
  for (int layer = 0, b = 0; layer < shape_.layers; ++layer)
    for (int kind = 0; kind < kernel::tensor_kinds; ++kind, ++b) {
      const kernel::TensorShape t = kernel::tensor_shape(shape_, layer, kind);
      const T* from = trained + blocks_[b].offset;
      const long size = long(t.rows) * t.cols;
      if (!embedded(embedding_, layer, kind)) {
        for (long i = 0; i < size; ++i) network[i] = from[i];
      } else {
        const long block = long(shape_.radial) * t.cols;
        for (long i = 0; i < size; ++i) {
          T sum = 0;
          for (int c = 0; c < embedding_; ++c) sum += e[i / block * embedding_ + c] * from[c * block + i % block];
          network[i] = sum;
        }
      }
      network += size;
    }
}

template <class T> void Parameterization::pull(const T* trained, const T* g, T* out) const {
  const long e_offset = size_ - long(shape_.species) * embedding_;
  for (int layer = 0, b = 0; layer < shape_.layers; ++layer)
    for (int kind = 0; kind < kernel::tensor_kinds; ++kind, ++b) {
      const kernel::TensorShape t = kernel::tensor_shape(shape_, layer, kind);
      const long at = blocks_[b].offset, size = long(t.rows) * t.cols;
      if (!embedded(embedding_, layer, kind)) {
        for (long i = 0; i < size; ++i) out[at + i] += g[i];
      } else {
        const long block = long(shape_.radial) * t.cols;
        for (long i = 0; i < size; ++i)
          for (int c = 0; c < embedding_; ++c) {
            const long e = e_offset + i / block * embedding_ + c, w = at + c * block + i % block;
            out[w] += trained[e] * g[i];
            out[e] += trained[w] * g[i];
          }
      }
      g += size;
    }
}

template void Parameterization::expand(const float*, float*) const;
template void Parameterization::expand(const double*, double*) const;
template void Parameterization::pull(const float*, const float*, float*) const;
template void Parameterization::pull(const double*, const double*, double*) const;

kernel::Shape Parameterization::channel_shape() const {
  kernel::Shape drawn = shape_;
  if (embedding_ > 0) drawn.species = embedding_;
  return drawn;
}

std::vector<float> Parameterization::gather(const std::vector<double>& network,
                                            const std::vector<double>& channels) const {
  const kernel::Layout from = kernel::make_layout(shape_, 1), from_channels = kernel::make_layout(channel_shape(), 1);
  std::vector<float> trained(size_);
  for (int layer = 0, b = 0; layer < shape_.layers; ++layer)
    for (int kind = 0; kind < kernel::tensor_kinds; ++kind, ++b) {
      const bool special = embedded(embedding_, layer, kind);
      const double* source = special ? channels.data() + from_channels.canonical[layer][kind]
                                     : network.data() + from.canonical[layer][kind];
      for (long i = 0; i < blocks_[b].rows * blocks_[b].cols; ++i) trained[blocks_[b].offset + i] = float(source[i]);
    }
  return trained;
}

std::vector<float> Parameterization::sizes(double radial, double angular) const {
  std::vector<float> sizes =
      gather(parameter_sizes(shape_, radial, angular), parameter_sizes(channel_shape(), radial, angular));
  if (embedding_ > 0)
    for (long e = blocks_.back().offset; e < size_; ++e) sizes[e] = 1;
  return sizes;
}

std::vector<float> Parameterization::initial(std::uint64_t seed) const {
  std::vector<float> trained = gather(initial_parameters(shape_, seed), initial_parameters(channel_shape(), seed));
  if (embedding_ > 0) {
    Random random(seed, 999);
    const long e = blocks_.back().offset;
    for (long i = 0; i < long(shape_.species) * embedding_; ++i)
      trained[e + i] = float(random.normal() / std::sqrt(double(embedding_)));
  }
  return trained;
}

}  // namespace orogen
