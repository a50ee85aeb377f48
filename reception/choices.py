"""Closed lists of this app, and how long an order counts as under way; a leaf."""

from django.db import models
from django.utils.translation import pgettext_lazy

# An order that was opened longer ago and never settled is a leftover of the DMS, not a car in the workshop.
WORKSHOP_DAYS = 30


class Purpose(models.TextChoices):
    """What she comes for."""

    SERVICE = "service", pgettext_lazy("purpose", "Service")
    REPAIR = "repair", pgettext_lazy("purpose", "Repair")
    ACCIDENT = "accident", pgettext_lazy("purpose", "Accident")
    RECALL = "recall", pgettext_lazy("purpose", "Recall or campaign")
    INSURANCE = "insurance", pgettext_lazy("purpose", "Insurance")
    INSPECTION = "inspection", pgettext_lazy("purpose", "Inspection")
    COLLECT = "collect", pgettext_lazy("purpose", "Collecting the car")
    COMPLAINT = "complaint", pgettext_lazy("purpose", "A complaint")
    OTHER = "other", pgettext_lazy("purpose", "Something else")


class ArrivalState(models.TextChoices):
    """Follows from the moments of an arrival; stored nowhere."""

    EXPECTED = "expected", pgettext_lazy("arrival", "Expected")
    HERE = "here", pgettext_lazy("arrival", "Here")
    LEFT = "left", pgettext_lazy("arrival", "Left")
    ABSENT = "absent", pgettext_lazy("arrival", "Did not come")
    CAME_LATER = "came_later", pgettext_lazy("arrival", "Came after all")
    WITHDRAWN = "withdrawn", pgettext_lazy("arrival", "Taken back")


class Mood(models.TextChoices):
    """What she said while she waited, in one word."""

    CONTENT = "content", pgettext_lazy("mood", "Content")
    PLAIN = "plain", pgettext_lazy("mood", "Nothing special")
    QUESTION = "question", pgettext_lazy("mood", "Has a question")
    UNHAPPY = "unhappy", pgettext_lazy("mood", "Dissatisfied")


class WorkDecision(models.TextChoices):
    """Where a proposal of added work stands. A decision is added to the others; the last one counts."""

    ASKED = "asked", pgettext_lazy("added work", "Not decided yet")
    AGREED = "agreed", pgettext_lazy("added work", "Agreed")
    REFUSED = "refused", pgettext_lazy("added work", "Refused")
    LATER = "later", pgettext_lazy("added work", "Another time")


DECIDED = [choice for choice in WorkDecision.choices if choice[0] != WorkDecision.ASKED]


class DecidedHow(models.TextChoices):
    IN_PERSON = "in_person", pgettext_lazy("added work", "In person")
    PHONE = "phone", pgettext_lazy("added work", "By phone")
