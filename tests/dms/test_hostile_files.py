"""Whatever a file does, it is read or refused with one sentence, in bounded memory and time: measured in a process apart."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dms.hostile import HOSTILE

ROOT = Path(__file__).resolve().parents[2]
MOST_MEGABYTES, MOST_SECONDS = 600, 60
CODES = {
    "zip bomb": {"unpacks_too_big"},
    "zip that lies": {"damaged"},
    "wrong checksum": {"damaged"},
    "many parts": {"unpacks_too_big"},
    "entities in a workbook": {"damaged", "no_header"},
    "entities in XML": {"xml"},
    "deep page": {"html"},
    "page of giant spans": {"html"},
    "page of open quotes": {"html"},
    "page of open comments": {"html"},
    "page of wide rows": {"html"},
    "XML of far rows": {"unpacks_too_big"},
    "XML of far cells": {"no_rows"},
    "xls cut in the middle": {"old_xls"},
    "xls without its end": {"old_xls", "read 301"},
    "xls with a loop": {"old_xls", "not_a_workbook"},
    "xls of far cells": {"read 5001"},
    "text of one line": {"no_header"},
    "text of one cell": {"cell_too_long"},
}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the memory of a child")
def test_files_made_to_hurt_end_in_one_sentence_each(tmp_path):
    for name, make in HOSTILE.items():
        content = make()
        assert len(content) < 20 << 20
        (tmp_path / name).write_bytes(content)
    child = subprocess.run(
        [sys.executable, "-m", "tests.dms.opening", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "dcrc.settings", "DCRC_TESTING": "1", "IMPORT_MAX_MB": "20"},
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS * 3,
    )
    lines = [line.split("|") for line in child.stdout.splitlines()]
    assert child.returncode == 0, (lines[-1:], child.stderr[-2000:])
    assert {name: outcome for name, outcome, *_rest in lines if outcome not in CODES[name]} == {}
    assert {name for name, *_rest in lines} == HOSTILE.keys()
    assert [line for line in lines if float(line[2]) > MOST_SECONDS or int(line[3]) >= MOST_MEGABYTES] == []
