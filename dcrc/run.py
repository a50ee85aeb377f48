"""`make run`: sets the place up, fills the demo on first start, then runs web, worker and beat until Ctrl-C.

Each child has a process group of its own: Ctrl-C reaches only this supervisor, which stops the children in order and
kills what does not go in time. The children write to DCRC_DATA_DIR/log; this console stays readable.
"""

import argparse
import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STOP_SECONDS = 8
RESTART_PAUSE = 5


class Child:
    def __init__(self, name, command, log_dir):
        self.name, self.command = name, command
        self.log_path = log_dir / f"{name}.log"
        self.process = None
        self.started = 0.0

    def start(self):
        if self.log_path.exists() and self.log_path.stat().st_size > 10_000_000:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.started = time.monotonic()

    def signal(self, number):
        if self.process and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


def manage(*arguments, quiet=True):
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, stdout=subprocess.PIPE if quiet else None, text=True
    )
    if done.returncode:
        sys.stdout.write(done.stdout or "")
        raise SystemExit(f"manage.py {arguments[0]} failed; the lines above say why.")


def fingerprint():
    """What the static files and catalogues are made from; unchanged since last time means a quick start."""
    digest = hashlib.sha256()
    patterns = ("requirements.txt", "static/**/*", "*/locale/**/*.po")
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()):
        digest.update(f"{path.relative_to(ROOT)} {path.stat().st_mtime_ns} {path.stat().st_size}\n".encode())
    return digest.hexdigest()


def set_up(data_dir):
    """Database, translations, static files. Quick when nothing changed."""
    stamp = data_dir / "setup-stamp"
    mark = fingerprint()
    made = any(ROOT.glob("*/locale/*/LC_MESSAGES/django.mo")) and (data_dir / "static").is_dir()
    if not made or not stamp.exists() or stamp.read_text() != mark:
        print("Preparing translations and static files ...", flush=True)
        manage("compile_catalogs")
        manage("collectstatic", "--noinput", "--clear", "--verbosity", "0")
        stamp.write_text(mark)
    print("Preparing the database ...", flush=True)
    manage("migrate", "--verbosity", "0")


def port_is_free(host, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def wait_for_page(url, child, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if child.process.poll() is not None:
            return False
        try:
            with urllib.request.urlopen(url, timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    return False


def supervise(children, stopping):
    """Wait until told to stop. The web server's end ends everything; worker and beat are started again."""
    while not stopping:
        time.sleep(0.3)
        for child in children:
            if child.process.poll() is None:
                continue
            if child.name == "web":
                print(f"The web server stopped by itself; see {child.log_path}", flush=True)
                return 1
            if time.monotonic() - child.started > RESTART_PAUSE:
                print(f"{child.name} stopped by itself and is started again; see {child.log_path}", flush=True)
                child.start()
    return 0


def stop(children):
    for child in children:
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and any(child.process and child.process.poll() is None for child in children):
        time.sleep(0.1)
    for child in children:
        child.signal(signal.SIGKILL)


def commands(host, port):
    if sys.platform == "win32":
        web = [sys.executable, "-m", "waitress", f"--listen={host}:{port}", "dcrc.wsgi:application"]
    else:
        web = [
            *(
                sys.executable,
                "-m",
                "gunicorn",
                "dcrc.wsgi:application",
                "--bind",
                f"{host}:{port}",
                "--no-control-socket",
            ),
            *("--workers", "2", "--threads", "4", "--worker-tmp-dir", "/tmp", "--access-logfile", "-"),
        ]
    celery = [sys.executable, "-m", "celery", "-A", "dcrc"]
    worker = [
        *celery,
        "worker",
        "--loglevel",
        "INFO",
        "--pool",
        "threads",
        "--concurrency",
        "2",
        "--without-mingle",
        "--without-gossip",
    ]
    return {"web": web, "worker": worker, "beat": [*celery, "beat", "--loglevel", "INFO", "--pidfile="]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--setup-only", action="store_true", help="set up and stop")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dcrc.settings")
    import django
    from django.conf import settings

    django.setup()
    data_dir = settings.DATA_DIR
    host, port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT") or 8000)
    # Before the set-up, which takes its time.
    if not options.setup_only and not port_is_free(host, port):
        raise SystemExit(f"Port {port} is taken by another program. Choose one: PORT=8001 make run")
    set_up(data_dir)
    if options.setup_only:
        return 0
    if os.environ.get("DCRC_DEMO", "1").strip().lower() not in {"0", "no", "false", "off"}:
        manage("load_demo", "--if-empty", quiet=False)

    log_dir = data_dir / "log"
    log_dir.mkdir(exist_ok=True)
    children = [Child(name, command, log_dir) for name, command in commands(host, port).items()]
    stopping = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.append(True))
    try:
        for child in children:
            child.start()
        address = f"http://{host}:{port}/"
        if not wait_for_page(f"{address}login/", children[0]):
            if not stopping:
                print(f"The web server did not answer; see {children[0].log_path}", flush=True)
            return 0 if stopping else 1
        print(f"\nDCRC is ready:  {address}\n", flush=True)
        manage("demo_accounts", quiet=False)
        print(f"\nLogs: {log_dir}    Stop: Ctrl-C", flush=True)
        return supervise(children, stopping)
    finally:
        print("Stopping ...", flush=True)
        stop(children)


if __name__ == "__main__":
    sys.exit(main())
