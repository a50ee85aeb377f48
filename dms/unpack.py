"""Reads a workbook of any kind: here and now, or in a process of its own (`python -m dms.unpack`).

A reader may hold a whole worksheet in memory (calamine a good 400 MB for 200,000 rows × 25 columns), and what strangers wrote may
make it hang or die. In a child its memory and time are bounded and gone when the rows are read, a panic in the reader takes
nobody down, and the parent cleans rows while they come.
"""

import marshal
import pickle
import struct
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from dms.readers import Unreadable

__all__ = ["Unreadable", "read", "read_apart"]

# A frame to the parent ends with the row that passes one of these.
BLOCK_ROWS, BLOCK_CELLS = 2_000, 200_000
# Address space of the child, of which about 150 MB is never in memory: 200,000 × 25 cells need 560 MB of it.
CHILD_BYTES = 750 << 20
# Processor time: the largest honest list takes some seconds.
CHILD_SECONDS = 120
_FRAME = struct.Struct(">cI")
_ROOT = Path(__file__).resolve().parent.parent


def read(kind, path, name=None):
    """(facts, iterator over rows) of a worksheet, of the first that can be chosen if no name is given (see dms.readers).

    `kind`: a module of dms.readers. Raises Unreadable.
    """
    try:
        return import_module(f"dms.readers.{kind}").read(Path(path), name)
    except MemoryError as error:
        raise Unreadable("unpacks_too_big") from error


def read_apart(kind, path, name=None):
    """The same from a child process. The iterator gives its rows once; closing it ends the child."""
    child = subprocess.Popen(
        [sys.executable, "-m", "dms.unpack", kind, str(Path(path).resolve()), *([name] if name is not None else [])],
        cwd=_ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    frames = _frames(child)
    facts = next(frames)
    return facts, (row for block in frames for row in block)


def _frames(child):
    try:
        while True:
            head = child.stdout.read(_FRAME.size)
            if len(head) < _FRAME.size:
                # It died: of its bound on memory (abort) or of something the reader could not take.
                raise Unreadable("unpacks_too_big" if child.wait() == -6 else "damaged")
            kind, length = _FRAME.unpack(head)
            body = child.stdout.read(length)
            if kind == b"x":
                raise Unreadable(body.decode())
            if kind == b".":
                return
            yield marshal.loads(body) if kind == b"m" else pickle.loads(body)
    finally:
        child.stdout.close()
        child.kill()
        child.wait()


def _send(kind, body):
    sys.stdout.buffer.write(_FRAME.pack(kind, len(body)))
    sys.stdout.buffer.write(body)


def _send_rows(rows):
    try:
        _send(b"m", marshal.dumps(rows))
    except ValueError:  # dates: marshal does not know them
        _send(b"p", pickle.dumps(rows, 5))


def _blocks(rows):
    block, cells = [], 0
    for row in rows:
        block.append(row)
        cells += len(row)
        if len(block) >= BLOCK_ROWS or cells >= BLOCK_CELLS:
            yield block
            block, cells = [], 0
    if block:
        yield block


def _main(kind, path, name=None):
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (CHILD_BYTES, CHILD_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CHILD_SECONDS, CHILD_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except ImportError:
        pass  # Windows has no such bounds
    try:
        facts, rows = read(kind, path, name)
        _send(b"p", pickle.dumps(facts))
        for block in _blocks(rows):
            _send_rows(block)
        _send(b".", b"")
    except Unreadable as error:
        _send(b"x", error.code.encode())
    except MemoryError:
        _send(b"x", b"unpacks_too_big")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    _main(*sys.argv[1:])
