"""Children that can be killed: each is a fork of the running test with connections of its own, so fifty of them cost little."""

import os
import signal
import time

from django.db import connections


class Child:
    """Runs `work()` in a forked process. `code` is None while it lives, 0 where it came to its end."""

    def __init__(self, work):
        connections.close_all()  # a connection belongs to one process
        self.code = None
        self.pid = os.fork()
        if not self.pid:
            code = 1
            try:
                work()
                code = 0
            finally:
                os._exit(code)

    def kill(self):
        """kill -9: no rollback, no goodbye."""
        if not self.has_ended():
            os.kill(self.pid, signal.SIGKILL)
        return self.wait()

    def kill_after(self, seconds):
        time.sleep(seconds)
        return self.kill()

    def wait(self, seconds=60):
        """The exit code; a killed one is -9."""
        deadline = time.monotonic() + seconds
        while not self.has_ended():
            if time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"not done after {seconds} s")
            time.sleep(0.002)
        return self.code

    def has_ended(self):
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None
