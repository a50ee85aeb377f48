"""Questionnaires and responses for tests, made by the services that make the real ones."""

from cvp.services import current_version, record_response


def answers_of(version, **raw) -> dict[int, str]:
    """{question id: raw} from question codes: answers_of(version, overall="1", fixed="2")."""
    ids = dict(version.questions.values_list("code", "id"))
    return {ids[code]: value for code, value in raw.items()}


def make_response(customer, *, by, now, code="service_3dc", vehicle=None, **raw):
    version = current_version(customer.store, code)
    answers = answers_of(version, **(raw or {"overall": "1"}))
    return record_response(version, customer=customer, by=by, now=now, answers=answers, vehicle=vehicle)
