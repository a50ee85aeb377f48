"""What an owner list may tell of a car's care: services, inspection, end of warranty in kilometres, who drives it."""

from customers.choices import Stage
from customers.sheets.people import feed_person, feed_phones, find_person, new_person


def feed_care(book, vehicle, told):
    """Compare {column: value, None for nothing} with what is known. A service that lies back is not the last one."""
    last = told.get("last_service_on")
    if last is not None and vehicle.last_service_on is not None and last < vehicle.last_service_on:
        told = told | {"last_service_on": None, "last_service_km": None}
    for name, value in told.items():
        if value is not None:
            book.vehicles.change(vehicle, name, value)


def feed_driver(book, group, vehicle, name, numbers):
    """Who drives the car is a customer of his own (stage contact), unless that is the owner."""
    if name is None or name == book.owner_of(vehicle).name:
        return
    known = book.customers.rows.get(vehicle.driver_id)
    driver = find_person(book, name=name, numbers=numbers, known=(known,))
    if driver is None:
        driver = new_person(book, name=name, stage=Stage.CONTACT.value)
    else:
        feed_person(book, group, driver, stage=Stage.CONTACT.value)
    if numbers:
        feed_phones(book, group, driver, numbers)
    book.vehicles.change(vehicle, "driver_id", driver.id)


def feed_birthday(book, vehicle, name, number, is_lunar):
    """Of the car's owner, where the row is about her. One that was checked with her stands."""
    owner = book.owner_of(vehicle)
    if (
        owner is None
        or owner.name != name
        or "birthday" in owner.verified
        or book.merged.says(owner.id, "birthday", number)
    ):
        return
    if (owner.birthday, owner.birthday_is_lunar) != (number, is_lunar):
        book.customers.change(owner, "birthday", number)
        book.customers.change(owner, "birthday_is_lunar", is_lunar)
