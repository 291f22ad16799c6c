//===- CounterReport.cpp - Totals by name, tables and JSON ----------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Emulator/Measurements.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir::tt::emulator;

namespace {

/// Sums over the sites that one group of metrics is about.
struct Totals {
  SiteCounts sharedLoad, sharedStore, ldmatrix, copy, globalLoad, globalStore;
};

} // namespace

static Totals sum(llvm::ArrayRef<Site> sites,
                  llvm::ArrayRef<SiteCounts> counts) {
  Totals totals;
  for (auto [site, count] : llvm::zip(sites, counts)) {
    bool isShared = count.sharedRequests != 0;
    switch (site.kind) {
    case SiteKind::Load:
      (isShared ? totals.sharedLoad : totals.globalLoad) += count;
      break;
    case SiteKind::Store:
    case SiteKind::Atomic:
      (isShared ? totals.sharedStore : totals.globalStore) += count;
      break;
    case SiteKind::LdMatrix:
      totals.ldmatrix += count;
      break;
    case SiteKind::Copy:
      totals.copy += count;
      break;
    default:
      break;
    }
  }
  return totals;
}

static void addMemory(std::vector<Counter> &counters, const Totals &t) {
  auto add = [&](const char *name, uint64_t value) {
    counters.push_back({name, value});
  };
  add("smsp__inst_executed_op_shared_ld.sum", t.sharedLoad.executed);
  add("smsp__inst_executed_op_shared_st.sum", t.sharedStore.executed);
  add("smsp__inst_executed_op_ldsm.sum", t.ldmatrix.executed);
  add("smsp__inst_executed_op_ldgsts.sum", t.copy.executed);
  add("smsp__inst_executed_op_global_ld.sum", t.globalLoad.executed);
  add("smsp__inst_executed_op_global_st.sum", t.globalStore.executed);
  // Nsight Compute counts ldmatrix with the loads.
  add("l1tex__data_pipe_lsu_wavefronts_mem_shared_op_ld.sum",
      t.sharedLoad.sharedWavefronts + t.ldmatrix.sharedWavefronts);
  add("l1tex__data_pipe_lsu_wavefronts_mem_shared_op_st.sum",
      t.sharedStore.sharedWavefronts);
  add("l1tex__data_bank_conflicts_pipe_lsu_mem_shared_op_ld.sum",
      t.sharedLoad.sharedConflicts + t.ldmatrix.sharedConflicts);
  add("l1tex__data_bank_conflicts_pipe_lsu_mem_shared_op_st.sum",
      t.sharedStore.sharedConflicts);
  add("cp_async_shared_wavefronts", t.copy.sharedWavefronts);
  add("cp_async_shared_conflicts", t.copy.sharedConflicts);
  add("l1tex__t_requests_pipe_lsu_mem_global_op_ld.sum",
      t.globalLoad.globalRequests);
  add("l1tex__t_sectors_pipe_lsu_mem_global_op_ld.sum",
      t.globalLoad.globalSectors);
  add("l1tex__t_requests_pipe_lsu_mem_global_op_st.sum",
      t.globalStore.globalRequests);
  add("l1tex__t_sectors_pipe_lsu_mem_global_op_st.sum",
      t.globalStore.globalSectors);
  add("cp_async_global_requests", t.copy.globalRequests);
  add("cp_async_global_sectors", t.copy.globalSectors);
}

std::vector<Counter>
mlir::tt::emulator::getCounters(llvm::ArrayRef<Site> sites,
                                const Measurements &measurements,
                                const Resources &resources) {
  std::vector<Counter> counters = {
      {"mma", measurements.mma},
      {"barriers", measurements.barriers},
      {"cp_async_bytes", measurements.asyncCopyBytes},
      {"cp_async_zero_bytes", measurements.asyncZeroBytes},
      {"llvm_instructions", measurements.instructions}};
  addMemory(counters, sum(sites, measurements.sites));
  if (resources.known) {
    counters.push_back({"launch__registers_per_thread", resources.registers});
    counters.push_back({"spill_store_bytes", resources.spillStoreBytes});
    counters.push_back({"spill_load_bytes", resources.spillLoadBytes});
    counters.push_back({"launch__shared_mem_per_block_static",
                        resources.staticSharedBytes});
  }
  counters.push_back({"launch__shared_mem_per_block_dynamic",
                      resources.dynamicSharedBytes});
  return counters;
}

std::vector<std::string> mlir::tt::emulator::getCounterNames() {
  Resources all;
  all.known = true;
  std::vector<std::string> names;
  for (const Counter &counter : getCounters({}, {}, all))
    names.push_back(counter.name);
  return names;
}

static bool isWanted(const Counter &counter,
                     llvm::ArrayRef<std::string> names) {
  return names.empty() || llvm::is_contained(names, counter.name);
}

/// Sites that touched memory, with what they did.
static bool isListed(const SiteCounts &counts) {
  return counts.sharedRequests || counts.globalRequests;
}

std::string mlir::tt::emulator::formatCounters(
    llvm::ArrayRef<Site> sites, const Measurements &measurements,
    const Resources &resources, llvm::ArrayRef<std::string> names) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (const Counter &counter : getCounters(sites, measurements, resources))
    if (isWanted(counter, names))
      stream << llvm::formatv("{0,15}  {1}\n", counter.value, counter.name);
  if (!names.empty())
    return text;
  stream << llvm::formatv("\n{0,10} {1,12} {2,10} {3,10} {4,10}  {5}\n",
                          "requests", "wavefronts", "conflicts", "g.requests",
                          "sectors", "instruction");
  for (auto [site, counts] : llvm::zip(sites, measurements.sites)) {
    if (!isListed(counts))
      continue;
    stream << llvm::formatv("{0,10} {1,12} {2,10} {3,10} {4,10}  {5}",
                            counts.sharedRequests, counts.sharedWavefronts,
                            counts.sharedConflicts, counts.globalRequests,
                            counts.globalSectors, site.name);
    if (!site.location.empty())
      stream << " (" << site.location << ")";
    stream << "\n";
  }
  return text;
}

std::string mlir::tt::emulator::formatCountersJson(
    llvm::ArrayRef<Site> sites, const Measurements &measurements,
    const Resources &resources, llvm::ArrayRef<std::string> names) {
  llvm::json::Object totals;
  for (const Counter &counter : getCounters(sites, measurements, resources))
    if (isWanted(counter, names))
      totals[counter.name] = int64_t(counter.value);
  llvm::json::Array list;
  for (auto [site, counts] : llvm::zip(sites, measurements.sites))
    if (isListed(counts))
      list.push_back(llvm::json::Object{
          {"instruction", site.name},
          {"location", site.location},
          {"executed", int64_t(counts.executed)},
          {"shared_requests", int64_t(counts.sharedRequests)},
          {"shared_wavefronts", int64_t(counts.sharedWavefronts)},
          {"shared_conflicts", int64_t(counts.sharedConflicts)},
          {"global_requests", int64_t(counts.globalRequests)},
          {"global_sectors", int64_t(counts.globalSectors)}});
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::json::Value(llvm::json::Object{{"totals", std::move(totals)},
                                              {"instructions", std::move(list)}});
  return text;
}
