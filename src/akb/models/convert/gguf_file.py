"""What a GGUF file holds: its metadata, and its tensors as 32-bit floats.

The `gguf` package's reader keeps one memory map per string, which takes nine seconds for a
vocabulary of 262,144; this one walks the header once. Dequantisation is the package's own.
The format is described in ggml's `docs/gguf.md`.

    model = GgufFile(Path("model.gguf"))
    model.metadata["general.architecture"], model.tensor("token_embd.weight").shape
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from akb.errors import AkbError

# GGUF's value types by number, as struct codes; 8 is a string, 9 an array.
_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_CHUNK_VALUES = 1 << 18


@dataclass(frozen=True)
class _TensorInfo:
    shape: tuple[int, ...]  # rows first, as numpy has it; the file states it the other way round
    kind: int  # number of the quantisation type
    offset: int  # bytes from the start of the file


class GgufFile:
    """An open GGUF file (version 2 or 3, little-endian); tensors are read as they are asked for.

    Raises AkbError if the file is not one or ends too soon.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._bytes: NDArray[np.uint8] = np.memmap(path, dtype=np.uint8, mode="r")
        cursor = _Cursor(memoryview(self._bytes.data))
        try:
            magic, version, tensors, values = cursor.take("<4sIQQ")
            if magic != b"GGUF" or version not in (2, 3):
                raise AkbError(
                    f"not a GGUF file of version 2 or 3 (it starts with {magic!r}, {version})",
                    where=str(path),
                    remedy="delete it and run again, or name another file",
                )
            self.metadata: dict[str, Any] = {cursor.string(): cursor.value(*cursor.take("<I")) for _ in range(values)}
            infos = [(cursor.string(), *self._info(cursor)) for _ in range(tensors)]
        except (struct.error, UnicodeDecodeError) as error:
            raise AkbError(
                "a GGUF file ends or breaks off within its header",
                where=str(path),
                remedy="delete it and run again; it is then downloaded anew",
            ) from error
        align = int(self.metadata.get("general.alignment", 32))
        start = -(-cursor.at // align) * align
        self._tensors = {name: _TensorInfo(shape, kind, start + offset) for name, shape, kind, offset in infos}

    @property
    def names(self) -> tuple[str, ...]:
        """The tensors' names in the file's order."""
        return tuple(self._tensors)

    def tensor(self, name: str) -> NDArray[np.float32]:
        """Tensor `name`, dequantised, rows first."""
        from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, dequantize

        info = self._tensors[name]
        kind = GGMLQuantizationType(info.kind)
        block, block_bytes = GGML_QUANT_SIZES[kind]
        row_bytes = info.shape[-1] // block * block_bytes
        end = info.offset + row_bytes * int(np.prod(info.shape[:-1]))
        if end > len(self._bytes):
            raise AkbError(
                f"a GGUF file breaks off within the tensor {name}",
                where=str(self.path),
                remedy="delete it and run again; it is then downloaded anew",
            )
        # The package wants plain floats as floats, and quantised rows as bytes.
        plain = {GGMLQuantizationType.F32: np.float32, GGMLQuantizationType.F16: np.float16}.get(kind)
        raw = self._bytes[info.offset : end]
        data = raw.view(plain).reshape(-1, info.shape[-1]) if plain else raw.reshape(-1, row_bytes)
        # A few rows at a time: the temporary arrays of a whole embedding cost more than the sums.
        values = np.empty((len(data), info.shape[-1]), dtype=np.float32)
        step = max(1, _CHUNK_VALUES // info.shape[-1])
        for start in range(0, len(data), step):
            values[start : start + step] = dequantize(data[start : start + step], kind)
        return values.reshape(info.shape)

    @staticmethod
    def _info(cursor: _Cursor) -> tuple[tuple[int, ...], int, int]:
        (dimensions,) = cursor.take("<I")
        shape = cursor.take(f"<{dimensions}Q")
        kind, offset = cursor.take("<IQ")
        return tuple(reversed(shape)), kind, offset


class _Cursor:
    """A place in a buffer that moves on with each value taken."""

    def __init__(self, buffer: memoryview) -> None:
        self.buffer, self.at = buffer, 0

    def take(self, code: str) -> tuple[Any, ...]:
        values = struct.unpack_from(code, self.buffer, self.at)
        self.at += struct.calcsize(code)
        return values

    def string(self) -> str:
        (length,) = self.take("<Q")
        if self.at + length > len(self.buffer):
            raise struct.error("string beyond the end")
        text = bytes(self.buffer[self.at : self.at + length]).decode()
        self.at += length
        return text

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            inner, length = self.take("<IQ")
            if inner in _SCALARS:
                return list(self.take(f"<{length}{_SCALARS[inner]}"))
            return [self.value(inner) for _ in range(length)]
        return self.take("<" + _SCALARS[kind])[0]
