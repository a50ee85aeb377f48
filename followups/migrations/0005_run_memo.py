from django.db import migrations, models


def forget_runs(apps, schema_editor):
    """The memo has another shape; without finished runs the next one starts from live_on and finds everything made."""
    apps.get_model("followups", "GenerationRun").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("followups", "0004_open_items_by_rule")]

    operations = [
        migrations.RenameField("generationrun", "tail", "memo"),
        migrations.RunPython(forget_runs, migrations.RunPython.noop),
        migrations.AddIndex(
            "dueitem",
            models.Index(
                fields=["store", "rule", "expires_on"],
                name="dueitem_shut_by_run",
                condition=models.Q(state__in=["obsolete", "declined"], closed_by__isnull=True),
            ),
        ),
    ]
