"""The banner on every page of a manager while scheduled work is late: asked by each page, so the checks are asked now and then only."""

from django.core.cache import cache
from django.utils import timezone

from accounts.models import Store
from common.health import BAD, Look
from office.watch.checks import all_checks, ask

FRESH_SECONDS = 20
PERMISSION = "office.view_health"


def alarms_for(user) -> list[dict]:
    """[{"text": a sentence in the reader's language, "store": name or ""}] of what is late, for those who may see it."""
    if not user.is_authenticated or not user.has_perm(PERMISSION):
        return []
    words = {check.code: check.alarm for check in all_checks() if check.alarm}
    rows = cache.get_or_set(alarms_key(user), lambda: _look(user), FRESH_SECONDS)
    return [
        {"text": words[row["code"]], "store": row["store"], "since": row["since"]}
        for row in rows
        if row["code"] in words
    ]


def alarms_key(user) -> str:
    return f"alarms-{user.role}-{user.store_id}"


def _look(user):
    stores = tuple(Store.objects.visible_to(user).active())
    look = Look(timezone.now(), stores)
    return [
        {
            "code": answer.check.code,
            "store": finding.store.name if finding.store and len(stores) > 1 else "",
            "since": finding.since,
        }
        for answer in ask(look, [check for check in all_checks() if check.alarm])
        for finding in answer.findings
        if finding.tone == BAD
    ]
