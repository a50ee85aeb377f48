"""Translation catalogues without the gettext programs: where they lie, and .po to .mo with polib."""

import tempfile
from pathlib import Path

import polib


def catalogue_paths(root: Path) -> list[Path]:
    """Every `<app>/locale/<language>/LC_MESSAGES/django.po` under the project's folder."""
    return sorted(root.glob("*/locale/*/LC_MESSAGES/django.po"))


def compile_catalogues(root: Path, *, force=False) -> list[Path]:
    """Write the .mo beside every .po that is newer than it; returns the .po files that were compiled.

    Fuzzy and empty entries are left out. Several processes may do this at once: each file is replaced whole.
    """
    compiled = []
    for path in catalogue_paths(root):
        target = path.with_suffix(".mo")
        if not force and target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
            continue
        binary = polib.pofile(str(path), encoding="utf-8").to_binary()
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as file:
            file.write(binary)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(target)
        compiled.append(path)
    return compiled
