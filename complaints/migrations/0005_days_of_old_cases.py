"""Days of the store for cases solved or closed before these columns were there."""

import zoneinfo

from django.db import migrations

LOT = 2000


def fill(apps, schema_editor):
    Complaint = apps.get_model("complaints", "Complaint")
    zones = dict(apps.get_model("accounts", "Store").objects.values_list("pk", "time_zone"))
    lot = []
    for case in Complaint.objects.filter(solved_on=None, closed_on=None).exclude(solved_at=None, closed_at=None).iterator(LOT):
        zone = zoneinfo.ZoneInfo(zones[case.store_id])
        case.solved_on = case.solved_at and case.solved_at.astimezone(zone).date()
        case.closed_on = case.closed_at and case.closed_at.astimezone(zone).date()
        case.solved_round = 1 if case.solved_at else 0
        lot.append(case)
        if len(lot) == LOT:
            _write(Complaint, lot)
            lot = []
    _write(Complaint, lot)


def _write(Complaint, lot):
    Complaint.objects.bulk_update(lot, ["solved_on", "closed_on", "solved_round"], batch_size=200)


def clear(apps, schema_editor):
    apps.get_model("complaints", "Complaint").objects.update(solved_on=None, closed_on=None, solved_round=0)


class Migration(migrations.Migration):
    dependencies = [("complaints", "0004_rules_in_full"), ("accounts", "0002_calendar")]

    operations = [migrations.RunPython(fill, clear)]
