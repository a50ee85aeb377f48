"""Who is who in an import: by DMS customer number, else by name and phone within the store, never by phone alone."""

from common.companies import is_company
from customers.choices import CustomerKind, PhoneKind, Stage
from customers.sheets.book import CustomerRow, CustomersBook
from customers.sheets.settle import choose_primary
from dms.columns import Finding

# Plain text: an enum's value is looked up anew each time, and a list asks a million times.
_MOBILE, OWNER = PhoneKind.MOBILE.value, Stage.OWNER.value


def find_person(book: CustomersBook, *, name, numbers=(), dms_no=None, known=(), vehicle=None) -> CustomerRow | None:
    """The customer of that DMS number; else the first of that name among `known` and the former owners of the car; else one
    with that name and one of the numbers. A customer with another DMS number is somebody else. Whom an undo took away is
    found again only where nobody else fits."""
    gone = book.by_dms_no.get(dms_no) if dms_no else None
    if gone is not None and not book.customers.was_undone(gone):
        return gone
    for person in _candidates(book, numbers, known, vehicle):
        if person.id not in book.merged.into and is_called(book, person, name) and may_be(book, person, dms_no):
            if not person.is_void:
                return person
            gone = gone or person
    return gone


def _candidates(book, numbers, known, vehicle):
    yield from (person for person in known if person is not None)
    if vehicle is not None:
        yield from book.past_owners(vehicle, with_undone=True)
    for number, _kind in numbers:
        found = sorted(book.customers_with(number), key=lambda person: (person.id < 0, abs(person.id)))
        yield from (person for person in found if person.is_void or not _had_only_by_undone(book, person, number))


def _had_only_by_undone(book, person, number):
    """Did only an undone import say that the number is hers?"""
    phones = book.phones_of.get(person.id, ())
    return any(phone.number == number and book.phones.was_undone(phone) for phone in phones)


def is_as_known(book, person, *, name, dms_no) -> bool:
    """Does `find_person` find the known person without looking any further?"""
    if person is None or person.is_void:
        return False
    if dms_no and dms_no in book.by_dms_no:
        return book.by_dms_no[dms_no] is person
    return is_called(book, person, name) and may_be(book, person, dms_no)


def is_called(book, person, name) -> bool:
    """By her name, or by one that a file had which was merged into hers."""
    return person.name == name or book.merged.says(person.id, "name", name)


def may_be(book, person, dms_no):
    if not dms_no or not person.dms_no or person.dms_no == dms_no:
        return True
    return book.merged.says(person.id, "dms_no", dms_no)


def is_renamed_here(book, person, *, numbers, dms_no) -> bool:
    """DCRC has verified another name for the car's owner, and the row speaks of the same person by number."""
    if person is None or "name" not in person.verified or not may_be(book, person, dms_no):
        return False
    if dms_no and person.dms_no == dms_no or not numbers:
        return True
    hers = {phone.number for phone in book.phones_of.get(person.id, ())}
    return any(number in hers for number, _kind in numbers)


def new_person(book, *, name, kind=None, stage=OWNER, dms_no=None, contact=None, address=None, credit_code=None):
    _release(book, dms_no)
    person = book.new_customer(name, kind or _likely_kind(name), stage, dms_no or "", contact or "", address or "")
    person.credit_code = credit_code or ""
    given = {"name": name, "kind": kind, "contact_person": contact, "address": address, "credit_code": credit_code}
    book.tell(book.customers, person, [field for field, value in given.items() if value is not None])
    return person


def _release(book, dms_no):
    """Whom an undo took away gives her number to whom it belongs now."""
    former = book.by_dms_no.get(dms_no)
    if former is not None and former.is_void:
        book.customers.change(former, "dms_no", "")


def _likely_kind(name):
    return CustomerKind.COMPANY.value if is_company(name) else CustomerKind.PRIVATE.value


def feed_person(book, group, person, *, stage=OWNER, **values):
    """Compare a known customer with what a row says of them (None: nothing). Verified fields stand (conflict); of several
    rows of one file the first counts. `stage`: of one who comes back."""
    table = book.customers
    table.fed.add(person.id)
    if person.is_void:
        _revive_person(book, person, stage)
    given = [name for name, value in values.items() if value is not None]
    told = book.tell(table, person, given)
    for name in given:
        value, stored = values[name], getattr(person, name)
        if stored == value or book.merged.says(person.id, name, value):
            continue
        if name in person.verified:
            book.conflict(group.row, table, person, name, stored, value)
        elif name in told:
            params = {"kept": stored[:80]}
            group.note(Finding("earlier_row_counts", value, params=params, column=group.columns.get(name)))
        elif name == "dms_no" and stored:
            continue  # found by name: the number she has stays hers
        else:
            if name == "dms_no":
                _release(book, value)
                book.by_dms_no[value] = person
            table.change(person, name, value)


def _revive_person(book, person, stage):
    dms_no = person.dms_no
    if book.customers.revive(person):
        book.by_dms_no.pop(dms_no, None)
        book.customers.change(person, "kind", _likely_kind(person.name))
        book.customers.change(person, "stage", stage)


def feed_phones(book, group, person, numbers):
    """Add numbers she does not have. A number of hers that DCRC has verified stands against strange ones (conflict), and one
    that DCRC has taken away does not come back; one that an undo took away does. The first number is primary; the first mobile takes over from a landline."""
    phones = book.phones_of.get(person.id)
    if phones is None:
        # Nothing known yet: the usual case of a first import.
        primary = next((number for number in numbers if number.kind == _MOBILE), numbers[0])
        for number in numbers:
            book.new_phone(person.id, number.number, number.kind, is_primary=number is primary)
        return
    if len(phones) == 1 and len(numbers) == 1:
        phone = phones[0]
        if phone.number == numbers[0].number and phone.is_primary and not phone.is_void:
            book.phones.fed.add(phone.id)
            return
    hers = {phone.number: phone for phone in phones}
    living = [phone for phone in phones if not phone.is_void]
    verified = next((phone for phone in phones if phone.verified_at and not phone.is_void), None)
    strange = []
    for number, kind in numbers:
        phone = hers.get(number)
        if phone is not None and not phone.is_void:
            book.phones.fed.add(phone.id)
        elif verified is not None:
            strange.append(number)
        elif phone is None:
            hers[number] = book.new_phone(person.id, number, kind)
            living.append(hers[number])
        elif book.phones.is_undone(phone):
            book.phones.revive(phone)
            living.append(phone)
    if strange:
        book.conflict(group.row, book.customers, person, "phone", verified.number, " / ".join(strange))
    choose_primary(book, living)


def change_owner(book, vehicle, person, day):
    """Another name on a known VIN: the old ownership ends, a new one opens; nothing is renamed."""
    current = book.current_ownership(vehicle)
    if current is not None:
        # A list that names a new owner often still carries the day of the first sale: then the change is as of today.
        if day is None or (current.started_on is not None and day <= current.started_on):
            day = book.memory.today
        book.ownerships.change(current, "ended_on", day)
    book.open_ownership(vehicle, person, day)
    book.vehicles.change(vehicle, "owner_id", person.id)
    if person.stage != OWNER:
        book.customers.change(person, "stage", OWNER)
