"""What no list tells is stored as it would be by a form: a default of the database is no text of its own."""

import pytest

from customers.models import Customer, Policy, Vehicle
from tests.dms.exports import OWNERS, bring_in, owner

pytestmark = pytest.mark.django_db


def test_columns_that_no_list_tells_are_empty(pudong):
    bring_in(pudong, [*OWNERS, "商业险到期日期"], [*owner(1), "2026-12-01"])
    assert (Vehicle.objects.get().gone_why, Vehicle.objects.get().gone_on) == ("", None)
    assert (Policy.objects.get().renewal_group, Policy.objects.get().renewal_on) == ("", None)
    assert Customer.objects.values_list("birthday_is_lunar", "unreachable_round").get() == (False, 0)
