#include "orogen/oracle/ipi/ipi_server.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <list>
#include <nlohmann/json.hpp>

#include "orogen/oracle/ipi/ipi_protocol.hpp"

namespace orogen {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double greeting_seconds = 30;  ///< for an idle client to answer STATUS
constexpr double sending_seconds = 60;   ///< for a client to take a message
constexpr double farewell_seconds = 2;   ///< for all clients to take EXIT

enum class Doing { greeting, waiting, computing, answering };

struct Client {
  Socket socket;
  long number;
  Doing doing = Doing::greeting;
  Deadline deadline = {};
  std::string inbox = {};
  std::optional<std::size_t> slot = {}, last_slot = {};

  bool working() const { return slot.has_value(); }
  void send(std::string_view bytes) { socket.send(bytes, after(sending_seconds)); }
  /// Asks whether it is ready; the answer is awaited by advance().
  void greet() {
    doing = Doing::greeting, deadline = after(greeting_seconds);
    send(ipi::word("STATUS"));
  }
};

/// Clients may say in the text of an answer that it is none.
void require_converged(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return;
  if (const auto error = json.find("error"); error != json.end() && !error->is_null())
    throw NumericalError("the client reports an error: " +
                         (error->is_string() ? error->get<std::string>() : error->dump()));
  if (const auto converged = json.find("converged"); converged != json.end() && *converged == false)
    throw NumericalError("the client reports that it did not converge");
}

}  // namespace

struct IpiServer::Session {
  IpiServerOptions options;
  ProgressSink* progress;
  Listener listener;
  std::list<Client> clients;
  long clients_seen = 0;
  std::vector<int> species;  ///< of all structures
  Clock::time_point lonely;  ///< since when there is no client

  // Of the batch under way:
  std::span<const Structure> structures;
  Want want;
  std::optional<WorkList> work;
  const Deliver* deliver = nullptr;
  bool ended = false;

  Session(const IpiServerOptions& o, ProgressSink* sink) : options(o), progress(sink), listener(o.address) {}

  void message(Level level, const std::string& text) const {
    if (progress) progress->message(level, text);
  }
  bool stopped() const { return ended || (progress && progress->stop_requested()); }

  void require_same_atoms() {
    if (species.empty() && !structures.empty()) species = structures.front().species;
    for (std::size_t slot = 0; slot < structures.size(); ++slot)
      if (structures[slot].species != species)
        throw InputError(
            fmt::format("{}: its atoms are not those of the first structure, in the same order; the i-PI "
                        "protocol cannot tell its clients so. Label one composition at a time",
                        name_of(slot, structures[slot])));
  }

  void accept() {
    for (Socket socket = listener.accept(); socket.is_open(); socket = listener.accept()) {
      clients.push_back({std::move(socket), ++clients_seen});
      message(Level::note, fmt::format("i-PI client {} connected", clients_seen));
      guarded(std::prev(clients.end()), [](Client& client) { client.greet(); });
    }
  }

  /// Does something with a client; drops the client when that fails. The client may be gone afterwards.
  template <class Step> void guarded(std::list<Client>::iterator client, Step step) {
    try {
      step(*client);
    } catch (const ConnectionError& error) {
      drop(client, error.what());
    }
  }

  void drop(std::list<Client>::iterator client, const std::string& reason) {
    const std::optional<std::size_t> slot = client->slot;
    const long number = client->number;
    clients.erase(client);
    if (clients.empty()) lonely = Clock::now();
    if (!slot) return message(Level::warning, fmt::format("i-PI client {} is lost: {}", number, reason));
    const std::string name = name_of(*slot, structures[*slot]);
    if (work->retry(*slot))
      message(Level::warning,
              fmt::format("i-PI client {} is lost at {}: {}; another client gets it", number, name, reason));
    else
      settle(
          *slot, {},
          fmt::format("{}: {} clients were lost over it, the last one: {}", name, work->attempts_made(*slot), reason));
  }

  void settle(std::size_t slot, const Evaluation& answer, const std::string& problem) {
    work->finish(slot);
    if (!ended && !(*deliver)(slot, answer, problem)) ended = true;
  }

  void hand_out() {
    for (auto client = clients.begin(); client != clients.end();) {
      const auto here = client++;
      if (here->doing != Doing::waiting) continue;
      const auto slot = work->take(here->last_slot);
      if (!slot) return;
      here->slot = here->last_slot = slot;
      here->doing = Doing::computing, here->deadline = after(options.timeout);
      guarded(here, [&](Client& c) { c.send(ipi::position_message(structures[*slot]) + ipi::word("STATUS")); });
    }
  }

  /// Sleeps until a client says something, a new one comes or a moment has passed.
  void listen() {
    std::vector<pollfd> queries{{listener.descriptor(), POLLIN, 0}};
    for (const Client& client : clients) queries.push_back({client.socket.descriptor(), POLLIN, 0});
    ::poll(queries.data(), queries.size(), 100);
    std::size_t k = 1;
    for (auto client = clients.begin(); client != clients.end() && k < queries.size(); ++k) {
      const auto here = client++;
      if (queries[k].revents) guarded(here, [&](Client& c) { hear(c); });
    }
  }

  void hear(Client& client) {
    const bool open = client.socket.receive_available(client.inbox);
    while (advance(client)) {
    }
    if (!open)
      throw ConnectionError(client.inbox.empty()
                                ? "it closed the connection"
                                : fmt::format("it closed the connection {} bytes into a message", client.inbox.size()));
  }

  /// Takes one complete message out of the inbox; false when there is none.
  bool advance(Client& client) {
    if (client.inbox.empty()) return false;
    if (client.doing == Doing::answering) return take_answer(client);
    if (client.inbox.size() < ipi::word_size) return false;
    const std::string word = ipi::read_word(client.inbox.substr(0, ipi::word_size));
    client.inbox.erase(0, ipi::word_size);
    if (client.doing == Doing::greeting && word == "READY")
      client.doing = Doing::waiting;
    else if (client.doing == Doing::greeting && word == "NEEDINIT")
      client.send(ipi::init_message() + ipi::word("STATUS"));
    else if (client.doing == Doing::computing && word == "HAVEDATA")
      client.doing = Doing::answering, client.send(ipi::word("GETFORCE"));
    else
      throw ConnectionError(word.empty() ? "it sent something that is no message of the i-PI protocol"
                                         : fmt::format("it sent {} out of turn", word));
    return true;
  }

  bool take_answer(Client& client) {
    const std::size_t size = ipi::force_message_size(client.inbox);
    if (client.inbox.size() < size) return false;
    const auto answer = ipi::read_force_message(std::string_view(client.inbox).substr(0, size));
    client.inbox.erase(0, size);
    const std::size_t slot = *client.slot;
    if (int(answer.evaluation.forces.size()) != structures[slot].size())
      throw ConnectionError(fmt::format("it answered for {} atoms; was it started with another structure?",
                                        answer.evaluation.forces.size()));
    client.slot.reset();
    accept_answer(slot, answer);
    client.greet();
    return true;
  }

  void accept_answer(std::size_t slot, const ipi::ForceAnswer& answer) {
    std::string problem;
    try {
      require_finite(answer.evaluation);
      require_virial(answer.evaluation, structures[slot]);
      require_converged(answer.text);
    } catch (const NumericalError& error) {
      problem = fmt::format("{}: the answer is refused: {}", name_of(slot, structures[slot]), error.what());
    }
    settle(slot, problem.empty() ? answer.evaluation : Evaluation{}, problem);
  }

  /// A client that computes no stress sends zeros, which would become a label.
  void require_virial(const Evaluation& answer, const Structure& structure) const {
    const bool zero_forces = std::ranges::all_of(answer.forces, [](const Vec3& f) { return f.isZero(0); });
    if (want.virial && structure.cell.any_periodic() && answer.virial.isZero(0) && !zero_forces)
      throw NumericalError(
          "all numbers of the virial are 0: this client computes no stress; switch it on there, or label with "
          "stress=false");
  }

  void drop_silent() {
    for (auto client = clients.begin(); client != clients.end();) {
      const auto here = client++;
      if (here->doing != Doing::waiting && Clock::now() >= here->deadline)
        drop(here, here->working() ? fmt::format("no complete answer within {} s", options.timeout)
                                   : fmt::format("it did not answer STATUS within {} s", greeting_seconds));
    }
  }

  void require_company() const {
    if (!clients.empty() || Clock::now() < lonely + std::chrono::duration<double>(options.wait)) return;
    throw NumericalError(fmt::format("no i-PI client at {} for {} s; start one with the same atoms, or raise ipi.wait",
                                     listener.address().text(), options.wait));
  }

  void compute(std::span<const Structure> batch, Want wanted, const Deliver& to) {
    structures = batch, want = wanted, deliver = &to, ended = false;
    require_same_atoms();
    work.emplace(batch.size(), options.attempts, std::max<std::size_t>(16, 4 * clients.size()));
    lonely = Clock::now();
    for (Client& client : clients)  // the time since the last batch was not theirs
      if (client.doing == Doing::greeting) client.deadline = after(greeting_seconds);
    while (!work->all_done() && !stopped()) {
      accept();
      hand_out();
      listen();
      drop_silent();
      require_company();
    }
  }

  /// Nobody may come back to a batch that is over.
  void abandon() {
    for (auto client = clients.begin(); client != clients.end();) {
      const auto here = client++;
      if (here->working()) here->slot.reset(), drop(here, "its answer is not wanted any more");
    }
    structures = {}, deliver = nullptr;
  }

  ~Session() {
    for (Client& client : clients) {
      try {
        client.socket.send(ipi::word("EXIT"), after(0.1));
      } catch (const ConnectionError&) {
        client.socket.close();  // gone already
      }
    }
    const Deadline deadline = after(farewell_seconds);
    for (Client& client : clients) client.socket.finish(deadline);
  }
};

IpiServer::IpiServer(const IpiServerOptions& options, ProgressSink* progress)
    : session_(std::make_unique<Session>(options, progress)) {
  session_->message(Level::note, "listening for i-PI clients at " + address().text());
  if (!address().is_local())
    session_->message(Level::warning, "other machines can reach " + address().text() +
                                          "; the protocol knows no passwords, so anybody there can answer");
}

IpiServer::~IpiServer() = default;

const SocketAddress& IpiServer::address() const { return session_->listener.address(); }

void IpiServer::evaluate_each(std::span<const Structure> structures, Want want, const Deliver& deliver) {
  try {
    session_->compute(structures, want, deliver);
  } catch (...) {
    session_->abandon();
    throw;
  }
  session_->abandon();
}

}  // namespace orogen
