"""The scripts of a store for those who write them: the list by area, and the versions of one with what each changed and did."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.functional import Promise as LazyText

from common.paging import keyset_page
from followups.choices import CloseReason, Effect, ItemState, Level
from followups.models import CallOutcome, DueItem, Script
from followups.reading.dials import AREAS, OTHER_AREA
from followups.reading.text_diff import Line, text_diff
from followups.rules import RULES, Rule
from followups.services.scripts import has_calls, has_messages, shipped_texts, texts_of

RECENT_DAYS = 30
PAGE = 10
ENOUGH = 30  # of so many talks a share may be told
REFUSALS = (Effect.DECLINED, Effect.NO_TOPIC, Effect.DO_NOT_CALL)


@dataclass(frozen=True)
class Talks:
    """What came of the topics that were spoken about with one version on the screen."""

    spoken: int = 0
    effective: int = 0
    refused: int = 0

    @property
    def share(self) -> int | None:
        """Effective ones in a hundred; None where they are too few to say."""
        return round(100 * self.effective / self.spoken) if self.spoken >= ENOUGH else None


@dataclass(frozen=True)
class ScriptRow:
    """One rule's script. `recent`: topics spoken about (or messages sent) within RECENT_DAYS, whatever the version; `talks` with this one."""

    rule: Rule
    script: Script | None
    is_shipped: bool
    is_call: bool
    is_message: bool
    recent: int
    sent: int
    talks: Talks


def script_areas(store, now: dt.datetime) -> list[tuple[LazyText, list[ScriptRow]]]:
    """(area, its scripts), in the order of the areas. Four queries."""
    scripts = Script.objects.filter(store=store, is_current=True).select_related("by", "version__questionnaire")
    scripts = {script.rule: script for script in scripts}
    talks = talks_of([script.pk for script in scripts.values()])
    spoken, sent = _recent(store, now - dt.timedelta(days=RECENT_DAYS))
    found: dict[LazyText, list[ScriptRow]] = {}
    for rule in RULES:
        script = scripts.get(rule.code)
        area = AREAS.get(rule.fact._meta.label, OTHER_AREA)
        row = ScriptRow(
            rule,
            script,
            script is not None and texts_of(script) == shipped_texts(rule.code),
            has_calls(rule),
            has_messages(rule),
            spoken.get(rule.code, 0),
            sent.get(rule.code, 0),
            talks.get(script.pk, Talks()) if script else Talks(),
        )
        found.setdefault(area, []).append(row)
    return [(area, found[area]) for area in [*AREAS.values(), OTHER_AREA] if area in found]


def talks_of(script_ids) -> dict[int, Talks]:
    """{script id: what came of it}, of calls that stand. One query."""
    rows = CallOutcome.objects.filter(script__in=script_ids, call__undone_at__isnull=True).values("script_id")
    rows = rows.annotate(
        spoken=Count("pk"),
        effective=Count("pk", filter=Q(is_effective=True)),
        refused=Count("pk", filter=Q(outcome__effect__in=REFUSALS)),
    )
    return {row["script_id"]: Talks(row["spoken"], row["effective"], row["refused"]) for row in rows}


def _recent(store, since) -> tuple[dict[str, int], dict[str, int]]:
    """({rule: topics spoken about}, {rule: messages sent}) since a moment."""
    spoken = CallOutcome.objects.filter(
        call__store=store, call__at__gte=since, call__level=Level.REACHED, call__undone_at__isnull=True
    )
    sent = DueItem.objects.filter(
        store=store, state=ItemState.DONE, reason=CloseReason.SENT, closed_at__gte=since
    ).order_by()
    return (
        dict(spoken.values_list("item__rule").annotate(Count("pk"))),
        dict(sent.values_list("rule").annotate(Count("pk"))),
    )


# --- Versions -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class VersionRow:
    """`zh`, `en`: what it changed in the version before it; the first version has none before."""

    script: Script
    talks: Talks
    zh: list[Line]
    en: list[Line]
    is_first: bool


def script_versions(store, rule: str, after: str = "") -> tuple[list[VersionRow], str]:
    """(versions, newest first, and the token of the next page). Three queries."""
    page = keyset_page(
        Script.objects.filter(store=store, rule=rule).select_related("by"), ("-number",), after=after, size=PAGE
    )
    scripts = page.rows
    before = Script.objects.filter(store=store, rule=rule, number__lt=scripts[-1].number) if scripts else None
    last = before.order_by("-number").first() if before is not None else None
    talks = talks_of([script.pk for script in scripts])
    rows = []
    for script, former in zip(scripts, [*scripts[1:], last], strict=True) if scripts else ():
        zh, en = changes_between(former, script) if former else ([], [])
        rows.append(VersionRow(script, talks.get(script.pk, Talks()), zh, en, former is None))
    return rows, page.next


def changes_between(old: Script, new: Script) -> tuple[list[Line], list[Line]]:
    """What differs in Chinese and in English."""
    return text_diff(old.body_zh, new.body_zh), text_diff(old.body_en, new.body_en)
