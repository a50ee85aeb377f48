"""Look into a backup before anything is done with it: is it one, is it whole, does this program understand it."""

import hashlib
import io
import json
import zipfile
from pathlib import Path, PurePosixPath

from django.conf import settings

from office.backups import schema
from office.backups.errors import BackupError, of_os
from office.backups.writing import FORMAT, MANIFEST

_BLOCK = 1 << 20
_BROKEN = (zipfile.BadZipFile, EOFError, OSError, ValueError, KeyError, TypeError, NotImplementedError)


class Archive:
    """An opened backup whose every member is as it was written. Raises BackupError; use as a context manager."""

    def __init__(self, path):
        self.path = Path(path)

    def __enter__(self):
        self.zip, self.manifest = self._open()
        try:
            self._check_members()
            self._check_version()
        except BaseException:
            self.zip.close()
            raise
        return self

    def __exit__(self, *fault):
        self.zip.close()

    def _open(self):
        if not self.path.is_file():
            raise BackupError("missing", path=self.path)
        try:
            with self.path.open("rb") as file:
                begins = file.read(4)
        except OSError as fault:
            raise of_os(fault, self.path) from fault
        if begins != b"PK\x03\x04":
            raise BackupError("no_backup", path=self.path)
        try:
            archive = zipfile.ZipFile(self.path)
        except _BROKEN as fault:  # the list of members stands at the end of a .zip
            raise BackupError("cut_off", path=self.path) from fault
        try:
            manifest = json.loads(archive.read(MANIFEST))
            if manifest["product"] != "DCRC" or not {"members", "tables", "migrations", "format"} <= set(manifest):
                raise ValueError("another product")
        except _BROKEN as fault:
            archive.close()
            raise BackupError("no_backup", path=self.path) from fault
        return archive, manifest

    def _check_members(self):
        names, members = set(self.zip.namelist()) - {MANIFEST}, self.manifest["members"]
        wanted = {f"rows/{table['table']}.jsonl" for table in self.manifest["tables"]}
        if odd := sorted(names ^ set(members)) or sorted(wanted - names):
            raise BackupError("damaged", path=self.path, member=odd[0])
        for name, told in members.items():
            if not _is_safe(name) or self._digest(name) != told["sha256"]:
                raise BackupError("damaged", path=self.path, member=name)

    def _digest(self, name):
        digest = hashlib.sha256()
        try:
            with self.zip.open(name) as member:
                while block := member.read(_BLOCK):
                    digest.update(block)
        except Exception:  # zlib.error among others: what cannot be read is damaged
            return ""
        return digest.hexdigest()

    def _check_version(self):
        unknown = schema.unknown_migrations(self.manifest["migrations"])
        if unknown or self.manifest["format"] > FORMAT:
            name = ".".join(unknown[0]) if unknown else f"format {self.manifest['format']}"
            raise BackupError("newer", version=self.manifest.get("version", "?"), name=name)

    def lines_of(self, table):
        with self.zip.open(f"rows/{table}.jsonl") as member:
            yield from io.TextIOWrapper(member, encoding="utf-8", newline="\n")

    def files_of(self, folder):
        """(member, its path below the folder) of one of settings.BACKUP_FOLDERS."""
        start = f"{folder}/"
        return [(name, name.removeprefix(start)) for name in self.manifest["members"] if name.startswith(start)]


def _is_safe(name):
    """Below one of our folders, and nowhere else."""
    path = PurePosixPath(name)
    inside = path.parts and path.parts[0] in {"rows", *settings.BACKUP_FOLDERS}
    return bool(inside) and not path.is_absolute() and ".." not in path.parts and "\\" not in name
