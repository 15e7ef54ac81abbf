#include "orogen/nuclear/neural/phases/node_phases.hpp"

#include <algorithm>

#include "orogen/base/errors.hpp"

namespace orogen::nuclear {

NodePhases::NodePhases(Pair pair, std::vector<double> nodes, std::vector<Block> blocks)
    : table_{pair, std::move(nodes), std::move(blocks), {}} {
  if (!std::is_sorted(table_.T_lab.begin(), table_.T_lab.end()))
    throw InputError("fit of a force: the energies of its phases do not ascend");
}

const PhaseTable& NodePhases::at(std::span<const double> theta) {
  if (!table_.value.empty() && std::equal(theta.begin(), theta.end(), theta_.begin(), theta_.end())) return table_;
  theta_.clear();  // nothing is known should a solution fail
  jacobian_.resize(0, 0);
  solved_.assign(table_.T_lab.size() * table_.blocks.size(), {});
  solve(theta, solved_);
  table_.value = solved_;
  make_continuous(table_);
  theta_.assign(theta.begin(), theta.end());
  return table_;
}

const NodePhases::Rows& NodePhases::jacobian(std::span<const double> theta) {
  at(theta);
  if (jacobian_.size()) return jacobian_;
  Rows rows = Rows::Zero(long(3 * solved_.size()), long(theta.size()));
  differentiate(theta, rows);
  for (std::size_t k = 0; k < solved_.size(); ++k)  // ε turns with a half turn of δ
    if (solved_[k].epsilon * table_.value[k].epsilon < 0) rows.row(long(3 * k + 1)) *= -1;
  jacobian_ = std::move(rows);
  return jacobian_;
}

}  // namespace orogen::nuclear
