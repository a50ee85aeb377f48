"""Who is told, how often, and when a matter is over."""

import pytest

from accounts.choices import Role
from accounts.services import create_account, deactivate_account, update_store
from office import services
from office.choices import Severity
from office.models import Notice
from tests.conftest import PASSWORD
from tests.factories.office import notice_to

pytestmark = pytest.mark.django_db


def tell(store, key="matter", **fields):
    told = {"permission": "dms.add_batch", "code": "import_silence", "params": {"days": 31}} | fields
    return services.notify(store=store, key=key, **told)


def readers():
    return sorted(Notice.objects.values_list("user__username", flat=True))


def test_those_of_the_store_who_hold_the_permission_are_told(pudong, zhou, qian, li, zhao, xuhui):
    create_account(username="sun", full_name="孙岚", role=Role.MANAGER, store=xuhui, password=PASSWORD)
    assert tell(pudong) == 2
    assert readers() == ["qian", "zhou"]


def test_who_left_is_not_told(pudong, zhou, qian):
    deactivate_account(zhou, by=qian)
    assert tell(pudong) == 1
    assert readers() == ["qian"]


def test_people_of_a_closed_store_are_not_told(pudong, xuhui, zhou, qian):
    update_store(xuhui, {"is_active": False}, by=qian)
    create_account(username="sun", full_name="孙岚", role=Role.MANAGER, store=xuhui, password=PASSWORD)
    assert tell(None) == 2
    assert readers() == ["qian", "zhou"]


def test_a_matter_of_the_house_goes_to_all_stores(pudong, xuhui, zhou):
    create_account(username="sun", full_name="孙岚", role=Role.MANAGER, store=xuhui, password=PASSWORD)
    assert tell(None) == 2


def test_a_matter_is_told_once(pudong, zhou, qian):
    assert tell(pudong) == 2
    services.mark_read(Notice.objects.get(user=zhou))
    assert tell(pudong, params={"days": 40}) == 0
    assert Notice.objects.count() == 2
    assert Notice.objects.get(user=zhou).read_at is not None


def test_a_newcomer_is_told_what_the_others_know(pudong, zhou, qian):
    tell(pudong)
    create_account(username="wu", full_name="吴越", role=Role.MANAGER, store=pudong, password=PASSWORD)
    assert tell(pudong) == 1
    assert readers() == ["qian", "wu", "zhou"]


def test_a_settled_matter_presses_nobody_and_may_come_again(pudong, zhou):
    tell(pudong)
    assert services.resolve(store=pudong, code="import_silence") == 1
    notice = Notice.objects.get()
    assert (notice.is_unread, notice.read_at, notice.resolved_at is None) == (False, None, False)
    assert tell(pudong, params={"days": 60}, severity=Severity.URGENT) == 1
    notice.refresh_from_db()
    assert (notice.is_unread, notice.resolved_at, notice.params, notice.severity) == (
        True,
        None,
        {"days": 60},
        "urgent",
    )


def test_only_the_named_matter_is_settled(pudong, xuhui, zhou):
    sun = create_account(username="sun", full_name="孙岚", role=Role.MANAGER, store=xuhui, password=PASSWORD)
    tell(pudong, "one")
    tell(pudong, "two")
    tell(xuhui, "one")
    services.resolve(store=pudong, code="import_silence", key="one")
    assert set(Notice.objects.unread().values_list("user__username", "key")) == {("zhou", "two"), ("sun", "one")}
    assert sun.notices.unresolved().count() == 1


def test_reading_all_reads_ones_own(zhou, qian):
    notice_to(zhou)
    notice_to(zhou)
    notice_to(qian)
    assert services.mark_all_read(zhou) == 2
    assert readers() == ["qian", "zhou", "zhou"]
    assert list(Notice.objects.unread().values_list("user__username", flat=True)) == ["qian"]


def test_an_unknown_code_is_shown_as_it_is_and_a_lost_page_leads_nowhere(zhou):
    notice = notice_to(zhou, code="of_old", url_name="gone:page", url_args=[1])
    assert (notice.text, notice.url) == ("of_old", "")
