"""The store that Xet uploads go to: a folder, which the real `hf_xet` writes and reads under a `local://` address.

What the store holds is read from its shards, as the storage behind the Hub does: a commit names a file by its SHA-256,
a download by the hash that Xet gave it (https://huggingface.co/docs/xet/shard).
"""

from __future__ import annotations

import struct
from pathlib import Path
from tempfile import TemporaryDirectory

_HEADER = 48
_RECORD = 48
_VERIFIED = 1 << 31
_WITH_SHA256 = 1 << 30
_END = b"\xff" * 32


class XetStore:
    """A store in a folder; what is asked of it is asked anew each time, for other processes write to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def url(self) -> str:
        return f"local://{self.folder}"

    def files(self) -> dict[str, tuple[str, int]]:
        """Return hash and length in bytes of each file, by SHA-256."""
        found = {}
        for shard in sorted(self.folder.glob("xet/xorbs/shards/*.mdb")):
            found.update(_files_of(shard.read_bytes()))
        return found

    def stored(self) -> int:
        """Return the bytes of all blocks of chunks."""
        return sum(
            p.stat().st_size for p in self.folder.glob("xet/xorbs/xorbs/default.*") if not p.name.endswith(".tagset")
        )

    def read(self, sha256: str) -> bytes:
        """Return a file's content, put together by `hf_xet` from its chunks."""
        from hf_xet import XetFileInfo, XetSession

        file_hash, size = self.files()[sha256]
        with TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            with XetSession().new_file_download_group(endpoint=self.url) as group:
                group.start_download_file(XetFileInfo(file_hash, size), str(path))
            return path.read_bytes()


def _files_of(shard: bytes) -> dict[str, tuple[str, int]]:
    found = {}
    at = _HEADER
    while (file_hash := shard[at : at + 32]) != _END:
        flags, count = struct.unpack_from("<II", shard, at + 32)
        segments = at + _RECORD
        size = sum(struct.unpack_from("<I", shard, segments + n * _RECORD + 36)[0] for n in range(count))
        at = segments + count * _RECORD * (2 if flags & _VERIFIED else 1)
        if flags & _WITH_SHA256:
            found[_hex(shard[at : at + 32])] = (_hex(file_hash), size)
            at += _RECORD
    return found


def _hex(digest: bytes) -> str:
    """Return a hash as Xet writes it: four numbers of 64 bits."""
    return "".join(f"{number:016x}" for number in struct.unpack("<4Q", digest))
