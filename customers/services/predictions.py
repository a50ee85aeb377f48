"""What was predicted is kept, and held against what came (D4). Part of services.care."""

from dataclasses import replace

from common.upsert import insert_rows, update_rows
from customers.care.planning import plan_of
from customers.models import Prediction

FAR_BACK = 730  # days: a turn that took longer is not replayed; that was no service interval

_COLUMNS = (
    "vehicle_id", "round", "series", "model", "pace", "made_on", "predicted_on", "earliest_on", "latest_on", "came_on", "error_days",
)  # fmt: skip


def write_predictions(store, cars, plans, *, today, averages):
    """Bring the predictions of these cars up to date. plans: {car: (its plan or None, its interval)}; None: nobody is called about it.

    The turn that is running is predicted once, when it is first worked out, and only while its day lies ahead. A turn that ended before it was predicted is
    replayed with the visits known when it began. A visit that was taken back takes its turn with it.
    """
    stored = {}
    for row in Prediction.objects.filter(vehicle_id__among={car.id for car in cars}):
        stored.setdefault(row.vehicle_id, {})[row.round] = row
    fresh, changed, gone = [], [], []
    for car, (plan, interval) in plans.items():
        mine, done = stored.get(car.id, {}), [visit for visit in car.facts.visits if visit.is_maintenance]
        for row in mine.values():
            state = _held_against(row, done)
            if state is None:
                gone.append(row.pk)
            elif state != (row.came_on, row.error_days):
                changed.append((*state, row.pk))
        if plan is not None:
            if plan.service_round not in mine:
                fresh += _row(car, plan, made_on=today) if _is_ahead(plan, today) else ()
            fresh += _replayed(car, done, mine, interval, averages)
    if gone:
        Prediction.objects.filter(pk__in=gone).delete()
    insert_rows(Prediction, _COLUMNS, fresh, constants={"store_id": store.pk})
    update_rows(Prediction, ["came_on", "error_days"], changed)


def _day(plan):
    return plan.first_service_on or plan.service_on


def _is_ahead(plan, today):
    return _day(plan) is not None and _day(plan) >= today and plan.why.get("code") != "dms"


def _row(car, plan, *, made_on, came_on=None):
    day = _day(plan)
    error = (came_on - day).days if came_on else None
    yield (
        car.id, plan.service_round, car.series, car.model, plan.pace, made_on, day, plan.earliest_on, plan.latest_on, came_on, error,
    )  # fmt: skip


def _held_against(row, done):
    """(came_on, error_days) of a prediction by the maintenance visits there are; None where the visit it counts from is no more."""
    if row.round == "0":
        after = done
    elif row.round.isdecimal():
        numbers = [str(visit.id) for visit in done]
        if row.round not in numbers:
            return None
        after = done[numbers.index(row.round) + 1 :]
    else:
        after = [visit for visit in done if visit.day > row.made_on]
    if not after:
        return None, None
    return after[0].day, (after[0].day - row.predicted_on).days


def _replayed(car, done, mine, interval, averages):
    """The newest turn that has ended, as it would have been predicted when it began."""
    if not done:
        return
    begun = done[-2] if len(done) > 1 else None
    number, day = (str(begun.id), begun.day) if begun else ("0", car.facts.delivered_on)
    if number in mine or day is None or not 0 < (done[-1].day - day).days <= FAR_BACK:
        return
    then = replace(
        car.facts,
        visits=[visit for visit in car.facts.visits if visit.day <= day],
        odometer_km=None,
        odometer_on=None,
        first_service_on=None,
        last_service_on=None,
        last_service_km=None,
        next_service_on=None,
        next_service_km=None,
    )
    model_pace, store_pace = averages.get((car.series, car.model)), averages.get(None)
    plan = plan_of(then, interval, day, model_pace=model_pace, store_pace=store_pace)
    if _day(plan) is not None and plan.service_round == number:
        yield from _row(car, plan, made_on=day, came_on=done[-1].day)
