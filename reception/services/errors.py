"""What a verb refuses."""


class Outrun(Exception):  # noqa: N818
    """The row is no longer where the person saw it: a colleague, or life, was quicker.

    `code`: "here" (she is here already), "not_today", "not_expected", "not_here", "work_begun" (notes or added work hang on it),
    "decided" (another decision was written down since). `record` is the row as it stands.
    """

    def __init__(self, code, record):
        super().__init__(f"{record}: {code}")
        self.code, self.record = code, record
