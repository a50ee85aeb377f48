"""INBOX_DIR/STORE CODE/ and what lies in it: who may be taken, taking by one atomic rename, filing away without overwriting.

Never follows a link and never opens what is no plain file. Every function may raise OSError.

    CODE/NAME                  laid there by a person or the DMS
    CODE/.work/TOKEN/NAME      taken; TOKEN is InboxFile.token
    CODE/.work/sightings.json  how each waiting file looked, and since when
    CODE/done/YYYY-MM/NAME     imported; beside it the report
    CODE/failed/NAME           not imported, or waits for a person; beside it the report
"""

import contextlib
import errno
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

WORK, DONE, FAILED = ".work", "done", "failed"
SIGHTINGS = "sightings.json"
LONGEST = 255  # bytes of a name, on every file system that matters
_TEMPORARY_STARTS = (".", "~$", "~")
_TEMPORARY_ENDS = (".tmp", ".temp", ".part", ".partial", ".crdownload", ".download", ".filepart", ".!ut")
_NOT_OURS = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Entry:
    """A file in a watched folder. `stamp` changes whenever the file does."""

    name: str
    size: int
    stamp: tuple

    @property
    def label(self):
        return clean_name(self.name)


@dataclass(frozen=True)
class Look:
    files: list[Entry]
    odd: list[str]  # names of folders, links and devices


def folder_of(store) -> Path:
    return Path(settings.INBOX_DIR) / store.code


def make_folders(store) -> None:
    """Raises NotADirectoryError where something else, or a link, stands in their place."""
    folder = folder_of(store)
    for path in (folder, folder / WORK, folder / DONE, folder / FAILED):
        if path.is_symlink():
            raise NotADirectoryError(errno.ENOTDIR, "a link stands in the place of the folder", str(path))
        path.mkdir(parents=True, exist_ok=True)


def look(store) -> Look:
    """What lies in the store's folder; temporary files and our own folders are passed over."""
    files, odd = [], []
    with os.scandir(folder_of(store)) as entries:
        for entry in entries:
            if is_temporary(entry.name) or entry.name in (DONE, FAILED):
                continue
            if not entry.is_file(follow_symlinks=False):
                odd.append(clean_name(entry.name))
                continue
            with contextlib.suppress(FileNotFoundError):  # taken away meanwhile
                files.append(Entry(entry.name, *_looks(entry.stat(follow_symlinks=False))))
    return Look(sorted(files, key=lambda entry: entry.name), sorted(odd))


def _looks(stat):
    return stat.st_size, (stat.st_size, stat.st_mtime_ns, stat.st_ino)


def is_temporary(name) -> bool:
    lower = name.lower()
    return lower.startswith(_TEMPORARY_STARTS) or lower.endswith(_TEMPORARY_ENDS) or lower in _NOT_OURS


def strays(codes) -> list[str]:
    """Names in INBOX_DIR that are the folder of none of these stores and hold something."""
    found = []
    with os.scandir(settings.INBOX_DIR) as entries:
        for entry in entries:
            if entry.name in codes or is_temporary(entry.name):
                continue
            if not entry.is_dir(follow_symlinks=False) or _holds_something(Path(entry.path)):
                found.append(clean_name(entry.name))
    return sorted(found)


def _holds_something(folder):
    return any(path.name not in (DONE, FAILED) and not is_temporary(path.name) for path in folder.iterdir())


def quiet(store, files, now: float) -> list[Entry]:
    """Those that have looked the same for INBOX_QUIET_SECONDS. `now` in seconds; by our own watch, whatever theirs says.

    A file seen for the first time is never quiet, unless nothing has to be waited for.
    """
    path = folder_of(store) / WORK / SIGHTINGS
    known = _read_sightings(path)
    seen = {}
    for entry in files:
        stamp, since = known.get(entry.label, (None, now))
        seen[entry.label] = (list(entry.stamp), since if stamp == list(entry.stamp) and since <= now else now)
    if seen != known:
        _write_sightings(path, seen)
    return [entry for entry in files if now - seen[entry.label][1] >= settings.INBOX_QUIET_SECONDS]


def _read_sightings(path):
    try:
        return {name: (stamp, since) for name, (stamp, since) in json.loads(path.read_text(encoding="utf-8")).items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}


def _write_sightings(path, seen):
    fresh = path.with_name(f"{secrets.token_hex(8)}.tmp")
    fresh.write_text(json.dumps(seen), encoding="utf-8")
    fresh.replace(path)


def claim(store, entry) -> tuple[str, str] | None:
    """(token, name) of the file, now ours alone; None where somebody else took it, or it changed at the last moment."""
    token, name = secrets.token_hex(16), clean_name(entry.name)
    box = folder_of(store) / WORK / token
    box.mkdir()
    try:
        (folder_of(store) / entry.name).rename(box / name)
    except FileNotFoundError:
        box.rmdir()
        return None
    if _looks((box / name).lstat())[1] != entry.stamp:
        put(box / name, folder_of(store), name)
        box.rmdir()
        return None
    return token, name


def taken(store) -> dict[str, str]:
    """{token: name} of all that lies in .work."""
    with os.scandir(folder_of(store) / WORK) as entries:
        boxes = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    return {box.name: path.name for box in boxes for path in box.iterdir()}


def work_path(store, token, name) -> Path:
    return folder_of(store) / WORK / token / name


def open_plain(path):
    """The file for reading, never through a link. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    return os.fdopen(descriptor, "rb")


def problem_code(error) -> tuple[str, dict]:
    """What the operating system refused, as a code and parameters of dms.wording."""
    codes = {
        errno.ENOSPC: "disk_full",
        errno.EDQUOT: "disk_full",
        errno.EACCES: "not_allowed",
        errno.EPERM: "not_allowed",
        errno.EROFS: "not_allowed",
        errno.ENOTDIR: "not_a_folder",
        errno.EEXIST: "not_a_folder",
    }
    said = error.strerror or type(error).__name__
    return (codes[error.errno], {}) if error.errno in codes else ("system_says", {"said": said})


def is_of_the_file(error, path) -> bool:
    """Whether a failure lies with this file (gone, not to be opened, a link), and not with the place or the disk."""
    kinds = (FileNotFoundError, PermissionError)
    return str(error.filename) == str(path) and (isinstance(error, kinds) or error.errno == errno.ELOOP)


def close_box(store, token) -> None:
    """The empty folder of a taken file is no longer needed."""
    with contextlib.suppress(OSError):  # gone, or somebody laid something there
        (folder_of(store) / WORK / token).rmdir()


def put(source, folder, name) -> Path:
    """Move a file into `folder` under this name, or the next free one: “NAME (2)”. Nothing is ever overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    target = free_place(folder, name)
    move(source, target)
    return target


def free_place(folder, name) -> Path:
    """A path for a file and what is laid beside it that nothing else stands on."""
    stem, ending = _parts(name)
    spare = max(len(more.encode()) for more in _endings())
    number = 1
    while True:
        target = folder / fitting(stem, ending if number == 1 else f" ({number}){ending}", spare=spare)
        if not any(os.path.lexists(path) for path in (target, *beside(target))):
            return target
        number += 1


def move(source, target) -> None:
    """Raises FileExistsError where something stands there. Done twice, it is done once."""
    if os.path.lexists(target):
        if source.exists() and not source.samefile(target):
            raise FileExistsError(errno.EEXIST, "the place is taken", str(target))
    else:
        try:
            os.link(source, target, follow_symlinks=False)
        except FileExistsError:
            raise
        except (OSError, NotImplementedError):  # a file system without hard links
            source.rename(target)
            return
    source.unlink(missing_ok=True)


def clean_name(name) -> str:
    """As text that every database and report can hold: names in GB18030 bytes are decoded, control characters dropped."""
    raw = os.fsencode(name)
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            name = raw.decode(encoding)
            break
    else:
        name = raw.decode("utf-8", "replace")
    return fitting(*_parts("".join(sign for sign in name if sign.isprintable()) or "_"))


def _parts(name):
    ending = Path(name).suffix
    return name.removesuffix(ending) if ending else name, ending


def fitting(stem, ending, *, spare=0) -> str:
    """`stem + ending`, the stem cut so that LONGEST - spare bytes hold it."""
    room = LONGEST - spare - len(ending.encode())
    if room < 1:
        stem, ending, room = stem + ending, "", LONGEST - spare
    return stem.encode()[:room].decode("utf-8", "ignore") + ending


def _endings() -> tuple[str, str]:
    """What is appended to a file's name for what is laid beside it, in the language of the house."""
    with override(settings.LANGUAGE_CODE):
        report, rows = _("report"), _("rows to correct")
    return f".{report}.txt", f".{rows}.xlsx"


def beside(path) -> tuple[Path, Path]:
    """Where the report on a filed file lies, and where its rejected rows."""
    report, rows = _endings()
    return path.with_name(path.name + report), path.with_name(path.name + rows)
