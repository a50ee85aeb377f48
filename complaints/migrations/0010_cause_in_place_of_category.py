import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0009_causes_of_old_cases")]

    operations = [
        migrations.AlterField(
            model_name="complaint",
            name="cause",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="complaints", to="complaints.cause", verbose_name="Cause"),
        ),
        migrations.RemoveField(model_name="complaint", name="category"),
    ]
