"""Writing scripts: what is saved is a new version; a version that was read aloud never changes.

The questionnaire that is asked with a script goes over to each new version: texts are written here, questions are not.
"""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Store
from audit.choices import Source
from audit.services import record_change
from followups.defaults.scripts import SCRIPTS
from followups.models import Script
from followups.placeholders import known_for
from followups.rules import BY_CODE, Rule
from followups.script_check import Fault, faults_of

LANGUAGES = ("zh", "en")
NOTE_LENGTH = 200


class ScriptMoved(Exception):  # noqa: N818
    """Somebody saved another version while this one was being written; `script` is the one that holds now."""

    def __init__(self, script):
        self.script = script
        super().__init__(f"{script} holds now")


def has_calls(rule: Rule) -> bool:
    return rule.is_planned or any(not step.is_message for step in rule.steps)


def has_messages(rule: Rule) -> bool:
    return rule.by_hand or any(step.is_message for step in rule.steps)


def check_text(rule: Rule, body: str, language: str) -> list[Fault]:
    """What is wrong with this text of the rule, errors and hints."""
    ways = {"has_message": has_messages(rule), "has_call": has_calls(rule)}
    return faults_of(body, known=known_for(rule), language=language, **ways)


def shipped_texts(rule: str) -> dict[str, str]:
    """{language: text} as the software ships it; {} for a rule without."""
    return next(({"zh": s.zh.strip(), "en": s.en.strip()} for s in SCRIPTS if s.rule == rule), {})


def current_script(store, rule: str) -> Script | None:
    return Script.objects.filter(store=store, rule=rule, is_current=True).select_related("version", "by").first()


@transaction.atomic
def save_script(store, rule: str, texts: dict[str, str], *, base: int | None, by, now, note="", restores=None):
    """Make these texts ({"zh": …, "en": …}) the rule's script; gives the new Script, or None where nothing differs.

    `base` is the number of the version that was being changed (None: whatever holds now). Raises ScriptMoved where another one
    holds by now, ValidationError at `body_zh` and `body_en`.
    """
    texts = {language: _tidy(texts[language]) for language in LANGUAGES}
    _check(rule, texts)
    Store.objects.select_for_update(no_key=True).get(pk=store.pk)
    held = current_script(store, rule)
    if held is not None and base is not None and base != held.number:
        raise ScriptMoved(held)
    if held is not None and texts == texts_of(held):
        return None
    last = Script.objects.filter(store=store, rule=rule).aggregate(last=Max("number"))["last"] or 0
    Script.objects.filter(store=store, rule=rule, is_current=True).update(is_current=False)
    script = Script.objects.create(
        store=store,
        rule=rule,
        number=last + 1,
        body_zh=texts["zh"],
        body_en=texts["en"],
        version_id=held.version_id if held else None,
        at=now,
        by=by,
        note=note[:NOTE_LENGTH],
        restores=restores,
    )
    changes = {"number": (held.number if held else None, script.number)}
    record_change(script, changes, by=by, source=Source.FORM, at=now, params={"rule": rule, "restores": restores})
    return script


def use_again(script: Script, *, by, now) -> Script | None:
    """The text of an earlier version holds again, as a new one; None where it does already. Raises ValidationError."""
    values = {"base": None, "restores": script.number, "by": by, "now": now}
    return save_script(script.store, script.rule, texts_of(script), **values)


def reset_script(store, rule: str, *, by, now) -> Script | None:
    """The shipped text holds again, as a new version; None where it does already."""
    return save_script(store, rule, shipped_texts(rule), base=None, by=by, now=now, restores=0)


def texts_of(script: Script) -> dict[str, str]:
    return {"zh": script.body_zh, "en": script.body_en}


def _tidy(text: str) -> str:
    """As browsers send it, so that the same text is the same."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()


def _check(rule, texts):
    faults = {}
    for language, text in texts.items():
        errors = [fault for fault in check_text(BY_CODE[rule], text, language) if fault.is_error]
        if errors:
            faults[f"body_{language}"] = [
                _("Line %(line)s: %(fault)s") % {"line": fault.line, "fault": fault.text} for fault in errors
            ]
    if faults:
        raise ValidationError(faults)
