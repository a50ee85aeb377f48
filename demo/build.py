"""Puts the demo together: store, people, files through the real import, weeks at the desk."""

import datetime as dt

from django.utils import timezone

from accounts.choices import Department, Role
from accounts.services import create_account, create_store
from customers.models import CarePlan, Customer, Delivery, Ownership, Policy, RepairOrder, Vehicle
from customers.services.care import work_out
from customers.services.intervals import save_interval
from demo.cases import Cases
from demo.checks import decide_some, older_list
from demo.files import orders_csv, owners_workbook, policies_workbook
from demo.life import Desk
from demo.world import World
from dms.inbox.folders import folder_of, make_folders
from dms.models import Batch
from dms.services import confirm_batch, preview_batch, run_batch, stage_upload
from followups.models import DeskDial

DEPARTMENTS = {"he": Department.SERVICE}  # of those whose role does not say it
STORE_CODE = "pudong"
PASSWORD = "demo-2026"  # printed at start; the demo listens on this machine only
ACCOUNTS = [
    ("li", "李静", Role.SPECIALIST),
    ("chen", "陈晨", Role.SPECIALIST),
    ("zhou", "周敏", Role.MANAGER),
    ("fang", "方婷", Role.RECEPTION),
    ("gao", "高建国", Role.SERVICE_HANDLER),
    ("xu", "徐莉", Role.SALES_HANDLER),
    ("he", "何志远", Role.DEPARTMENT_HEAD),
    ("wan", "万国平", Role.GENERAL_MANAGER),
    ("qian", "钱进", Role.ADMINISTRATOR),
]


def build_demo(*, vehicles, worked_for: dt.timedelta, say):
    """Make the demo in an empty database; `say` takes a line of progress."""
    now = timezone.now()
    today = now.astimezone(timezone.get_default_timezone()).date()
    store = create_store(
        code=STORE_CODE,
        name="长安福特浦东店",
        short_name="长安福特浦东店",
        hotline="021-58886600",
        live_on=today - worked_for,
        rest_weekdays="",
    )
    DeskDial.objects.filter(store=store).update(hours_hold=False)  # a demo is looked at in the evening, too
    people = {
        username: create_account(
            username=username,
            full_name=full_name,
            role=role,
            store=store,
            password=PASSWORD,
            department=DEPARTMENTS.get(username, ""),
        )
        for username, full_name, role in ACCOUNTS
    }
    world = World(today, vehicles=vehicles)
    manager, yesterday = people["zhou"], today - dt.timedelta(days=1)
    for name, content in (
        ("保有客户档案.xlsx", owners_workbook(world)),
        ("维修工单.csv", orders_csv(world, until=yesterday - dt.timedelta(days=1))),
        ("保险明细.xlsx", policies_workbook(world)),
    ):
        move_back(bring_in(store, name, content, by=manager, say=say), days=worked_for.days)
    think_ahead(store, before=today - worked_for, by=manager, now=now)
    desk = Desk(store, [people["li"], people["chen"]], manager)
    desk.live(today - worked_for, today, now)
    say("  the call desk has worked through its last weeks")
    Cases(store, people, now).lay_out()
    batch = bring_in(store, "保有客户档案(集团下发).xlsx", older_list(world, store), by=manager, say=say)
    decide_some(store, batch, by=manager, now=now)
    # What the DMS laid down in the night is taken in by the worker itself.
    make_folders(store)
    (folder_of(store) / "维修工单(夜间).csv").write_bytes(orders_csv(world, since=yesterday))


def think_ahead(store, *, before, by, now):
    """The care plans once, as of today: the weeks at the desk are told with hindsight. And the facts were there before the first of
    them, so that no day of theirs reads all cars anew."""
    numbers = {
        "first_months": 6,
        "first_km": 5_000,
        "months": 9,
        "km": 7_500,
        "warranty_months": 36,
        "warranty_km": 100_000,
    }
    save_interval(store, series="", model="", values=numbers, by=by, now=now)
    work_out(store, now=now)
    moment = dt.datetime.combine(before - dt.timedelta(days=2), dt.time(), tzinfo=store.zone)
    for model in (Customer, Vehicle, Ownership, Delivery, RepairOrder, Policy, CarePlan):
        model.objects.filter(store=store).update(changed_at=moment)


def move_back(batch, *, days):
    """The first lists were there before the first call, so what they brought is told as theirs."""
    moments = ("created_at", "confirmed_at", "started_at", "finished_at")
    earlier = {name: getattr(batch, name) - dt.timedelta(days=days) for name in moments}
    Batch.objects.filter(pk=batch.pk).update(**earlier)


def bring_in(store, name, content, *, by, say):
    """As in the browser: look at the preview, confirm, run."""
    batch = stage_upload(store=store, by=by, file_name=name, content=content)
    preview_batch(batch)
    confirm_batch(batch, by=by)
    run_batch(batch.pk)
    batch.refresh_from_db()
    counts = batch.counts
    say(f"  {name}: {counts['rows']} rows, {counts['created']} created, {counts['rejected']} rejected")
    return batch
