"""What an alarming answer is about, by code of the cause tree: its first level has the codes of the old categories."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cvp", "0001_initial")]

    operations = [
        migrations.RenameField(model_name="question", old_name="complaint_category", new_name="cause_code"),
        migrations.AlterField(model_name="question", name="cause_code", field=models.CharField(blank=True, max_length=40)),
    ]
