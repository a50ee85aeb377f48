"""Who may log in, and stay in: asked at the login and again at every click."""

from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class PeopleBackend(ModelBackend):
    """Active people of active stores. Fetches the store along, since every page shows it."""

    def user_can_authenticate(self, user):
        return super().user_can_authenticate(user) and (user.store is None or user.store.is_active)

    def get_user(self, user_id):
        user = User.objects.select_related("store").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
