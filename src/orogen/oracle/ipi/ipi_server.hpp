// An i-PI server as a Potential: whatever speaks the protocol as a client (ASE calculators, CP2K, Quantum ESPRESSO,
// FHI-aims, DFTB+, LAMMPS, i-PI's drivers) computes.
#pragma once
#include <memory>

#include "orogen/base/net/socket.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/oracle/foreign_code.hpp"

namespace orogen {

struct IpiServerOptions {
  SocketAddress address;
  double wait = 120;      ///< s without any client before giving up
  double timeout = 3600;  ///< s for one answer; then the client counts as lost
  int attempts = 2;       ///< clients that are tried for one structure
};

/// Listens from its construction to its end, then sends EXIT to its clients.
///
/// Clients may come and go at any time; each computes one structure at a time, the same slot as before where it can.
/// The structure of a client that is gone, silent for too long or talking nonsense waits for another one. An answer is
/// refused when it is not finite, or when its text is JSON with "converged": false or an "error". The protocol carries
/// no species, so all structures must have the atoms of the first one, in its order, and the clients must have been
/// started with them. Throws InputError when the address cannot be had or the atoms change, NumericalError when no
/// client is there in time or none has an answer.
class IpiServer : public ForeignCode {
 public:
  /// `progress` may be null; it hears of clients that come and go, and may ask for a stop.
  explicit IpiServer(const IpiServerOptions& options, ProgressSink* progress = nullptr);
  ~IpiServer() override;

  using ForeignCode::evaluate;
  void evaluate_each(std::span<const Structure> structures, Want want, const Deliver& deliver) override;

  /// Where it listens, with the port that was taken.
  const SocketAddress& address() const;

 private:
  struct Session;
  std::unique_ptr<Session> session_;
};

}  // namespace orogen
