"""Opens and reads every file of a folder in a process of its own, and prints after each what came of it, the seconds it took and
the megabytes that the process, or the largest of its children, has held so far."""

import resource
import sys
import time
from pathlib import Path

import django


def _open(path):
    from dms.errors import UnusableFile
    from dms.files import open_file
    from dms.recognise import recognise

    try:
        table = open_file(path)
        rows = sum(1 for name in table.names for _row in table.worksheet(name).rows())
        recognise(table)
    except UnusableFile as error:
        assert len(str(error)) > 5
        return error.code
    return f"read {rows}"


if __name__ == "__main__":
    django.setup()
    for path in sorted(Path(sys.argv[1]).iterdir()):
        begun = time.monotonic()
        outcome = _open(path)
        peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        print(path.name, outcome, round(time.monotonic() - begun, 1), peak // 1024, sep="|", flush=True)  # noqa: T201
