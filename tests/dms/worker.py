"""A real Celery worker in a process group of its own, on the database of the running test, and the doorbell to ring it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
QUEUE = "broker/queue"


def database_url():
    """The URL of the database this test is running on (the test database, not the one it was made from)."""
    entry = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(entry['NAME']))}"
    person = quote(entry["USER"], safe="") + (f":{quote(entry['PASSWORD'], safe='')}" if entry["PASSWORD"] else "")
    place = f"{entry['HOST'] or '127.0.0.1'}:{entry['PORT'] or 5432}"
    return f"postgres://{person}@{place}/{quote(entry['NAME'])}"


class Worker:
    """One worker as `make run` starts it. `environment` overrules the settings it reads."""

    def __init__(self, folder, **environment):
        self.folder = folder
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "dcrc.settings",
            "DCRC_DATA_DIR": str(folder),
            "DATABASE_URL": database_url(),
            "REDIS_URL": "",
            **environment,
        }
        self.process = None

    def start(self):
        command = ["worker", "--loglevel", "INFO", "--pool", "threads", "--concurrency", "2"]
        with (self.folder / "worker.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "dcrc", *command, "--without-mingle", "--without-gossip"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self

    def kill(self):
        """kill -9 of the whole group: no warm stop, no goodbye to the broker."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    @property
    def log(self):
        return (self.folder / "worker.log").read_text(encoding="utf-8", errors="replace")


def wait_until(condition, worker, seconds=120, step=0.02):
    """Wait for `condition()`; shows the worker's log if it never comes.

    The limit is for what never comes, not for what is slow: a new worker first starts an interpreter and then does what the
    clock asks of it (a generation of its own took 9 s on a busy machine of two cores) before it comes to what the test waits for.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain; the worker said:\n{worker.log}"
        time.sleep(step)


def file_broker(folder):
    """Celery settings of a broker made of files below `folder`, as dcrc.settings makes it for a worker there."""
    for name in ("queue", "processed", "control"):
        (folder / "broker" / name).mkdir(parents=True, exist_ok=True)
    return {
        "broker_url": "filesystem://",
        "broker_transport_options": {
            "data_folder_in": str(folder / "broker" / "queue"),
            "data_folder_out": str(folder / "broker" / "queue"),
            "processed_folder": str(folder / "broker" / "processed"),
            "control_folder": str(folder / "broker" / "control"),
            "store_processed": False,
        },
    }


def messages(folder):
    return sorted((folder / QUEUE).iterdir())
