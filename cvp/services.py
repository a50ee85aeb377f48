"""Verbs on questionnaires and responses.

Answers travel as raw strings by question id: the KEY that was pressed or posted ("1".."5" from best to worst on five
points, "1" yes / "2" no, the 1-based position in a list), or the words themselves. `cvp.choices.KEYS` is the only
place where keys become stored numbers.
"""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.choices import Source
from audit.services import record_change
from cvp.choices import KEYS, Scale, SurveyChannel
from cvp.models import Answer, Question, Response, Version

TEXT_LENGTH = 1000  # characters an answer in words may have (cvp.models.Answer.text)


class AlreadyPublished(Exception):  # noqa: N818
    """A published version never changes; write a new one."""


class NotPublished(Exception):  # noqa: N818
    """Only a published version is asked."""


def current_version(store, code) -> Version:
    """The newest published version of the store's questionnaire `code`. Raises Version.DoesNotExist."""
    version = Version.objects.of(store, code).published().select_related("questionnaire").order_by("-number").first()
    if version is None:
        raise Version.DoesNotExist(f"store {store.pk} has no published questionnaire {code!r}")
    return version


def current_versions(store) -> dict[str, Version]:
    """The newest published version of each of the store's questionnaires, by the questionnaire's code."""
    published = Version.objects.filter(questionnaire__store=store).published().select_related("questionnaire")
    return {version.questionnaire.code: version for version in published.order_by("number")}


# --- Versions -------------------------------------------------------------------------------------------------------
@transaction.atomic
def draft_version(questionnaire, questions: Iterable[Question], *, by) -> Version:
    """The next version of `questionnaire` with these (unsaved) questions, in their order, not yet asked anywhere."""
    newest = questionnaire.versions.select_for_update().order_by("-number").first()
    version = Version.objects.create(
        questionnaire=questionnaire, number=newest.number + 1 if newest else 1, published_at=None
    )
    write_questions(version, questions, by=by)
    return version


@transaction.atomic
def write_questions(version, questions: Iterable[Question], *, by):
    """Replace the questions of a draft. Raises AlreadyPublished."""
    version = Version.objects.select_for_update().get(pk=version.pk)
    if version.published_at is not None:
        raise AlreadyPublished
    version.questions.all().delete()
    questions = list(questions)
    for order, question in enumerate(questions, start=1):
        question.version, question.order = version, order
    Question.objects.bulk_create(questions)
    record_change(version, {}, by=by, source=Source.FORM, deed="write_questions", params={"questions": len(questions)})


@transaction.atomic
def publish_version(version, *, by, now):
    """From now on this version is asked and never changes. Raises AlreadyPublished, ValidationError without one key question."""
    if version.questions.filter(is_key=True).count() != 1:
        raise ValidationError(_("A questionnaire needs exactly one key question."), code="no_key_question")
    claimed = Version.objects.filter(pk=version.pk, published_at__isnull=True).update(published_at=now)
    if not claimed:
        raise AlreadyPublished
    version.published_at = now
    record_change(version, {"published_at": (None, now)}, by=by, source=Source.FORM, deed="publish", at=now)


# --- Answers --------------------------------------------------------------------------------------------------------
def read_answer(question, raw: str) -> tuple[int | None, str]:
    """(number, words) of one non-blank raw answer. Raises ValidationError where the key means nothing on this scale."""
    raw = raw.strip()
    if question.scale == Scale.TEXT:
        if len(raw) > TEXT_LENGTH:
            raise ValidationError(_("At most %(count)s characters."), code="too_long", params={"count": TEXT_LENGTH})
        return None, raw
    if question.scale == Scale.CHOICE:
        if raw.isascii() and raw.isdigit() and 1 <= int(raw) <= len(question.choices):
            return int(raw), ""
    elif raw in KEYS[question.scale]:
        return KEYS[question.scale][raw][0], ""
    raise ValidationError(_("“%(key)s” is no answer to this question."), code="no_such_answer", params={"key": raw})


def read_answers(version, answers: Mapping[int, str]) -> list[tuple[Question, int | None, str]]:
    """The given answers in the version's order, blanks left out. Raises ValidationError({"q<id>": …}) with all faults."""
    questions = {question.pk: question for question in version.questions.all()}
    faults, read = {}, []
    for pk in answers.keys() - questions.keys():
        faults[f"q{pk}"] = ValidationError(
            _("This question is not part of the questionnaire."), code="no_such_question"
        )
    for pk, question in questions.items():
        raw = answers.get(pk) or ""
        if not raw.strip():
            continue
        try:
            read.append((question, *read_answer(question, raw)))
        except ValidationError as fault:
            faults[f"q{pk}"] = fault
    if faults:
        raise ValidationError(faults)
    return read


def key_answered(version, answers: Mapping[int, str]) -> bool:
    """Whether the version's key question has an answer; with the owner or driver speaking that makes a call effective."""
    return any(question.is_key for question, _number, _text in read_answers(version, answers))


def alarms(version, answers: Mapping[int, str]) -> list[Question]:
    """The questions answered at or below their `alarm_at`: the customer is dissatisfied there."""
    return [
        question
        for question, number, _text in read_answers(version, answers)
        if question.alarm_at is not None and number is not None and number <= question.alarm_at
    ]


@transaction.atomic
def record_response(version, *, customer, by, now, answers: Mapping[int, str], vehicle=None) -> Response:
    """Keep what the customer answered on a call. Questions may be left out, but not all of them.

    Raises NotPublished, ValidationError({"q<id>": …}) for answers that mean nothing.
    """
    if version.published_at is None:
        raise NotPublished
    read = read_answers(version, answers)
    if not read:
        key = next(question for question in version.questions.all() if question.is_key)
        raise ValidationError({f"q{key.pk}": ValidationError(_("Nothing was answered."), code="nothing_answered")})
    response = Response.objects.create(
        store_id=customer.store_id,
        version=version,
        customer=customer,
        vehicle=vehicle,
        channel=SurveyChannel.CALL,
        taken_by=by,
        answered_at=now,
    )
    Answer.objects.bulk_create(
        Answer(response=response, question=question, number=number, text=text) for question, number, text in read
    )
    record_change(response, {}, by=by, source=Source.CALL, deed="create", customer_id=customer.pk, at=now)
    return response


@transaction.atomic
def void_response(response, *, by=None, now=None):
    """The call that took it was undone: it counts nowhere any more. Safe to repeat."""
    if Response.objects.filter(pk=response.pk, is_void=False).update(is_void=True):
        changes = {"is_void": (False, True)}
        record_change(
            response, changes, by=by, source=Source.CALL, deed="void", customer_id=response.customer_id, at=now
        )
    response.is_void = True
