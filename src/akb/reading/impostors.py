"""What arrives under another name: a web page, a Git LFS pointer, an archive, known by its first bytes.

A download that went wrong leaves a file that no parser understands; what it is tells the user what to do.

    impostor(b"<!DOCTYPE html>")  # ("a web page", "download it again: …")
"""

from __future__ import annotations

import re

_UNPACK = "unpack it"
_KINDS: tuple[tuple[str, str, str], ...] = (
    (
        r"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,300}?-->\s*)?(?:<!doctype\s+html|<html|<head|<body|<\?xml)",
        "a web page",
        "download it again: the server sent a page, perhaps a login",
    ),
    (r"version https://git-lfs", "a Git LFS pointer", "fetch the file itself: git lfs pull"),
    (r"\x1f\x8b", "a gzip archive", _UNPACK),
    (r"BZh[1-9]", "a bzip2 archive", _UNPACK),
    (r"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (r"\x28\xb5\x2f\xfd", "a zstd archive", _UNPACK),
    (r"7z\xbc\xaf\x27\x1c|Rar!\x1a", "an archive", _UNPACK),
    (r"%PDF", "a PDF document", ""),
    (r"\x89PNG|\xff\xd8\xff", "an image", ""),
    (r"\x93NUMPY", "a NumPy array", ""),
    (
        r"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "a document of an old Office, or one under a password",
        "save it in a form of today, without a password",
    ),
    (
        r"/?\.?\.?/?(?:\.git/)?annex/objects/|/annex/objects/",
        "a git-annex pointer",
        "fetch the file itself: git annex get",
    ),
    (r".{257}ustar", "a tar archive", _UNPACK),
)
_PATTERNS = [
    (re.compile(mark.encode("latin-1"), re.IGNORECASE | re.DOTALL), what, remedy) for mark, what, remedy in _KINDS
]


def impostor(content: bytes) -> tuple[str, str] | None:
    """(what the content is, the remedy or "") if it is one of these; None if it is not."""
    start = content[:512]
    return next(((what, remedy) for mark, what, remedy in _PATTERNS if mark.match(start)), None)
