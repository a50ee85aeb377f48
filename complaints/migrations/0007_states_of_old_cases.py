"""Cases from before the clocks: who was asked again has confirmed, and the one deadline they have is that of their solution."""

import datetime as dt

from django.db import migrations
from django.db.models import F

THREE_DAYS = dt.timedelta(days=3)
IN_WORK = ("received", "handling")


def fill(apps, schema_editor):
    cases = apps.get_model("complaints", "Complaint").objects
    cases.filter(state="solved", recontacted_at__isnull=False).update(
        state="confirmed", next_due_at=F("recontacted_at")
    )
    cases.filter(state__in=IN_WORK).update(
        next_step="solution", next_due_at=F("deadline_at"), clock_from=F("opened_at")
    )
    asked = F("solved_at") + THREE_DAYS
    cases.filter(state="solved", solved_at__isnull=False).update(
        next_step="recontact", next_due_at=asked, recontact_due_at=asked, clock_from=F("opened_at")
    )


def clear(apps, schema_editor):
    cases = apps.get_model("complaints", "Complaint").objects
    cases.filter(state="confirmed").update(state="solved")
    cases.filter(state__in=("waiting", "appealed")).update(
        state="handling", waits_for="", waits_until=None, waits_since=None
    )
    cases.filter(state__in=("rejected", "forced")).update(state="closed")


class Migration(migrations.Migration):
    dependencies = [("complaints", "0006_clocks")]

    operations = [migrations.RunPython(fill, clear)]
