#include "orogen/oracle/ipi/ipi_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "orogen/oracle/foreign_code.hpp"
#include "orogen/oracle/ipi/ipi_protocol.hpp"
#include "orogen/system/lattice.hpp"

namespace orogen {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// The server said something that the protocol does not know; a new connection would not help.
class ProtocolError : public NumericalError {
 public:
  using NumericalError::NumericalError;
};

class IpiClient {
 public:
  IpiClient(Potential& potential, const Structure& start, const IpiClientOptions& options, ProgressSink& progress)
      : potential_(potential), start_(start), options_(options), progress_(progress) {}

  IpiService run() {
    while (connect()) {
      try {
        if (serve_connection()) break;
      } catch (const ConnectionError& error) {
        if (last_connection())
          throw ConnectionError(fmt::format("{}, after {} structures and {} connection(s)", error.what(),
                                            done_.structures, done_.connections));
        progress_.message(Level::warning, fmt::format("{}; connecting again", error.what()));
      }
    }
    done_.seconds = done_.connections > 0 ? seconds_since(began_) : 0;
    return done_;
  }

 private:
  /// False when a stop is requested meanwhile.
  bool connect() {
    const Deadline deadline = after(options_.wait);
    for (double pause = 0.05;; pause = std::min(1.0, 1.5 * pause)) {
      if (progress_.stop_requested()) return false;
      try {
        socket_ = Socket::connect(options_.address, deadline);
        break;
      } catch (const ConnectionError& error) {
        if (Clock::now() + std::chrono::duration<double>(pause) >= deadline)
          throw ConnectionError(
              fmt::format("{}; waited {} s. Start the server first, or raise wait", error.what(), options_.wait));
      }
      std::this_thread::sleep_for(std::chrono::duration<double>(pause));
    }
    if (done_.connections++ == 0) began_ = Clock::now();
    batch_ = 1, initialised_ = false, answers_.clear();
    progress_.message(Level::note, fmt::format("connected to {}", socket_.peer()));
    return true;
  }

  bool last_connection() const { return done_.connections > options_.reconnects; }

  /// True when nothing is left to do; throws ConnectionError when the connection is lost.
  bool serve_connection() {
    while (wait_for_message()) {
      if (answers_.empty() && last_connection() && socket_.peer_closed()) return end(IpiService::End::closed);
      const std::string bytes = receive(ipi::word_size);
      const std::string word = ipi::read_word(bytes);
      if (word == "EXIT") return end(IpiService::End::exit);
      if (word == "STATUS")
        send(ipi::word(!answers_.empty() ? "HAVEDATA" : initialised_ ? "READY" : "NEEDINIT"));
      else if (word == "INIT")
        initialise();
      else if (word == "POSDATA")
        compute(batch_ > 1 ? receive_batch() : receive_structure());
      else if (word == "GETFORCE")
        answer();
      else
        throw ProtocolError(
            fmt::format("{} sent \"{}\", which is no message of the i-PI protocol", socket_.peer(), printable(bytes)));
    }
    return true;
  }

  bool end(IpiService::End how) { return done_.end = how, true; }

  bool wait_for_message() {
    const Deadline deadline = after(options_.idle);
    while (!socket_.wait_readable(std::min(deadline, after(0.2)))) {
      if (progress_.stop_requested()) return false;
      if (Clock::now() >= deadline)
        throw ConnectionError(fmt::format("{} sent nothing for {} s", socket_.peer(), options_.idle));
    }
    return !progress_.stop_requested();
  }

  static std::string printable(std::string bytes) {
    for (char& c : bytes)
      if (c < ' ' || c > '~') c = '?';
    return bytes;
  }

  std::string receive(std::size_t size) {
    std::string bytes(size, '\0');
    socket_.receive(bytes.data(), size, after(options_.message));
    return bytes;
  }
  std::int32_t receive_count(std::int32_t limit, const char* what) {
    std::int32_t n;
    socket_.receive(&n, sizeof n, after(options_.message));
    if (n < 0 || n > limit)
      throw ProtocolError(fmt::format("{} announced {} {}, which cannot be; does it have another byte order?",
                                      socket_.peer(), n, what));
    return n;
  }
  void send(std::string_view bytes) { socket_.send(bytes, after(options_.message)); }

  void initialise() {
    receive_count(ipi::max_atoms, "as the number of a bead");
    const std::string text = receive(std::size_t(receive_count(ipi::max_text, "bytes of an INIT")));
    batch_ = ipi::batch_size(text);
    initialised_ = true;
  }

  int receive_atoms() {
    const int n = receive_count(ipi::max_atoms, "atoms");
    if (n != start_.size())
      throw NumericalError(
          fmt::format("{} sent {} atoms; the structure that was given here has {}: both sides need the "
                      "same atoms in the same order",
                      socket_.peer(), n, start_.size()));
    return n;
  }
  Structure structure(const char* cell, const char* positions, int n) const {
    Structure s = start_;
    s.cell.rows = ipi::read_cell(cell);
    s.positions = ipi::read_positions(positions, n);
    return s;
  }
  std::vector<Structure> receive_structure() {
    const std::string cell = receive(ipi::cell_size);
    const int n = receive_atoms();
    const std::string positions = receive(24 * std::size_t(n));
    return {structure(cell.data(), positions.data(), n)};
  }
  std::vector<Structure> receive_batch() {
    const int n = receive_atoms();
    const std::string cells = receive(std::size_t(batch_) * ipi::cell_size);
    const std::string positions = receive(std::size_t(batch_) * 24 * std::size_t(n));
    std::vector<Structure> batch;
    for (std::size_t k = 0; k < std::size_t(batch_); ++k)
      batch.push_back(structure(cells.data() + k * ipi::cell_size, positions.data() + k * 24 * std::size_t(n), n));
    return batch;
  }

  void compute(const std::vector<Structure>& batch) {
    const auto start = Clock::now();
    answers_.assign(batch.size(), {});
    try {
      for (const Structure& s : batch) check(s);
      potential_.evaluate(batch, Want{.uncertainty = options_.uncertainty}, answers_);
      for (const Evaluation& answer : answers_) require_finite(answer);  // a server would walk on with a NaN
    } catch (const std::exception& error) {
      throw NumericalError(
          fmt::format("structure {} of {} has no answer: {}", done_.structures + 1, socket_.peer(), error.what()));
    }
    done_.computing += seconds_since(start);
    done_.structures += long(batch.size());
    progress_.update("serve", double(done_.structures), 0,
                     fmt::format("structures, E {:.6f} eV, {:.3g} ms each", answers_.back().energy,
                                 1e3 * done_.computing / double(done_.structures)));
  }

  static void check(const Structure& s) {
    for (int i = 0; i < s.size(); ++i)
      if (!s.positions[std::size_t(i)].allFinite())
        throw NumericalError(fmt::format("the position of atom {} (counted from 0) is not finite", i));
    if (s.cell.any_periodic()) complete_lattice(s.cell);
  }

  void answer() {
    if (answers_.empty()) throw ProtocolError(fmt::format("{} sent GETFORCE before any positions", socket_.peer()));
    std::vector<std::string> texts;
    for (const Evaluation& e : answers_) texts.push_back(text(e));
    send(ipi::force_message(answers_, texts));
    answers_.clear();
  }

  /// A potential without uncertainties gives none, or zeros.
  static std::string text(const Evaluation& e) {
    const bool known = std::any_of(e.uncertainty.begin(), e.uncertainty.end(), [](double u) { return u != 0; });
    return known ? nlohmann::json{{"uncertainty", e.uncertainty}}.dump() : "{}";
  }

  Potential& potential_;
  const Structure& start_;
  const IpiClientOptions& options_;
  ProgressSink& progress_;
  Socket socket_;
  int batch_ = 1;
  bool initialised_ = false;
  std::vector<Evaluation> answers_;  ///< that GETFORCE will take
  IpiService done_;
  Clock::time_point began_;
};

}  // namespace

IpiService serve_ipi(Potential& potential, const Structure& start, const IpiClientOptions& options,
                     ProgressSink& progress) {
  return IpiClient(potential, start, options, progress).run();
}

}  // namespace orogen
