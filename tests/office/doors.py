from accounts.choices import Role
from accounts.models import User
from accounts.services import create_account
from office.models import Notice
from tests.doors import Door
from tests.factories.office import notice_to


def a_notice(store):
    """To the visitor where one of this store is at the door, else to somebody there."""
    person = User.objects.filter(store=store).order_by("-pk").first() or create_account(
        username="reader", full_name="某人", role=Role.SPECIALIST, store=store, password="Some-body-1"
    )
    notice_to(person)
    return {"pk": Notice.objects.latest("pk").pk}


DOORS = [
    Door("house:healthz", None, public=True),
    Door("house:health", "office.view_health"),
    Door("office:notices", None),
    Door("office:badge", None),
    Door("office:away", None),
    Door("office:read_all", None, method="post", ok=302),
    Door("office:open", None, method="post", row="a_notice", ok=302),
    Door("office:read", None, method="post", row="a_notice", ok=302),
]
