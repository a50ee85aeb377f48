"""Row scoping: the one word every door uses."""

from django.db import models


class StoreScopedQuerySet(models.QuerySet):
    """Rows that belong to one store by their `store` column."""

    def visible_to(self, user):
        """The rows of the user's own store; nothing for strangers and for people without a store."""
        if not user.is_authenticated or user.store_id is None:
            return self.none()
        return self.filter(store_id=user.store_id)
