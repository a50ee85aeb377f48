"""What the services of complaints refuse."""


class NotAllowed(Exception):  # noqa: N818
    """The step does not lead on from where the complaint stands now.

    `code`: "state", "changed" (somebody was quicker), "unasked" (closing needs the customer's word, or a reason why not).
    """

    def __init__(self, code, complaint):
        super().__init__(f"{complaint.number}: {code}")
        self.code = code
        self.complaint = complaint


class MeasureMoved(Exception):  # noqa: N818
    """The measure is no longer where the person saw it; `measure` is as it stands now."""

    def __init__(self, measure):
        super().__init__(f"{measure.pk}: {measure.state}")
        self.measure = measure
