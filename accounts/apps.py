from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Stores and people")

    def ready(self):
        from accounts.services import seed_roles

        # Without a sender: permissions of the later apps exist only after their own post_migrate. Idempotent.
        post_migrate.connect(
            lambda using="default", **kwargs: seed_roles(using=using), weak=False, dispatch_uid="accounts.seed_roles"
        )
