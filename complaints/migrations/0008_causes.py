"""The cause tree; a case gets its cause in the next step, and loses its category in the one after."""

import django.db.models.deletion
from django.db import migrations, models

DEPARTMENTS = [
    ("sales", "Sales"), ("service", "After-sales service"), ("parts", "Parts"), ("dcrc", "DCRC"), ("other", "Other"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_absence"), ("complaints", "0007_states_of_old_cases")]

    operations = [
        migrations.CreateModel(
            name="Cause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, verbose_name="Code")),
                ("name_zh", models.CharField(max_length=30, verbose_name="Chinese name")),
                ("name_en", models.CharField(max_length=50, verbose_name="English name")),
                ("department", models.CharField(blank=True, choices=DEPARTMENTS, max_length=10, verbose_name="Usual department")),
                ("order", models.PositiveSmallIntegerField(default=0)),
                ("retired_at", models.DateTimeField(editable=False, null=True, verbose_name="Retired at")),
                ("place", models.PositiveIntegerField(default=0, editable=False)),
                ("depth", models.PositiveSmallIntegerField(default=1, editable=False)),
                ("lineage", models.CharField(editable=False, max_length=130)),
                ("path_zh", models.CharField(editable=False, max_length=100)),
                ("path_en", models.CharField(editable=False, max_length=160)),
                ("parent", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="children", to="complaints.cause", verbose_name="Belongs to")),
                ("store", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.store", verbose_name="Store")),
            ],
            options={
                "verbose_name": "Cause",
                "verbose_name_plural": "Causes",
                "ordering": ["place", "id"],
                "permissions": [("manage_causes", "Can change the cause tree")],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("store", "code"), name="cause_code_in_store"),
                    models.CheckConstraint(condition=models.Q(("depth__range", (1, 3))), name="cause_depth"),
                ],
            },
        ),
        # With a default, so that going back finds one for the rows that are there.
        migrations.AlterField(
            model_name="complaint",
            name="category",
            field=models.CharField(default="other", max_length=20, verbose_name="Category"),
        ),
        migrations.AddField(
            model_name="complaint",
            name="cause",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="complaints", to="complaints.cause", verbose_name="Cause"),
        ),
    ]
