//===- CostConstants.cpp - Fitted constants of the cost model -------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "tt/Transforms/CostConstants.h"

using namespace mlir::tt;

static const CostConstants::Field kFields[] = {
    {"exponent", &CostConstants::exponent},
    {"dramLatency", &CostConstants::dramLatency},
    {"l2Latency", &CostConstants::l2Latency},
    {"tilesLost", &CostConstants::tilesLost},
    {"stagedLatency", &CostConstants::stagedLatency},
    {"narrowWavefronts", &CostConstants::narrowWavefronts},
    {"rowBytesLost", &CostConstants::rowBytesLost},
    {"splitSectors", &CostConstants::splitSectors},
    {"sharedSplits", &CostConstants::sharedSplits},
    {"shortRequests", &CostConstants::shortRequests},
    {"hotReads", &CostConstants::hotReads},
    {"roundingSlots", &CostConstants::roundingSlots},
    {"roundingAlone", &CostConstants::roundingAlone},
    {"alone", &CostConstants::alone},
    {"slicedRounding", &CostConstants::slicedRounding},
    {"sharedFragments", &CostConstants::sharedFragments},
    {"guardedShares", &CostConstants::guardedShares},
    {"raggedRounding", &CostConstants::raggedRounding},
    {"launchSeconds", &CostConstants::launchSeconds},
    {"fillSeconds", &CostConstants::fillSeconds},
    {"startSeconds", &CostConstants::startSeconds},
    {"meetingSeconds", &CostConstants::meetingSeconds},
    {"crossingSeconds", &CostConstants::crossingSeconds},
    {"meetingPort", &CostConstants::meetingPort},
    {"meetingWrites", &CostConstants::meetingWrites},
    {"streamMisses", &CostConstants::streamMisses},
};
static_assert(sizeof(CostConstants) == std::size(kFields) * sizeof(double),
              "every constant is listed");

llvm::ArrayRef<CostConstants::Field> CostConstants::getFields() {
  return kFields;
}
