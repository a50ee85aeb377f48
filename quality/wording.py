"""How checks, refusals and notices read, in the reader's language."""

from django.utils.translation import gettext as _

from cvp.models import Answer
from followups.choices import AnsweredBy
from quality.choices import Decision, Item, Manner, Obstacle, Told, Unreached
from quality.matching import UNKNOWN
from quality.services.checks import Held, NotNow, OwnCall


def refusal(error) -> str:
    if isinstance(error, Held):
        return _("%(person)s is calling this customer now.") % {"person": error.by}
    if isinstance(error, NotNow):
        return _("She is not called now: %(reason)s.") % {"reason": Obstacle(error.obstacle).label}
    if isinstance(error, OwnCall):
        return _("Nobody checks a call of her own.")
    return _("Somebody has worked on this check meanwhile; this is how it stands now.")


def compared(answer) -> tuple[str, str]:
    """(what was written down, what she tells) of one item. Expects the outcome's key answer fetched as `answer.key`."""
    if answer.item == Item.ANSWERED_BY:
        names = dict(AnsweredBy.choices) | {UNKNOWN: Told.UNKNOWN.label}
        return names.get(answer.written, ""), names.get(answer.told, answer.told)
    if answer.item == Item.KEY_ANSWER:
        told = Told.UNKNOWN.label if answer.told == UNKNOWN else answer.told
        question = answer.key.question if answer.key else None
        if question is None:
            return answer.written, told
        if answer.told != UNKNOWN:
            told = Answer(question=question, number=int(answer.told)).words
        return Answer(question=question, number=int(answer.written)).words, told
    if answer.item == Item.MANNER:
        return "", Manner(answer.told).label
    return (_("Yes") if answer.item == Item.CALLED else _("Promised")), Told(answer.told).label


def log_detail(line) -> str:
    """What the parameters of a line of the log say."""
    if "decision" in line.params:
        return str(Decision(line.params["decision"]).label)
    reasons = dict(Unreached.choices) | dict(Obstacle.choices)
    return str(reasons.get(line.params.get("reason"), ""))


def word_contacts(rows) -> dict[int, str]:
    """{contact id: text} for the timeline of the customer's page (settings.CONTACT_ORIGINS)."""
    return {row.pk: _("Spot check") for row in rows}


def _differs(params):
    return _("A spot check of your call with %(customer)s differs from what you wrote. Please say how it was.") % params


NOTICE_WORDS = {"spot_check_differs": _differs}


def pace_question(finding) -> str:
    """A question, never a verdict."""
    words = {
        "short": _(
            "%(count)s calls reached somebody less than %(seconds)s seconds after the save before. Were they written down later, together?"
        ),
        "burst": _(
            "%(count)s calls within one minute. Were they dialled one after the other, or written down together?"
        ),
        "run": _("%(count)s questionnaires in a row with the very same answers. Was each question asked?"),
        "minute": _("%(count)s of %(n)s calls were saved in minute %(minute)s of the hour. Is there a reason?"),
        "satisfied": _(
            "%(share)s%% satisfied (n=%(n)s), the others %(team)s%% (n=%(team_n)s). What does she do better, or are some answers kinder than they were given?"
        ),
    }
    return words[finding.code] % finding.params
