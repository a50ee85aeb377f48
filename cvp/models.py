"""Questionnaire, its versions and questions; Response and its answers."""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import StoreOwned
from customers.models import Customer, Vehicle
from cvp.choices import KEYS, Scale, SurveyChannel
from cvp.querysets import ResponseQuerySet, VersionQuerySet


class Questionnaire(StoreOwned):
    code = models.SlugField(_("Code"), max_length=40)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)

    class Meta:
        verbose_name = _("Questionnaire")
        verbose_name_plural = _("Questionnaires")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["store", "code"], name="questionnaire_code_in_store")]

    def __str__(self):
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


class Version(models.Model):
    """A running version never changes; a new wording is a new version."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("Version"))
    published_at = models.DateTimeField(_("Published at"), null=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Questionnaire version")
        verbose_name_plural = _("Questionnaire versions")
        default_permissions = ()
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["questionnaire", "number"], name="version_number_once")]

    def __str__(self):
        return f"{self.questionnaire} v{self.number}"


class Question(models.Model):
    """`is_key`: the question whose answer makes a call effective. `alarm_at`: an answer at or below it is a dissatisfied one."""

    version = models.ForeignKey(Version, on_delete=models.CASCADE, related_name="questions")
    order = models.PositiveSmallIntegerField(_("Order"))
    code = models.SlugField(_("Code"), max_length=40)
    text_zh = models.CharField(_("Chinese wording"), max_length=300)
    text_en = models.CharField(_("English wording"), max_length=300)
    scale = models.CharField(_("Scale"), max_length=8, choices=Scale)
    choices = models.JSONField(default=list, blank=True)  # [{"zh": …, "en": …}] for CHOICE
    is_key = models.BooleanField(_("Key question"), default=False)
    alarm_at = models.SmallIntegerField(_("Dissatisfied at or below"), null=True, blank=True)
    cause_code = models.CharField(
        max_length=40, blank=True
    )  # of the store's cause tree: what an alarming answer is about

    class Meta:
        verbose_name = _("Question")
        verbose_name_plural = _("Questions")
        default_permissions = ()
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="question_code_once"),
            models.UniqueConstraint(fields=["version"], condition=models.Q(is_key=True), name="question_one_key"),
        ]

    def __str__(self):
        return self.text_en if (get_language() or "").startswith("en") else self.text_zh

    @property
    def options(self) -> list[tuple[str, int, str]]:
        """(key, stored number, word) from the first key on; nothing for answers in words."""
        if self.scale == Scale.CHOICE:
            language = "en" if (get_language() or "").startswith("en") else "zh"
            return [(str(place), place, words[language]) for place, words in enumerate(self.choices, start=1)]
        return [(key, number, str(word)) for key, (number, word) in KEYS.get(self.scale, {}).items()]


class Response(StoreOwned):
    """One customer's answers to one version. Voided when the call that took it is undone."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="responses")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="responses")
    vehicle = models.ForeignKey(Vehicle, null=True, on_delete=models.SET_NULL, related_name="+")
    channel = models.CharField(_("Channel"), max_length=8, choices=SurveyChannel, default=SurveyChannel.CALL)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(_("Answered at"))
    is_void = models.BooleanField(default=False)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        verbose_name = _("Response")
        verbose_name_plural = _("Responses")
        default_permissions = ("view",)
        ordering = ["-answered_at", "-id"]
        indexes = [
            models.Index(fields=["customer", "-answered_at"], name="response_customer"),
            models.Index(fields=["store", "-answered_at"], name="response_store"),
        ]

    def __str__(self):
        return f"{self.version_id} {self.answered_at:%Y-%m-%d}"

    @property
    def key_answer(self):
        """The answer to the key question, or None. Expects `with_answers()`."""
        return next((answer for answer in self.answers.all() if answer.question.is_key), None)

    @property
    def alarm_count(self) -> int:
        """How many answers are dissatisfied ones. Expects `with_answers()`."""
        return sum(answer.is_alarm for answer in self.answers.all())


class Answer(models.Model):
    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")
    number = models.SmallIntegerField(null=True)
    text = models.CharField(max_length=1000, blank=True)

    class Meta:
        verbose_name = _("Answer")
        verbose_name_plural = _("Answers")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["response", "question"], name="answer_once")]

    def __str__(self):
        return self.words

    @property
    def words(self) -> str:
        """The answer as one would say it, in the reader's language. Expects `question` to be fetched."""
        if self.number is None:
            return self.text
        return next((word for _key, number, word in self.question.options if number == self.number), str(self.number))

    @property
    def is_alarm(self) -> bool:
        """The customer is dissatisfied here."""
        limit = self.question.alarm_at
        return limit is not None and self.number is not None and self.number <= limit
