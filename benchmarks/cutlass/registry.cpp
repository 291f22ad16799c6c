//===- registry.cpp - The list of peers in a library ----------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "peer.h"

static Peer *first = nullptr;

void registerPeer(Peer *peer) {
  peer->next = first;
  first = peer;
}

extern "C" Peer *first_peer() { return first; }
