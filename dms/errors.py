"""What this floor refuses. Codes are stable; `dms.wording` puts them into words."""

from dms.wording import word


class UnusableFile(Exception):
    """The file as a whole cannot be taken in. `code` and `params` are worded by str()."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params

    def __str__(self):
        return word(self.code, self.params)


class WrongState(Exception):
    """The batch is past the point where this could be done to it (another tab, a second click)."""

    def __init__(self, state):
        super().__init__(state)
        self.state = state


class Overtaken(Exception):
    """Another process runs this batch now; what this one was about to write was rolled back."""
