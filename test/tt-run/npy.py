"""The little of NumPy's file format that the tests need."""

import struct


def write(path, rows, columns, data):
    """`data`: the bytes of rows x columns f32."""
    header = (f"{{'descr': '<f4', 'fortran_order': False, "
              f"'shape': ({rows}, {columns}), }}")
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)))
        file.write(header.encode() + data)


def read(path, code="f"):
    """The 32-bit elements, as floats or, with code "I", as bits."""
    with open(path, "rb") as file:
        content = file.read()
    start = 10 + struct.unpack("<H", content[8:10])[0]
    return struct.unpack(f"<{(len(content) - start) // 4}{code}",
                         content[start:])
