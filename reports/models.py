"""No table: only the rights to read the figures and the daily callback report."""

from django.db import models


class Figures(models.Model):
    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("view_figures", "Can read the figures of the store"),
            ("view_callback_report", "Can read, print and export the daily callback report"),
            ("view_own_callbacks", "Can read and print the daily callback report of her own calls"),
        ]

    def __str__(self):
        return "figures"
