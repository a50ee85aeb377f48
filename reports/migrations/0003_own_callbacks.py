from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_callback_report")]

    operations = [
        migrations.AlterModelOptions(
            name="figures",
            options={
                "default_permissions": (),
                "managed": False,
                "permissions": [
                    ("view_figures", "Can read the figures of the store"),
                    ("view_callback_report", "Can read, print and export the daily callback report"),
                    ("view_own_callbacks", "Can read and print the daily callback report of her own calls"),
                ],
            },
        ),
    ]
