"""What the services of measures refuse."""


class MeasureMoved(Exception):  # noqa: N818
    """The measure is no longer where the person saw it; `measure` is as it stands now."""

    def __init__(self, measure):
        super().__init__(f"{measure.pk}: {measure.state}")
        self.measure = measure
