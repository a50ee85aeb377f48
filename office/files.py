"""What an uploaded file is, by its bytes. Pure; the name it came with is only compared with that."""

import zipfile
from pathlib import PurePath

from office.choices import FileType

T = FileType
HEAD = 32  # bytes that tell nearly every type
ALIASES = {"jpeg": T.JPEG, "jpe": T.JPEG, "heif": T.HEIC, "oga": T.OGG, "m4v": T.MP4, "3gp": T.MP4}
BY_ENDING = {**{each.value: each for each in T}, **ALIASES}
# One container, told apart by custom only: a phone's recorder writes sound with the brand of a film.
FILMS = (T.MP4, T.M4A, T.MOV)
_OFFICE = {"word/document.xml": T.WORD, "xl/workbook.xml": T.EXCEL}


class FileRefused(Exception):
    """`code`: "empty", "too_large", "unknown" (a type that is not taken), "lies" (the name says another type than the bytes).

    `says`, `holds`: what the name says, and what the bytes are ("" where nobody knows).
    """

    def __init__(self, code, *, says="", holds=""):
        super().__init__(code)
        self.code, self.says, self.holds = code, says, holds


def ending_of(name: str) -> str:
    return PurePath(name).suffix.lstrip(".").lower()


def type_of(file) -> FileType | None:
    """By the bytes of an open file, whose place is left at the start; None where it is none of ours."""
    file.seek(0)
    head = file.read(HEAD)
    found = _by_head(head)
    if found is None and head.startswith(b"PK\x03\x04"):
        found = _office_type(file)
    file.seek(0)
    return found


def _by_head(head) -> FileType | None:
    marks = (
        (T.JPEG, b"\xff\xd8\xff"), (T.PNG, b"\x89PNG\r\n\x1a\n"), (T.GIF, b"GIF87a"), (T.GIF, b"GIF89a"),
        (T.PDF, b"%PDF-"), (T.OGG, b"OggS"), (T.AMR, b"#!AMR"), (T.MP3, b"ID3"),
    )  # fmt: skip
    for kind, mark in marks:
        if head.startswith(mark):
            return kind
    if head[:4] == b"RIFF":
        return {b"WAVE": T.WAV, b"WEBP": T.WEBP}.get(head[8:12])
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        if brand in (b"heic", b"heix", b"mif1", b"msf1"):
            return T.HEIC
        return {b"M4A ": T.M4A, b"qt  ": T.MOV}.get(brand, T.MP4)
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06:
        return T.MP3  # a frame without a tag before it
    return None


def _office_type(file) -> FileType | None:
    """A Word or Excel file of today without macros."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for name, kind in _OFFICE.items() if name in names), None)


def checked_type(upload, *, most: int) -> FileType:
    """The type of an upload (`name`, `size`, readable) of at most `most` bytes. Raises FileRefused."""
    if not upload.size:
        raise FileRefused("empty")
    if upload.size > most:
        raise FileRefused("too_large")
    says, holds = BY_ENDING.get(ending_of(upload.name)), type_of(upload)
    if holds is None:
        raise FileRefused("lies" if says else "unknown", says=says.label if says else "")
    if says is None:
        raise FileRefused("unknown", holds=holds.label)
    if holds in FILMS and says in FILMS:
        return says
    if says != holds:
        raise FileRefused("lies", says=says.label, holds=holds.label)
    return holds
