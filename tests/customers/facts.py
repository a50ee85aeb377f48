"""What a store holds, in words that do not depend on ids: for tests that compare before and after."""

from customers.models import Customer, Delivery, FormerPlate, Ownership, Phone, Policy, RepairOrder, Vehicle

_COLUMNS = {
    Customer: ("name", "pinyin", "kind", "stage", "dms_no", "contact_person", "address"),
    Phone: ("customer__name", "number", "reversed", "kind", "state", "is_primary"),
    Vehicle: (
        *("vin", "vin_reversed", "plate", "plate_reversed", "owner__name", "engine_no", "brand", "series", "model"),
        *(
            "color",
            "registered_on",
            "odometer_km",
            "odometer_on",
            "driver__name",
            "warranty_ends_on",
            "last_service_on",
        ),
        *("next_service_on", "km_per_day", "inspection_due_on"),
    ),
    Ownership: ("vehicle__vin", "customer__name", "started_on", "ended_on"),
    FormerPlate: ("vehicle__vin", "plate", "plate_reversed"),
    Delivery: ("vehicle__vin", "customer__name", "delivered_on", "sold_on", "invoiced_on", "sales_consultant"),
    RepairOrder: (
        *("order_no", "vehicle__vin", "owner__name", "bringer__name", "bringer_name", "bringer_phone", "opened_on"),
        *("settled_on", "odometer_km", "kind", "items", "service_advisor", "technician", "amount", "status"),
    ),
    Policy: (
        *("vehicle__vin", "customer__name", "cover", "policy_no", "application_no", "insurer", "starts_on", "ends_on"),
        *("derived", "insured_amount", "premium", "kind", "is_ours", "renewal_agent", "sold_on"),
    ),
}


def living(store) -> dict:
    """Every record of the store that is not void."""
    return {
        model._meta.label: sorted(map(repr, model.objects.alive().filter(store=store).values_list(*columns)))
        for model, columns in _COLUMNS.items()
    }


def rows(store) -> dict:
    """How many rows there are, void or not."""
    return {model._meta.label: model.objects.filter(store=store).count() for model in _COLUMNS}
