from django.utils import timezone

from tests.doors import Door
from tests.factories.customers import make_customer
from tests.factories.cvp import make_response


def customer(store):
    return {"customer_id": make_customer(store, name="王雅丽").pk}


def response(store):
    return {"pk": make_response(make_customer(store, name="王雅丽"), by=None, now=timezone.now()).pk}


DOORS = [
    Door("cvp:response", "cvp.view_response", row="response"),
    Door("cvp:customer_panel", "cvp.view_response", row="customer"),
]
