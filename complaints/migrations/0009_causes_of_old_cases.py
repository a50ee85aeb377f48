"""Each store gets the shipped tree; its first level has the codes of the old categories, so every case and every history line finds
its cause. Going back a case gets the first level of its cause, or "other" where the store made that itself.
"""

from django.db import migrations

from complaints.defaults import seed_causes

CATEGORIES = (
    "attitude", "environment", "repair_quality", "product_quality", "repair_time", "parts", "price", "waiting", "delivery", "other",
)  # fmt: skip
LOT = 2000


def forwards(apps, schema_editor):
    Store, Cause, Complaint = (apps.get_model(*name) for name in (("accounts", "Store"), ("complaints", "Cause"), ("complaints", "Complaint")))
    for store in Store.objects.all():
        seed_causes(store, model=Cause)
        ids = dict(Cause.objects.filter(store_id=store.pk).values_list("code", "pk"))
        mine = Complaint.objects.filter(store_id=store.pk)
        for code in CATEGORIES:
            mine.filter(category=code).update(cause_id=ids[code])
        mine.filter(cause=None).update(cause_id=ids["other"])
        _rewrite(apps, store, "category", "cause_id", lambda code: ids.get(code))


def backwards(apps, schema_editor):
    Store, Cause, Complaint = (apps.get_model(*name) for name in (("accounts", "Store"), ("complaints", "Cause"), ("complaints", "Complaint")))
    for store in Store.objects.all():
        roots = {}
        for cause in Cause.objects.filter(store_id=store.pk):
            root = cause.lineage.partition("/")[0]
            roots[cause.pk] = root if root in CATEGORIES else "other"
            Complaint.objects.filter(cause_id=cause.pk).update(category=roots[cause.pk])
        _rewrite(apps, store, "cause_id", "category", roots.get)
    Complaint.objects.update(cause=None)
    Cause.objects.filter(depth=3).delete()
    Cause.objects.filter(depth=2).delete()
    Cause.objects.all().delete()


def _rewrite(apps, store, old, new, meaning):
    """History lines about the field, lot by lot."""
    Change = apps.get_model("audit", "Change")
    lot = []
    for line in Change.objects.filter(store_id=store.pk, model="complaints.complaint", changes__has_key=old).iterator(LOT):
        line.changes[new] = [meaning(value) for value in line.changes.pop(old)]
        lot.append(line)
        if len(lot) == LOT:
            Change.objects.bulk_update(lot, ["changes"], batch_size=200)
            lot = []
    Change.objects.bulk_update(lot, ["changes"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("complaints", "0008_causes"), ("audit", "0002_what_people_did")]

    operations = [migrations.RunPython(forwards, backwards)]
