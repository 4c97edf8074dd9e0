"""Qt's binary resource archives, in which some desktop programs carry their sounds.

read_rcc(Path("sounds.rcc").read_bytes())["dog.ogg"]
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator


def read_rcc(content: bytes) -> dict[str, bytes]:
    """The files of a Qt binary resource archive, by path.

    The format is Qt's: a header of magic, version, and the offsets of tree, data and names; nodes of 14 or
    22 bytes; data preceded by their length, zlib-compressed where flag 1 is set. Raises ValueError if
    it is no such archive; files packed with zstd (flag 4) are left out, as sounds never are.
    """
    if content[:4] != b"qres":
        raise ValueError("not a Qt resource archive")
    version, tree, data, names = struct.unpack_from(">4I", content, 4)
    node_size = 14 if version < 2 else 22

    def files(index: int, prefix: str) -> Iterator[tuple[str, bytes]]:
        node = tree + index * node_size
        name_at, flags = struct.unpack_from(">IH", content, node)
        path = prefix
        if index:
            (length,) = struct.unpack_from(">H", content, names + name_at)
            start = names + name_at + 6
            path = f"{prefix}/{content[start : start + 2 * length].decode('utf-16-be')}".lstrip("/")
        if flags & 2:
            count, first = struct.unpack_from(">II", content, node + 6)
            for child in range(first, first + count):
                yield from files(child, path)
        elif not flags & 4:
            (at,) = struct.unpack_from(">I", content, node + 10)
            (length,) = struct.unpack_from(">I", content, data + at)
            packed = content[data + at + 4 : data + at + 4 + length]
            yield path, zlib.decompress(packed[4:]) if flags & 1 else packed

    return dict(files(0, ""))
