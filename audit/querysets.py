"""Reading words of the audit tables."""

from django.db import models


class StampedQuerySet(models.QuerySet):
    """Rows about a record, seen from the store, the customer or the record."""

    def visible_to(self, user):
        """The lines of the user's own store; nothing for strangers and for people without a store."""
        if not user.is_authenticated or user.store_id is None:
            return self.none()
        return self.filter(store_id=user.store_id)

    def of_customer(self, customer_id):
        """Everything that belongs to this customer's file: the customer, her phones, her cars."""
        return self.filter(customer_id=customer_id)

    def of_customers(self, customer_ids):
        """The same of files that have become one."""
        return self.filter(customer_id__in=customer_ids)

    def of_record(self, record):
        return self.filter(model=record._meta.label_lower, object_id=record.pk)

    def newest_first(self):
        return self.order_by("-at", "-id")
