// Any Potential as a client of an i-PI server: i-PI itself, ASE's SocketIOCalculator, orogen.
#pragma once
#include "orogen/base/net/socket.hpp"
#include "orogen/base/progress.hpp"
#include "orogen/potential/potential.hpp"

namespace orogen {

struct IpiClientOptions {
  SocketAddress address;
  double wait = 60;         ///< s for a server to appear, at the start and after a connection was lost
  double idle = 3600;       ///< s between two messages of the server
  double message = 60;      ///< s for the rest of a message that has begun
  int reconnects = 0;       ///< connections that are made anew when they end without EXIT
  bool uncertainty = true;  ///< send per-atom uncertainties where the potential has them
};

/// What was done, and why it ended.
struct IpiService {
  enum class End { exit, closed, stopped };
  long structures = 0;   ///< answered
  long connections = 0;  ///< made
  double computing = 0;  ///< s in the potential
  double seconds = 0;    ///< s in all, from the first connection
  End end =
      End::stopped;  ///< EXIT was sent | the server closed the connection and nothing was open | a stop was requested
};

/// Answers a server until it sends EXIT, or closes the last connection that may be made while nothing is asked for (as
/// ASE's server does). The protocol carries no species: they and the periodic directions are those of `start`; cell and
/// positions come with every request. Batches (see ipi_protocol.hpp) are evaluated in one go. The text of an answer is
/// {"uncertainty": [one number per atom]}, {} where there is none. Throws ConnectionError when no server can be reached
/// or one is lost in the middle of something; NumericalError that counts the structure for atoms of another number,
/// positions or cells that cannot be, and when the potential has no answer, and for what is no message: then the
/// connection is closed, which tells the server.
IpiService serve_ipi(Potential& potential, const Structure& start, const IpiClientOptions& options,
                     ProgressSink& progress);

}  // namespace orogen
