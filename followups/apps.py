import logging

from django.apps import AppConfig
from django.db import DatabaseError, transaction
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)


class FollowupsConfig(AppConfig):
    name = "followups"
    verbose_name = _("Follow-up calls")

    def ready(self):
        post_migrate.connect(_complete_stores, sender=self, dispatch_uid="followups.complete_stores")


def _complete_stores(plan=(), **kwargs):
    """Stores from before a rule was shipped get its dials, script and questionnaire. Idempotent; what is there stays as it is."""
    from accounts.models import Store
    from cvp.defaults import seed_store as seed_questionnaires
    from followups.defaults import seed_store

    if any(is_backwards for _migration, is_backwards in plan):
        return
    try:
        with transaction.atomic():
            for store in Store.objects.order_by("pk"):
                seed_questionnaires(store)
                seed_store(store)
    except DatabaseError:  # migrated to a state in between: the next whole migration comes here again
        logger.info("the stores were not completed", exc_info=True)
