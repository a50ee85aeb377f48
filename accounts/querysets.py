"""Row scoping: the one word every door uses; and what a form may offer."""

from django.db import models
from django.db.models import Q

from accounts.choices import Role


class StoreScopedQuerySet(models.QuerySet):
    """Rows that belong to one store by their `store` column."""

    def visible_to(self, user):
        """The rows of the user's own store; nothing for strangers and for people without a store."""
        if not user.is_authenticated or user.store_id is None:
            return self.none()
        return self.filter(store_id=user.store_id)


class StoreQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Administrators see all stores, everybody else their own."""
        if not user.is_authenticated:
            return self.none()
        return self if user.role == Role.ADMINISTRATOR else self.filter(pk=user.store_id)

    def active(self):
        return self.filter(is_active=True)

    def active_or(self, current):
        """Active ones, and `current` (a store or None) even where it is closed: what a form may offer."""
        return self.filter(Q(is_active=True) | Q(pk=getattr(current, "pk", None)))


class TeamQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Administrators see all teams, everybody else those of the own store."""
        if not user.is_authenticated:
            return self.none()
        return self if user.role == Role.ADMINISTRATOR else self.filter(store_id=user.store_id)

    def active_or(self, current):
        """Active ones, and `current` (a team or None): what a form may offer."""
        return self.filter(Q(is_active=True) | Q(pk=getattr(current, "pk", None)))


class PersonQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Administrators see everybody, who may see people those of the own store, others only themselves."""
        if not user.is_authenticated:
            return self.none()
        if user.role == Role.ADMINISTRATOR:
            return self
        if user.has_perm("accounts.view_user"):
            return self.filter(store_id=user.store_id)
        return self.filter(pk=user.pk)

    def matching(self, text):
        """People whose name, user name or phone contains `text`; an empty text finds all."""
        if not text:
            return self
        return self.filter(Q(full_name__icontains=text) | Q(username__icontains=text) | Q(phone__icontains=text))


class AbsenceQuerySet(StoreScopedQuerySet):
    def alive(self):
        return self.filter(is_void=False)

    def overlapping(self, first_on, last_on):
        """Those that hold on a day from `first_on` to `last_on` (None: for ever)."""
        found = self.alive().filter(Q(last_on__isnull=True) | Q(last_on__gte=first_on))
        return found if last_on is None else found.filter(first_on__lte=last_on)

    def on(self, day):
        return self.overlapping(day, day)
