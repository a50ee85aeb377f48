"""No table: only the right to read the figures."""

from django.db import models


class Figures(models.Model):
    class Meta:
        managed = False
        default_permissions = ()
        permissions = [("view_figures", "Can read the figures of the store")]

    def __str__(self):
        return "figures"
