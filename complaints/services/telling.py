"""Who is told of a case, once, and when the matter is over. The words stand in complaints.wording."""

from accounts.choices import HANDLER_ROLES, Role
from accounts.models import User
from complaints.choices import IN_WORK, Rung, Step
from office import services as office
from office.choices import Severity

PAGE = "complaints:detail"


def matter(complaint, step, rung) -> str:
    """The key of a notice."""
    return f"complaint-{complaint.pk}-{step}-{int(rung)}"


def settle_notices(complaint) -> int:
    """What pressed for a step that is done, or for a case that is over, presses nobody any more."""
    if not complaint.escalations.exists():
        return 0
    running = [] if not complaint.is_open else [complaint.next_step]
    keys = [matter(complaint, step, rung) for step in Step if step not in running for rung in Rung]
    return office.resolve(store=complaint.store, keys=keys)


def _people(store, *roles):
    return User.objects.filter(store=store, is_active=True, role__in=roles)


def heads_of(store, department):
    return [each for each in _people(store, Role.DEPARTMENT_HEAD) if each.works_in == department]


def managers_of(store):
    return list(_people(store, Role.MANAGER))


def generals_of(store):
    return list(_people(store, Role.GENERAL_MANAGER))


def handlers_of(complaint):
    """Whose it is; while it is nobody's, the handlers of its department."""
    handler = complaint.handler
    if handler is not None and handler.is_active:
        return [handler]
    return [each for each in _people(complaint.store, *HANDLER_ROLES) if each.works_in == complaint.department]


def askers_of(complaint):
    """Who rings the customer again: whoever opened it, being of the desk; else nobody in particular."""
    opener = complaint.opened_by
    is_of_desk = opener is not None and opener.is_active and opener.role in (Role.SPECIALIST, Role.MANAGER)
    return [opener] if is_of_desk else []


def people_on(rung, complaint, step) -> list[User]:
    """Whom a rung tells. Where nobody holds that place at the store: whoever holds the next one, the manager at the latest.

    To ask the customer again is the desk's work, whose head is the DCRC manager.
    """
    store = complaint.store
    if rung in (Rung.WARNING, Rung.HANDLER):
        found = askers_of(complaint) if step == Step.RECONTACT else handlers_of(complaint)
        return found or people_on(Rung.HEAD, complaint, step)
    if rung == Rung.HEAD:
        found = [] if step == Step.RECONTACT else heads_of(store, complaint.department)
        return found or managers_of(store)
    if rung == Rung.MANAGER:
        return managers_of(store)
    if rung == Rung.GENERAL:
        return generals_of(store) or managers_of(store)
    return [*generals_of(store), *managers_of(store)]  # somebody of them tells the maker


def tell_rung(complaint, step, rung, due_at, *, rules) -> int:
    """How many were told."""
    params = {
        "number": complaint.number,
        "step": str(step),
        "due": due_at.astimezone(complaint.store.zone).strftime("%m-%d %H:%M"),
        "handler": complaint.handler.full_name if complaint.handler else "",
    }
    if rung == Rung.OEM:
        params |= {"engineer": rules.engineer, "phone": rules.engineer_phone}
    people = people_on(rung, complaint, step)
    return office.notify_people(
        {person.pk for person in people},
        store=complaint.store,
        code=f"complaint_rung_{int(rung)}",
        key=matter(complaint, step, rung),
        params=params,
        severity=Severity.WARNING if rung <= Rung.HANDLER else Severity.URGENT,
        url_name=PAGE,
        url_args=[complaint.pk],
    )


def tell_people(complaint, people, code, *, severity=Severity.INFO, key="", **params) -> int:
    """Tell a matter of this case. `key` tells one matter of the same code from another."""
    return office.notify_people(
        {person.pk for person in people if person is not None and person.is_active},
        store=complaint.store,
        code=code,
        key=f"complaint-{complaint.pk}-{code}-{key}",
        params={"number": complaint.number, **params},
        severity=severity,
        url_name=PAGE,
        url_args=[complaint.pk],
    )


def tell_handler(complaint, *, by) -> None:
    """Somebody else has given it to her."""
    if complaint.handler is not None and complaint.handler_id != getattr(by, "pk", None):
        name = by.full_name if by else ""
        tell_people(
            complaint,
            [complaint.handler],
            "complaint_assigned",
            severity=Severity.WARNING,
            key=f"{complaint.handler_id}-{complaint.changed_at:%Y%m%d%H%M%S}",
            by=name,
        )


def tell_deciders(complaint) -> int:
    """Somebody who may has to decide on an appeal."""
    people = [*managers_of(complaint.store), *generals_of(complaint.store)]
    key = f"{complaint.changed_at:%Y%m%d%H%M%S}"
    return tell_people(complaint, people, "complaint_appealed", severity=Severity.WARNING, key=key)


def tell_everybody_of_emergency(complaint) -> int:
    """At once, at any hour."""
    store = complaint.store
    people = [*managers_of(store), *heads_of(store, complaint.department), *generals_of(store), *handlers_of(complaint)]
    return tell_people(
        complaint,
        people,
        "complaint_emergency",
        severity=Severity.URGENT,
        kind=complaint.emergency,
        customer=complaint.customer.name,
    )


def settle_emergency(complaint) -> int:
    """Over as soon as nobody works on the case any more."""
    if not complaint.emergency or complaint.state in IN_WORK:
        return 0
    return office.resolve(store=complaint.store, keys=[f"complaint-{complaint.pk}-complaint_emergency-"])
