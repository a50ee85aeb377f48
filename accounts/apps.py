from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

FIRST_YEAR = 2024  # of the public holidays entered by themselves; earlier ones move no call any more


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Stores and people")

    def ready(self):
        from accounts.calendar import seed_calendar
        from accounts.services import seed_roles

        # Without a sender: permissions of the later apps exist only after their own post_migrate. Idempotent.
        post_migrate.connect(
            lambda using="default", **kwargs: seed_roles(using=using), weak=False, dispatch_uid="accounts.seed_roles"
        )
        # So a fresh installation has the calendar, and an old one what a newer package knows.
        post_migrate.connect(
            lambda using="default", **kwargs: (
                settings.CALENDAR_SHIPPED and seed_calendar(first_year=FIRST_YEAR, using=using)
            ),
            sender=self,
            weak=False,
            dispatch_uid="accounts.seed_calendar",
        )
