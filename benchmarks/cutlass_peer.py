"""The CUTLASS kernels in a library that cutlass/build.sh made."""

import ctypes

_PREPARE = ctypes.CFUNCTYPE(ctypes.c_void_p, *[ctypes.c_void_p] * 3,
                            *[ctypes.c_int] * 4)
_RUN = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
_RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
SLICES = (1, 2, 4, 8, 16)  # 1: stream-K


class _Peer(ctypes.Structure):
    """struct Peer of cutlass/peer.h."""


_Peer._fields_ = [("name", ctypes.c_char_p), ("alignment", ctypes.c_int),
                  ("can_split_k", ctypes.c_int), ("prepare", _PREPARE),
                  ("run", _RUN), ("release", _RELEASE),
                  ("next", ctypes.POINTER(_Peer))]


class Kernel:
    """One kernel on one problem; call it to launch it. The first call makes it
    ready, and must not be captured in a graph."""

    def __init__(self, peer, operands, slices, get_stream):
        self._peer, self._operands, self._slices = peer, operands, slices
        self._get_stream, self._handle = get_stream, None

    def _prepare(self):
        import torch
        o = self._operands
        self._handle = self._peer.prepare(
            o.a.data_ptr(), o.b.data_ptr(), o.c.data_ptr(), o.m, o.n, o.k,
            self._slices)
        torch.cuda.synchronize()  # the workspace was cleared in another stream
        if not self._handle:
            raise RuntimeError("CUTLASS refuses the problem")

    def __call__(self):
        if not self._handle:
            self._prepare()
        status = self._peer.run(self._handle, self._get_stream())
        if status != 0:
            raise RuntimeError(f"CUTLASS status {status}")

    def close(self):
        """Frees the workspace."""
        if self._handle:
            self._peer.release(self._handle)
            self._handle = None


class Library:
    def __init__(self, path):
        first = ctypes.CDLL(str(path)).first_peer
        first.restype = ctypes.POINTER(_Peer)
        self.peers, peer = [], first()
        while peer:
            self.peers.append(peer.contents)
            peer = peer.contents.next

    def find(self, kind, m, n, k):
        """(name, peer, slices) of what can do the problem: aligned kernels where
        the rows are aligned, and the others where they are not."""
        fitting = [p for p in self.peers
                   if p.name.decode().startswith(kind + "-")
                   and all(size % p.alignment == 0 for size in (m, n, k))]
        best = max((p.alignment for p in fitting), default=0)
        for peer in fitting:
            if peer.alignment < best:
                continue
            for slices in SLICES if peer.can_split_k else (1,):
                if slices == 1 or k >= 512 * slices:
                    suffix = f"/{slices}" if slices > 1 else ""
                    yield peer.name.decode() + suffix, peer, slices

