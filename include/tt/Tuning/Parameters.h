//===- Parameters.h - A config as numbers that may move ---------*- C++ -*-===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TT_TUNING_PARAMETERS_H
#define TT_TUNING_PARAMETERS_H

#include "tt/Transforms/ConfigVariants.h"
#include <array>
#include <optional>

namespace mlir::tt::tuning {

/// What a policy can let move. `streamK` is 0 for none, or the parts of
/// shareLastWave (ConfigVariants.h); `persistent` 0 or 1, which stands for the
/// blocks of makePersistent; `edge` 0, 1, 2 or 3: no edges, or those of
/// makeEdges in M, in N, in both. `warps` are those of the whole block, all
/// k-slices together; the warp tile follows from them: every way to cut the
/// block tile into that many.
enum class Parameter {
  blockM,
  blockN,
  blockKBytes,
  warps,
  stages,
  rasterGroup,
  aLayout,
  mmaOrder,
  copySlot,
  kSlices,
  splitK,
  streamK,
  roundingForm,
  persistent,
  edge,
};
inline constexpr int kParameters = 15;

/// As policies name it: "block_m", "warps", ...
StringRef getName(Parameter parameter);
std::optional<Parameter> parseParameter(StringRef name);
/// "block_m, block_n, ..." for error messages.
std::string getParameterNames();

/// Whether its values are names.
bool isNamed(Parameter parameter);

/// "xor" or "3": a value as policies write it, and back.
std::string formatValue(Parameter parameter, int64_t value);
std::optional<int64_t> parseValue(Parameter parameter, StringRef text);

/// The values of a config, one for each parameter.
using ParameterValues = std::array<int64_t, kParameters>;
ParameterValues getValues(ConfigAttr config, Type elementType);

inline int64_t &at(ParameterValues &values, Parameter parameter) {
  return values[static_cast<int>(parameter)];
}
inline int64_t at(const ParameterValues &values, Parameter parameter) {
  return values[static_cast<int>(parameter)];
}

/// The value of `edge` for all that block tiles of these values leave of C.
int64_t getEdgesLeft(const ParameterValues &values, const Problem &problem);

/// The config of these values and this warp tile; null if the verifier of
/// #tt.config refuses it, there is no last wave to share, or but one, or no
/// such edge.
ConfigAttr getConfig(const ParameterValues &values, int64_t warpM,
                     int64_t warpN, const Problem &problem,
                     const TargetInfo &target);

} // namespace mlir::tt::tuning

#endif // TT_TUNING_PARAMETERS_H
