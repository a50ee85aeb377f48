"""Settings of the suite: the real ones, with a data folder of their own, quick password hashing and inline tasks.

DATABASE_URL chooses the database (`make test` runs the suite once for each that answers).
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ["DCRC_TESTING"] = "1"
os.environ.pop("DCRC_ENV", None)
os.environ.pop("REDIS_URL", None)
_folder = tempfile.mkdtemp(prefix="dcrc-test-")
_owner = os.getpid()
os.environ["DCRC_DATA_DIR"] = _folder


@atexit.register
def _clean_up():
    if os.getpid() == _owner:  # not in forked children
        shutil.rmtree(_folder, ignore_errors=True)


from common.catalogs import compile_catalogues  # noqa: E402

# Before the first translated word: a fresh clone has no compiled catalogues.
compile_catalogues(Path(__file__).resolve().parent.parent)

from dcrc.settings import *  # noqa: E402, F403
from dcrc.settings import DATA_DIR, DATABASES  # noqa: E402

database = DATABASES["default"]
# `make test` migrates one database of each kind; tests start from copies of it (SQLite: tests/conftest.py).
template = os.environ.get("DCRC_TEST_TEMPLATE")
if database["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads and child processes of a test must meet in one database.
    database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    database["TEST"] = {"TEMPLATE": template}
    # Nobody needs these rows after a power cut, and to compile a query costs more than to run it on three rows.
    database["OPTIONS"]["options"] = "-c synchronous_commit=off -c jit=off"
(DATA_DIR / "static").mkdir(exist_ok=True)  # whitenoise warns where it is missing
database.pop("CONN_MAX_AGE", None)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CALENDAR_SHIPPED = False  # a test is not to fail on a public holiday; who asks for one makes it
CELERY_TASK_ALWAYS_EAGER = True
# The finders know two thousand files, and every test client would look at each of them anew. Browsers are served by the
# handler of their own server.
WHITENOISE_USE_FINDERS = False
