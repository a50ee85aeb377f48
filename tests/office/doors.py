from django.utils import timezone

from accounts.choices import Role
from accounts.models import User
from accounts.services import create_account
from office import jobs
from office.models import Job, Notice
from tests.doors import Door
from tests.factories.customers import make_customer
from tests.factories.office import notice_to


def a_notice(store):
    """To the visitor where one of this store is at the door, else to somebody there."""
    person = User.objects.filter(store=store).order_by("-pk").first() or create_account(
        username="reader", full_name="某人", role=Role.SPECIALIST, store=store, password="Some-body-1"
    )
    notice_to(person)
    return {"pk": Notice.objects.latest("pk").pk}


def a_list(_store):
    return {"code": "customers"}


def an_export(store):
    """Of the visitor where one of this store is at the door, else of somebody there."""
    person = User.objects.filter(store=store).order_by("-pk").first() or create_account(
        username="exporter", full_name="某人", role=Role.MANAGER, store=store, password="Some-body-1"
    )
    params = {
        "query": "",
        "full": False,
        "reason": "",
        "language": "zh-hans",
        "title": "客户",
        "filters": [],
        "at_once": False,
    }
    how = {
        "store": store,
        "by": person,
        "key": f"{timezone.now()}",
        "params": params,
        "total": 1,
        "now": timezone.now(),
    }
    job = jobs.ask("export", "customers", **how, at_once=True)
    file = jobs.folder() / "sheet.xlsx"
    file.write_bytes(b"rows")
    Job.objects.filter(pk=job.pk).update(state="done", file=file.name)
    return {"pk": job.pk}


def a_customer(store):
    return {"customer_id": make_customer(store, name="王雅丽").pk}


EXPORT, WATCH = "office.export_lists", "audit.view_access"
DOORS = [
    Door("exports:mine", EXPORT),
    Door("exports:everybodys", WATCH),
    Door("exports:accesses", WATCH),
    Door("exports:customer_accesses", WATCH, row="a_customer"),
    Door("exports:new", EXPORT, row="a_list", foreign=None, also=("customers.view_customer",)),
    Door("exports:export", EXPORT, row="an_export"),
    Door("exports:progress", EXPORT, row="an_export"),
    Door("exports:file", EXPORT, row="an_export"),
    Door("house:healthz", None, public=True),
    Door("house:health", "office.view_health"),
    Door("office:notices", None),
    Door("office:badge", None),
    Door("office:away", None),
    Door("office:read_all", None, method="post", ok=302),
    Door("office:open", None, method="post", row="a_notice", ok=302),
    Door("office:read", None, method="post", row="a_notice", ok=302),
]
