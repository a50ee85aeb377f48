from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CvpConfig(AppConfig):
    name = "cvp"
    verbose_name = _("Surveys")
