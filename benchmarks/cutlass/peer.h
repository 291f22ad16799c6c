//===- peer.h - What a library of CUTLASS peers offers --------------------===//
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#pragma once

/// One kernel of C = A^T B^T; cutlass_peer.py has the same struct.
struct Peer {
  const char *name;
  /// Rows of A, B and C must begin at a multiple of this many elements.
  int alignment;
  /// 1 if `prepare` obeys `slices`.
  int canSplitK;
  /// A handle for one problem, or null if the kernel cannot do it. Allocates the
  /// workspace; to be called outside of stream capture.
  void *(*prepare)(void *a, void *b, void *c, int m, int n, int k, int slices);
  /// Launches on `stream`; 0 if that worked.
  int (*run)(void *handle, void *stream);
  void (*release)(void *handle);
  Peer *next;
};

/// Every peer of the library, linked by `next`.
extern "C" Peer *first_peer();

/// Adds a peer to the list.
void registerPeer(Peer *peer);
