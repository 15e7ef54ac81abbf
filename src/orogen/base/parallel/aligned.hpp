// A plain array aligned for the widest vectors; grows, never shrinks, keeps no contents on growth.
#pragma once
#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

namespace orogen {

template <class T> class AlignedArray {
 public:
  AlignedArray() = default;
  explicit AlignedArray(std::size_t n) { resize_zero(n); }
  ~AlignedArray() { release(); }
  AlignedArray(AlignedArray&& other) noexcept { swap(other); }
  AlignedArray& operator=(AlignedArray&& other) noexcept {
    swap(other);
    return *this;
  }
  AlignedArray(const AlignedArray& other) { *this = other; }
  AlignedArray& operator=(const AlignedArray& other) {
    if (this == &other) return *this;
    resize(other.size_);
    if (size_) std::memcpy(data_, other.data_, size_ * sizeof(T));
    return *this;
  }
  /// Contents are undefined afterwards unless the size is unchanged.
  void resize(std::size_t n) {
    if (n > capacity_) {
      release();
      data_ = static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t(64)));
      capacity_ = n;
    }
    size_ = n;
  }
  void resize_zero(std::size_t n) {
    resize(n);
    zero();
  }
  void zero() {
    if (size_) std::memset(static_cast<void*>(data_), 0, size_ * sizeof(T));
  }
  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }

 private:
  void swap(AlignedArray& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }
  void release() {
    if (data_) ::operator delete(static_cast<void*>(data_), std::align_val_t(64));
    data_ = nullptr;
    capacity_ = 0;
  }
  T* data_ = nullptr;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace orogen
