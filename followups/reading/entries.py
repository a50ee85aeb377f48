"""What has been typed at the desk: one shape for a draft, a refused save and a fresh card."""

import json
import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError

NOT_TYPED = ("csrfmiddlewaretoken", "token")
# Fields that are empty until a person fills them; the others have values of their own.
TYPED = re.compile(r"^(level|note|promise_at|mark|fix-.+|topic\d+-(q\d+|note|summary|waiver))$")
FIELD_OF = {"number": "phone", "topics": "outcome"}


class Entries:
    """{form field name: [values]} with the errors that a save brought back; reading a name that is not there gives ""."""

    def __init__(self, data: Mapping[str, list[str]] | None = None, errors: Mapping[str, list[str]] | None = None):
        self.data = dict(data or {})
        self.errors = dict(errors or {})

    @classmethod
    def posted(cls, post) -> "Entries":
        """What a request's POST carries."""
        return cls({name: values for name, values in post.lists() if name not in NOT_TYPED})

    def without(self, *names) -> "Entries":
        """The same with some fields forgotten on purpose."""
        return Entries({name: values for name, values in self.data.items() if name not in names}, self.errors)

    def choosing(self, **values) -> "Entries":
        """The same with some fields set."""
        return Entries(self.data | {name: [str(value)] for name, value in values.items()}, self.errors)

    def with_errors(self, errors: Mapping[str, list[str]]) -> "Entries":
        return Entries(self.data, {name: [str(error) for error in found] for name, found in errors.items()})

    def with_faults(self, fault: ValidationError) -> "Entries":
        """The errors of services.visits at the fields of the desk: the agreed time is asked once for all topics, and so is the note where they share the result."""
        errors = {}
        for name, messages in fault.message_dict.items():
            field = "promise_at" if name.endswith("-promise_at") else FIELD_OF.get(name, name)
            if name.endswith("-note") and not self.value(name.removesuffix("note") + "outcome"):
                field = "note"  # the result below asks for it, not one of the topic's own
            known = errors.setdefault(field, [])
            known += [message for message in messages if message not in known]
        return Entries(self.data, errors)

    def __bool__(self):
        return any(value for values in self.data.values() for value in values)

    def value(self, name: str) -> str:
        values = self.data.get(name) or [""]
        return str(values[-1])

    def number(self, name: str) -> int | None:
        value = self.value(name)
        return int(value) if value.isascii() and value.isdigit() else None

    def numbers(self, name: str) -> set[int]:
        """Of a field with several values."""
        values = map(str, self.data.get(name, ()))
        return {int(value) for value in values if value.isascii() and value.isdigit()}

    def error(self, name: str) -> str:
        return " ".join(str(message) for message in self.errors.get(name, ()))

    @property
    def of_the_form(self) -> dict[str, list[str]]:
        """Without what was typed in the dialog of situations: a draft has no dialog."""
        return {name: values for name, values in self.data.items() if not name.startswith("situation-")}

    @property
    def typed(self) -> dict[str, str]:
        """{name: value} for templates."""
        return {name: self.value(name) for name in self.data}

    @property
    def messages(self) -> dict[str, str]:
        """{name: error} for templates."""
        return {name: self.error(name) for name in self.errors}

    @property
    def new_number(self) -> str:
        """Of the field for a further number, whose name no template can spell."""
        return self.value("fix-new")

    @property
    def new_number_error(self) -> str:
        return self.error("fix-new")

    @property
    def is_worth_keeping(self) -> bool:
        """Somebody typed or chose something (beyond what stands there by itself), and it is no flood: a desk has short fields."""
        is_typed = any(self.value(name) for name in self.data if TYPED.search(name))
        return is_typed and len(json.dumps(self.data)) <= 64_000
