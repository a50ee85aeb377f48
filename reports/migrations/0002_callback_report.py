from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(
            name="figures",
            options={
                "default_permissions": (),
                "managed": False,
                "permissions": [
                    ("view_figures", "Can read the figures of the store"),
                    ("view_callback_report", "Can read, print and export the daily callback report"),
                ],
            },
        ),
    ]
