"""What the verbs refuse, by name."""


class NumberTaken(Exception):  # noqa: N818
    """The customer has this number already, as `phone`."""

    def __init__(self, phone):
        super().__init__(phone.pk)
        self.phone = phone


class MergeRefused(Exception):  # noqa: N818
    """Two files cannot be merged, or a merge not taken back, just now. `code` is worded by customers.wording.merge_refused."""

    def __init__(self, code: str, **params):
        super().__init__(code)
        self.code, self.params = code, params


class AlreadyDecided(Exception):  # noqa: N818
    """Somebody decided it meanwhile; `record` (a conflict, a pair) as it stands."""

    def __init__(self, record):
        super().__init__(record.pk)
        self.record = record
