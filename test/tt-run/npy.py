"""The little of NumPy's file format that the tests need."""

import math
import struct

CODES = {"<f8": "d", "<f4": "f", "<f2": "e", "<u2": "H", "<i8": "q", "<i4": "i",
         "<i2": "h", "|i1": "b", "|u1": "B", "|b1": "?"}


def write_array(path, descr, shape, values):
    """`values`: the elements in row-major order."""
    write_bytes(path, descr, shape,
                struct.pack(f"<{math.prod(shape)}{CODES[descr]}", *values))


def write_bytes(path, descr, shape, data):
    sizes = "".join(f"{size}, " for size in shape)
    header = (f"{{'descr': '{descr}', 'fortran_order': False, "
              f"'shape': ({sizes}), }}")
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)))
        file.write(header.encode() + data)


def read_array(path):
    """Element type, shape and elements."""
    with open(path, "rb") as file:
        content = file.read()
    start = 10 + struct.unpack("<H", content[8:10])[0]
    header = eval(content[10:start])  # a dictionary, as NumPy writes it
    code = CODES[header["descr"]]
    shape = header["shape"]
    return (header["descr"], shape,
            struct.unpack(f"<{math.prod(shape)}{code}", content[start:]))


def write(path, rows, columns, data):
    """`data`: the bytes of rows x columns f32."""
    write_bytes(path, "<f4", (rows, columns), data)


def read(path, code="f"):
    """The 32-bit elements, as floats or, with code "I", as bits."""
    with open(path, "rb") as file:
        content = file.read()
    start = 10 + struct.unpack("<H", content[8:10])[0]
    return struct.unpack(f"<{(len(content) - start) // 4}{code}",
                         content[start:])
