"""Stores that are there already get the dials of learning."""

from django.db import migrations


def forwards(apps, schema_editor):
    LessonDial = apps.get_model("complaints", "LessonDial")
    for store in apps.get_model("accounts", "Store").objects.all():
        LessonDial.objects.get_or_create(store_id=store.pk)


class Migration(migrations.Migration):
    dependencies = [("complaints", "0011_lessons")]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
