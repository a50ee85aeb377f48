from django.db import models
from django.utils.translation import gettext_lazy as _


class Scale(models.TextChoices):
    """How a question is answered; the stored number is given in brackets."""

    FIVE = (
        "five",
        _("Five points"),
    )  # 5 completely satisfied … 1 very dissatisfied (DOMAIN 2.10, YY); keys 1-5 = best to worst
    YES_NO = "yes_no", _("Yes or no")  # 1 yes, 0 no
    CHOICE = "choice", _("One of a list")  # 1-based position in `choices`
    TEXT = "text", _("Words")


# What one key means on a scale of fixed words: key pressed -> (stored number, word). Keys run from best to worst,
# so that a satisfied customer is "1, 1, 1"; the numbers run the usual way, so that more is better.
KEYS = {
    Scale.FIVE: {
        "1": (5, _("Completely satisfied")),
        "2": (4, _("Very satisfied")),
        "3": (3, _("Fairly satisfied")),
        "4": (2, _("Somewhat dissatisfied")),
        "5": (1, _("Very dissatisfied")),
    },
    Scale.YES_NO: {
        "1": (1, _("Yes")),
        "2": (0, _("No")),
    },
}


class SurveyChannel(models.TextChoices):
    CALL = "call", _("On the call")
