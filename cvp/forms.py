"""The questions of a version as form fields, for any page that asks them, and back from the posted form.

Field names are `<prefix>q<question id>`; values are keys (cvp.services tells what they mean). The fragment is
`cvp/_questions.html`, rendered by `{% questions version prefix=… %}` of the tag library `cvp`.
"""

from dataclasses import dataclass

from cvp.models import Question


@dataclass(frozen=True)
class Option:
    """One answer to choose: `key` is both the key to press and the posted value."""

    key: str
    word: str
    is_alarm: bool
    is_chosen: bool


@dataclass(frozen=True)
class QuestionField:
    """One question as the page shows it; `options` is empty for answers in words."""

    question: Question
    name: str
    options: list[Option]
    value: str
    error: str


def field_name(question_id, prefix="") -> str:
    return f"{prefix}q{question_id}"


def question_fields(version, *, prefix="", values=None, errors=None) -> list[QuestionField]:
    """The version's questions in order. `values` {question id: raw}, `errors` {"q<id>": text or list of texts}."""
    values, errors = values or {}, errors or {}
    fields = []
    for question in version.questions.all():
        value, error = values.get(question.pk, ""), errors.get(f"q{question.pk}", "")
        limit = question.alarm_at
        options = [
            Option(key, word, limit is not None and number <= limit, key == value)
            for key, number, word in question.options
        ]
        error = error if isinstance(error, str) else " ".join(error)
        fields.append(QuestionField(question, field_name(question.pk, prefix), options, value, error))
    return fields


def parse_answers(version, data, *, prefix="") -> dict[int, str]:
    """{question id: raw} of what was answered, from a posted form (a QueryDict or a plain dict); blanks are left out."""
    answers = {}
    for question in version.questions.all():
        raw = (data.get(field_name(question.pk, prefix)) or "").strip()
        if raw:
            answers[question.pk] = raw
    return answers
