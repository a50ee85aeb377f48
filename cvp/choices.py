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


class SurveyChannel(models.TextChoices):
    CALL = "call", _("On the call")
