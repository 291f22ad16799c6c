//===- Cache.h - What tuning found, kept for the user -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One small JSON file an entry, named by the hash of its key, in
// $XDG_CACHE_HOME/tt/tuned or ~/.cache/tt/tuned:
//
//   { "format": "tt-tuned", "version": 1, "checksum": ..., "entry": {
//       "key": { "op": ..., "precision": ..., "sizes": [...], ... },
//       "config": "#tt.config<...>", "measured": true, "ratio": 1.04, ... } }
//
// Files are written as a whole or not at all, so that any number of tuners can
// share the folder. A file that is damaged, or is not what its name says, is
// ignored with a warning.
//
//===----------------------------------------------------------------------===//

#ifndef TT_TUNING_CACHE_H
#define TT_TUNING_CACHE_H

#include "tt/Runtime/Kernel.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <optional>
#include <vector>

namespace mlir::tt::tuning {

/// What a tuned config is valid for.
struct CacheKey {
  std::string precision; ///< "#tt.precision<...>"
  std::string type;
  /// Of a class of sizes: each rounded up to four leading bits, at least 16, since
  /// tiles and waves hardly differ within one.
  int64_t m = 0, n = 0, k = 0;
  /// Bytes, at most 16, that rows of A, B and C are aligned to.
  int64_t alignments[3] = {16, 16, 16};
  std::string target;
  std::string compiler;

  /// The class of a problem. An empty precision is the type's default.
  static CacheKey get(const runtime::Problem &problem, llvm::StringRef type,
                      llvm::StringRef precision, llvm::StringRef target);
  llvm::json::Value toJSON() const;
  /// Name of the entry's file: 32 hexadecimal digits.
  std::string getHash() const;
};

struct CacheEntry {
  CacheKey key;
  std::string config;
  bool measured = false; ///< on a device; else by the model
  double ratio = 1;      ///< of the original's time to this one's
  std::string device, policy;

  llvm::json::Value toJSON() const;
};

class Cache {
public:
  /// The user's folder, or `folder`.
  explicit Cache(std::string folder = {});

  const std::string &getFolder() const { return folder; }
  /// Nothing if there is no entry, or, with a warning, none that can be used.
  std::optional<CacheEntry> find(const CacheKey &key) const;
  /// Replaces an older entry, but not a measured one by one that is not.
  llvm::Error store(const CacheEntry &entry) const;
  std::vector<CacheEntry> getAll() const;

private:
  std::string getPath(const CacheKey &key) const;
  std::optional<CacheEntry> read(llvm::StringRef path) const;
  std::string folder;
};

/// A list of entries as readable JSON, and back.
std::string exportEntries(llvm::ArrayRef<CacheEntry> entries);
llvm::Expected<std::vector<CacheEntry>> importEntries(llvm::StringRef text);

} // namespace mlir::tt::tuning

#endif // TT_TUNING_CACHE_H
