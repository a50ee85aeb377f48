"""What the verbs refuse, by name."""


class ChangedMeanwhile(Exception):  # noqa: N818 - a past participle says what happened
    """Somebody else changed the very fields that this save would overwrite. `stored` is {field: value now in the database}."""

    def __init__(self, stored: dict):
        super().__init__(", ".join(stored))
        self.stored = stored


class NumberTaken(Exception):  # noqa: N818
    """The customer has this number already, as `phone`."""

    def __init__(self, phone):
        super().__init__(phone.pk)
        self.phone = phone


class AlreadyDecided(Exception):  # noqa: N818
    """Somebody decided it meanwhile; `record` (a conflict, a pair) as it stands."""

    def __init__(self, record):
        super().__init__(record.pk)
        self.record = record
