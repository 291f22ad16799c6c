//===- Tune.h - From a request to the config that won -----------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TUNING_TUNE_H
#define TT_TUNING_TUNE_H

#include "tt/Measure/Measure.h"
#include "tt/Tuning/Cache.h"
#include "tt/Tuning/Candidates.h"

namespace mlir::tt::tuning {

/// One product to tune.
struct TuneRequest {
  runtime::Problem sizes;
  std::string type = "f32";
  std::string precision; ///< "#tt.precision<...>"; empty: the type's default
  std::string original;  ///< "#tt.config<...>"; empty: the default choice
  std::string target = "rtx4090";
};

/// f32, f16 or bf16; null for any other name.
Type parseElementType(StringRef name, MLIRContext *context);

/// The request in the compiler's terms. Errors name the option.
struct ParsedRequest {
  Problem problem;
  const TargetInfo *target = nullptr;
  ConfigAttr original;
};
llvm::Expected<ParsedRequest> parseRequest(const TuneRequest &request,
                                           MLIRContext *context);

/// Candidates of a request under a policy, not compiled yet.
measure::CandidateSet makeCandidates(const TuneRequest &request,
                                     const Policy &policy, const Space &space);

/// What the emulator counts while it runs one block of a compiled kernel.
struct BlockCounters {
  uint64_t mma = 0, ldmatrix = 0, barriers = 0, copies = 0;
};
llvm::Expected<BlockCounters> countBlock(const std::string &kernelFile,
                                         const runtime::Problem &problem);

/// Results without a device: the model's order; where it cannot tell two apart
/// the one with fewer instructions counted. Never claims to have measured.
measure::Results rankWithoutDevice(const std::string &folder,
                                   const measure::CandidateSet &set,
                                   bool useEmulator);

/// Entry of the cache for a finished tuning. It counts as measured only if it
/// was on the target itself.
CacheEntry makeEntry(const measure::CandidateSet &set,
                     const measure::Results &results);

/// The row of the target table that a device's name belongs to; null if none.
const TargetInfo *findTargetOfDevice(StringRef deviceName);

/// The cached config for a request; empty if there is none. One that is not
/// legal is ignored with a warning.
std::string findTunedConfig(const TuneRequest &request, MLIRContext *context);

/// A table for people.
std::string formatTable(const measure::CandidateSet &set,
                        const measure::Results &results, bool measured);

/// Roofline with the candidates, and measured against estimated time, as SVG.
std::string plotSVG(const measure::CandidateSet &set,
                    const measure::Results &results, const Roofline &roofline,
                    const TargetInfo &target);

} // namespace mlir::tt::tuning

#endif // TT_TUNING_TUNE_H
