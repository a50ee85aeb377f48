"""What a dealership has to put right: an older list that contradicts what customers confirmed, people whom the DMS keeps twice,
the sheets for the outside. By the real services."""

import datetime as dt
from dataclasses import replace

from customers.conflicts import conflicts_of
from customers.duplicates import pairs_of
from customers.models import Customer, Phone
from customers.services.conflicts import ask_by_call, fingerprint, keep_ours
from customers.services.duplicates import decide_pair, refresh_duplicates, touched_by
from customers.services.outward import make_dms_sheet, make_oem_sheet
from demo.files import owner_list, owner_row
from demo.world import check_digit

NUMBERS, ADDRESSES = 6, 5  # which the older list has otherwise


def older_list(world, store) -> bytes:
    """保有客户档案(集团下发).xlsx: old numbers of people who confirmed newer ones, and some people under a second DMS number."""
    numbers = Phone.objects.filter(store=store, verified_at__isnull=False).order_by("pk")
    confirmed = list(numbers.values_list("customer__dms_no", flat=True).distinct()[:NUMBERS])
    corrected = Customer.objects.filter(store=store, verified__has_key="address").values_list("dms_no", flat=True)
    wanted = {*confirmed, *corrected.order_by("-pk")[:ADDRESSES]} - {""}
    cars = {car.owner.number: car for car in world.cars if car.owner.number in wanted}
    rows = [owner_row(car, phone=world.mobile() if number in confirmed else None) for number, car in cars.items()]
    return owner_list([*rows, *_doubles(world, wanted)])


def _doubles(world, known):
    settled = world.today - dt.timedelta(days=200)  # nobody is called about their cars any more
    private = [car for car in world.cars if car.owner.kind == "个人" and car.delivered_on < settled]
    free = [car for car in private if car.owner.number not in known]
    changes = (
        lambda owner: replace(owner, name=f"{owner.name}先生", address=""),
        lambda owner: replace(owner, name=f"{owner.name}(二手车)", mobile="", landline=""),
        lambda owner: replace(owner, name=f"{owner.name[0]}太太"),
        lambda owner: replace(owner, name=f"{owner.name}女士"),
    )
    for number, (car, change) in enumerate(zip(free[10::25], changes, strict=False), 1):
        owner = replace(change(car.owner), number=f"K{number:05d}")
        vin = f"{car.vin[:11]}{900_000 + number}"
        again = replace(car, vin=vin[:8] + check_digit(vin) + vin[9:], plate=world.make_plate(False), owner=owner)
        yield owner_row(again, is_ours=False)


def decide_some(store, batch, *, by, now):
    """The manager has begun with both lists."""
    refresh_duplicates(store, touched_by(batch.pk))
    for conflict, decide in zip(conflicts_of(by).order_by("pk"), (keep_ours, ask_by_call), strict=False):
        decide(conflict, by=by, now=now, seen=fingerprint(conflict))
    pair = pairs_of(by).order_by("pk").first()
    if pair is not None:
        decide_pair(pair, "same", by=by, now=now)


def send_sheets(store, *, by, now):
    """What was corrected so far is told to the DMS, and the new owners to the manufacturer."""
    make_dms_sheet(store, by=by, now=now)
    make_oem_sheet(store, start=store.live_on, end=store.day_of(now), by=by, now=now)
