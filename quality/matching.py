"""Whether what the customer tells agrees with what was written down. Pure."""

from quality.choices import Agreement, Told

UNKNOWN = "unknown"


def of_called(told: str) -> Agreement:
    """She was called: that is what the row says."""
    return {Told.YES: Agreement.AGREES, Told.NO: Agreement.DIFFERS}.get(told, Agreement.UNTOLD)


def of_person(written: str, told: str) -> Agreement:
    """`written` and `told` are codes of followups.choices.AnsweredBy."""
    if told == UNKNOWN or not written:
        return Agreement.UNTOLD
    return Agreement.AGREES if written == told else Agreement.DIFFERS


def of_answer(written: int, told: int | None, *, limit: int | None, is_scale: bool) -> Agreement:
    """`is_scale`: the numbers are steps of an opinion, which may move by one, but not across `limit`, at or below which she is dissatisfied.

    Of a list, and of yes and no, only the same answer agrees.
    """
    if told is None:
        return Agreement.UNTOLD
    if written == told:
        return Agreement.AGREES
    same_side = limit is None or (written <= limit) == (told <= limit)
    return Agreement.AGREES if is_scale and abs(written - told) == 1 and same_side else Agreement.DIFFERS


def of_follow_up(told: str) -> Agreement:
    return of_called(told)
