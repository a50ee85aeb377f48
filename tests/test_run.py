"""`make run`'s supervisor, for real: it serves, and Ctrl-C leaves no process behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
pytestmark = pytest.mark.slow


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(folder, port):
    names = ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "DCRC_TESTING", "DCRC_ENV")
    environment = {key: value for key, value in os.environ.items() if key not in names}
    environment |= {"PORT": str(port), "DCRC_DATA_DIR": str(folder), "DCRC_DEMO": "0"}
    return subprocess.Popen(
        [sys.executable, "-m", "dcrc.run"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def processes_of(folder):
    """Processes that were started for this data folder."""
    mark = f"DCRC_DATA_DIR={folder}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")
def test_it_serves_and_ctrl_c_stops_everything(tmp_path):
    port = free_port()
    run = start(tmp_path, port)
    try:
        deadline = time.monotonic() + 240
        lines = []
        for line in run.stdout:
            lines.append(line)
            if "Ctrl-C" in line or time.monotonic() > deadline:
                break
        assert "DCRC is ready" in "".join(lines)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
            assert page.url.endswith("/login/?next=/") or "/login/" in page.url
            assert "text/css" in urllib.request.urlopen(stylesheet(page, port), timeout=10).headers["Content-Type"]
        assert len(processes_of(tmp_path)) >= 4  # supervisor, web, worker, beat

        second = start(tmp_path / "other", port)
        output, _ = second.communicate(timeout=120)
        assert second.returncode != 0
        assert f"Port {port} is taken" in output

        os.killpg(run.pid, signal.SIGINT)
        run.communicate(timeout=60)
        assert run.returncode == 0
        assert processes_of(tmp_path) == []
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)


def stylesheet(page, port):
    """The address of our own first stylesheet on the page (its name carries a hash)."""
    html = page.read().decode()
    start = html.index("/static/css/")
    end = html.index('"', start)
    return f"http://127.0.0.1:{port}{html[start:end]}"
