"""`make test`: the suite on every database, broker and browser that answers; the last lines say in plain words which ran.

SQLite always. PostgreSQL: DCRC_TEST_DATABASE_URL, else the standard loopback port. Redis: DCRC_TEST_REDIS_URL, else
the standard loopback port. Chromium: wherever it is installed. DCRC_REQUIRE_ALL=1 (CI) fails unless all of them ran.
Tests that touch no database run once, beside SQLite. Extra arguments go to pytest.
"""

import contextlib
import getpass
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def postgres_url():
    """A URL of a server where databases can be made, or None."""
    import psycopg2

    given = os.environ.get("DCRC_TEST_DATABASE_URL")
    people = ["postgres", getpass.getuser(), "postgres:postgres"]
    urls = [given] if given else [f"postgres://{person}@127.0.0.1:5432/dcrc" for person in dict.fromkeys(people)]
    for url in urls:
        try:
            connection = psycopg2.connect(url.rsplit("/", 1)[0] + "/postgres", connect_timeout=3)
        except psycopg2.OperationalError:
            continue
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            may_create = cursor.fetchone()[0]
        connection.close()
        if may_create:
            return url
    return None


def redis_url():
    import redis

    url = os.environ.get("DCRC_TEST_REDIS_URL") or "redis://127.0.0.1:6379/15"
    try:
        redis.Redis.from_url(url, socket_connect_timeout=2).ping()
    except redis.RedisError:
        return None
    return url


def chromium_path():
    given = os.environ.get("DCRC_TEST_CHROMIUM")
    return given if given and Path(given).exists() else next(filter(None, map(shutil.which, BROWSERS)), None)


@contextlib.contextmanager
def migrated(url, folder):
    """The name of a database of this kind that has seen every migration, for the workers to copy (tests/settings.py)."""
    name = f"{folder}/template.sqlite3"
    server = None
    if url:
        import psycopg2

        name = f"dcrc_template_{os.getpid()}"
        server = psycopg2.connect(url.rsplit("/", 1)[0] + "/postgres")
        server.autocommit = True
        server.cursor().execute(f"CREATE DATABASE {name}")
    try:
        database = f"{url.rsplit('/', 1)[0]}/{name}" if url else f"sqlite:///{name}"
        # By the suite's settings: what a migrate ships (public holidays) is not in the tests' database.
        manage("migrate", DATABASE_URL=database, DJANGO_SETTINGS_MODULE="tests.settings")
        yield name
    finally:
        if server:
            server.cursor().execute(f"DROP DATABASE {name}")
            server.close()


def manage(command, **environment):
    subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "DCRC_TESTING": "1", **environment},
    )


class Part:
    """One run of pytest and what its report says."""

    def __init__(self, name, arguments, environment):
        self.name = name
        self.arguments, self.environment = arguments, environment
        self.passed = self.failed = self.skipped = 0
        self.tests = set()
        self.code = 0
        self.redis_ran = 0

    def run(self, extra):
        print(f"\n=== {self.name} ===", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.xml"
            self.code = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pytest",
                    "-q",
                    "--dist=worksteal",
                    f"--junitxml={report}",
                    "-o",
                    "junit_family=xunit1",
                    *self.arguments,
                    *extra,
                ],
                cwd=ROOT,
                env={**os.environ, **self.environment},
            ).returncode
            if report.exists():
                self.read(report)
        return self

    def read(self, report):
        for case in ET.parse(report).getroot().iter("testcase"):
            kinds = {child.tag for child in case}
            self.tests.add((case.get("classname"), case.get("name")))
            if kinds & {"failure", "error"}:
                self.failed += 1
            elif "skipped" in kinds:
                self.skipped += 1
            else:
                self.passed += 1
                self.redis_ran += "redis" in case.get("name", "").lower()

    @property
    def ok(self):
        # 5: pytest found no test of this kind; a part that ran nothing has not run.
        return self.code == 0 and self.failed == 0 and self.passed > 0


def main():
    extra = sys.argv[1:]
    started = time.monotonic()
    sys.path.insert(0, str(ROOT))
    postgres, redis, chromium = postgres_url(), redis_url(), chromium_path()
    manage("compile_catalogs")
    common = {"DCRC_TEST_REDIS_URL": redis or "", "DCRC_TEST_CHROMIUM": chromium or "", "DATABASE_URL": ""}
    databases = {"SQLite": ""} | ({"PostgreSQL": postgres} if postgres else {})
    parts = {}
    for database, url in databases.items():
        suite = "not browser" if database == "SQLite" else "database and not browser"
        with tempfile.TemporaryDirectory() as folder, migrated(url, folder) as template:
            environment = {**common, "DATABASE_URL": url, "DCRC_TEST_TEMPLATE": template}
            # Three on two cores: many a test waits for a process or a server.
            parts[database] = Part(f"Suite on {database}", ["-n", "3", "-m", suite], environment).run(extra)
            if chromium:
                # --tb=native: a failing traceback through Playwright's greenlets can crash pytest on CPython 3.11.
                parts[f"Chromium on {database}"] = Part(
                    f"Browser journeys on {database}",
                    ["-n", "2", "-m", "browser", "--tb=native"],
                    {**environment, "DJANGO_ALLOW_ASYNC_UNSAFE": "true"},
                ).run(extra)

    print(f"\n=== What ran ({time.monotonic() - started:.0f} s) ===")
    for name, part in parts.items():
        what = "browser journeys" if name.startswith("Chromium") else "suite"
        verdict = "ran and passed" if part.ok else "FAILED"
        print(f"{name}: the {what} {verdict} ({part.passed} passed, {part.failed} failed, {part.skipped} skipped).")
    if postgres:
        once = len(parts["SQLite"].tests - parts["PostgreSQL"].tests)
        print(f"Of the suite, {once} tests that touch no database ran once, beside SQLite.")
    redis_ran = sum(part.redis_ran for part in parts.values())
    missing = []
    if not postgres:
        missing.append("PostgreSQL")
        print("PostgreSQL: did not answer, so nothing ran there (set DCRC_TEST_DATABASE_URL).")
    if redis_ran:
        print(f"Redis: {redis_ran} tests with a real worker and a real Redis ran.")
    else:
        missing.append("Redis")
        print("Redis: did not answer, so nothing ran there (set DCRC_TEST_REDIS_URL).")
    if not chromium:
        missing.append("Chromium")
        print("Chromium: not found, so no browser journey ran (apt-get install chromium fonts-noto-cjk).")
    good = all(part.ok for part in parts.values())
    if os.environ.get("DCRC_REQUIRE_ALL") == "1" and missing:
        print(f"Required here, but not run: {', '.join(missing)}.")
        good = False
    totals = [sum(getattr(part, word) for part in parts.values()) for word in ("passed", "failed", "skipped")]
    print("{} passed, {} failed, {} skipped".format(*totals))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
