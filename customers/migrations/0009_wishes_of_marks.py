"""Every do-not-call mark of today becomes a wish, from which the mark follows from now on."""

from django.db import migrations

LOT = 1000


def make_wishes(apps, _editor):
    customer, wish = apps.get_model("customers", "Customer"), apps.get_model("customers", "DoNotContact")
    marked = customer.objects.filter(do_not_call=True).order_by("pk")
    rows = [
        wish(
            store_id=store, customer_id=pk, channel="phone_out", reason=reason, source="system", changed_at=changed_at
        )
        for pk, store, reason, changed_at in marked.values_list("pk", "store_id", "do_not_call_reason", "changed_at")
    ]
    wish.objects.bulk_create(rows, batch_size=LOT)


def drop_wishes(apps, _editor):
    """The marks stand as they are; only the rows made above are taken away."""
    wish = apps.get_model("customers", "DoNotContact")
    wish.objects.filter(source="system", by=None, channel="phone_out", topic="", vehicle=None, is_void=False).delete()


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_rules_in_full")]
    operations = [migrations.RunPython(make_wishes, drop_wishes)]
