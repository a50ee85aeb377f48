"""`make bench`: every benchmark on every database that answers, one after the other; medians and ratios on standard output.

`python -m bench.run import claims` runs only those. On two cores the whole takes about half an hour.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.run import postgres_url

ROOT = Path(__file__).resolve().parent.parent
BENCHES = ["import", "generation", "claims", "queue", "search"]


def main():
    wanted = sys.argv[1:] or BENCHES
    unknown = set(wanted) - set(BENCHES)
    if unknown:
        raise SystemExit(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(BENCHES)}.")
    postgres = postgres_url()
    if not postgres:
        print("PostgreSQL did not answer: SQLite only.")
    code = 0
    for name in wanted:
        for url in filter(lambda url: url is not None, ("", postgres)):
            started = time.monotonic()
            print(f"\n=== {name} on {'PostgreSQL' if url else 'SQLite'} ===", flush=True)
            done = subprocess.run(
                [sys.executable, "-m", f"bench.{name}_bench"], cwd=ROOT, env={**os.environ, "DATABASE_URL": url}
            )
            code = code or done.returncode
            print(f"({time.monotonic() - started:.0f} s)", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
