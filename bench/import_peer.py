"""The peer of the import: django-import-export with the best flags found, making the five records of each row of the owner list.

It gets the easier work: no cleaning beyond its own, no history, no former owners, and instead of finding out who is who it
tells owners apart by the engine number of their car, which in this list no two share.
Import after `scratch()` has begun.
"""

import tablib
from django.utils import timezone
from import_export.fields import Field
from import_export.instance_loaders import CachedInstanceLoader
from import_export.resources import ModelResource
from import_export.widgets import DateWidget, IntegerWidget, Widget

from customers.models import Customer, Delivery, Ownership, Phone, Vehicle

ENGINE, VIN = "发动机号", "VIN号"
DAY = DateWidget("%Y-%m-%d")


class Known(Widget):
    """The primary key of what an earlier resource has stored, without a query for each row."""

    def __init__(self, ids):
        self.ids = ids

    def clean(self, value, row=None, **kwargs):
        return self.ids.get(value)


class Day(DateWidget):
    """The list has days that there are not; the package would refuse the row, and the others with it."""

    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value, row, **kwargs)
        except ValueError:
            return timezone.now().date()


class Records(ModelResource):
    """One of the five. `store`: whose; `ids`: {column: {cell: primary key}} of what it refers to."""

    def __init__(self, store, **ids):
        super().__init__()
        self.store = store
        self.now = timezone.now()
        for name, known in ids.items():
            self.fields[name].widget = Known(known)

    def before_save_instance(self, instance, row, **kwargs):
        instance.store = self.store
        instance.created_at = instance.changed_at = self.now

    class Meta:
        instance_loader_class = CachedInstanceLoader
        use_bulk = True
        batch_size = 1_000
        skip_diff = True
        use_transactions = True


class People(Records):
    dms_no = Field("dms_no", ENGINE)
    name = Field("name", "联系人姓名")
    address = Field("address", "地址")

    class Meta(Records.Meta):
        model = Customer
        fields = ("dms_no", "name", "address")
        import_id_fields = ("dms_no",)


class Numbers(Records):
    customer_id = Field("customer_id", ENGINE)
    number = Field("number", "联系人手机")

    class Meta(Records.Meta):
        model = Phone
        fields = ("customer_id", "number")
        import_id_fields = ("customer_id",)

    def before_save_instance(self, instance, row, **kwargs):
        super().before_save_instance(instance, row, **kwargs)
        instance.kind, instance.is_primary, instance.reversed = "mobile", True, instance.number[::-1]


class Cars(Records):
    vin = Field("vin", VIN)
    plate = Field("plate", "车牌号")
    owner_id = Field("owner_id", ENGINE)
    engine_no = Field("engine_no", ENGINE)
    brand = Field("brand", "品牌")
    series = Field("series", "车系")
    model = Field("model", "车型")
    color = Field("color", "颜色")
    registered_on = Field("registered_on", "上牌日期", widget=DAY)
    odometer_km = Field("odometer_km", "行驶里程", widget=IntegerWidget())
    warranty_starts_on = Field("warranty_starts_on", "保修起始日期", widget=DAY)
    warranty_ends_on = Field("warranty_ends_on", "保修结束日期", widget=DAY)

    class Meta(Records.Meta):
        model = Vehicle
        fields = (
            "vin", "plate", "owner_id", "engine_no", "brand", "series", "model", "color", "registered_on", "odometer_km",
            "warranty_starts_on", "warranty_ends_on",
        )  # fmt: skip
        import_id_fields = ("vin",)

    def before_save_instance(self, instance, row, **kwargs):
        super().before_save_instance(instance, row, **kwargs)
        instance.vin_reversed, instance.plate_reversed = instance.vin[::-1], instance.plate[::-1]


class Owners(Records):
    vehicle_id = Field("vehicle_id", VIN)
    customer_id = Field("customer_id", ENGINE)
    started_on = Field("started_on", "交车日期", widget=DAY)

    class Meta(Records.Meta):
        model = Ownership
        fields = ("vehicle_id", "customer_id", "started_on")
        import_id_fields = ("vehicle_id",)


class Deliveries(Records):
    vehicle_id = Field("vehicle_id", VIN)
    customer_id = Field("customer_id", ENGINE)
    delivered_on = Field("delivered_on", "交车日期", widget=DAY)
    sold_on = Field("sold_on", "销售日期", widget=Day("%Y-%m-%d"))
    sales_consultant = Field("sales_consultant", "销售顾问")

    class Meta(Records.Meta):
        model = Delivery
        fields = ("vehicle_id", "customer_id", "delivered_on", "sold_on", "sales_consultant")
        import_id_fields = ("vehicle_id",)


def import_owners(store, path):
    """Read the workbook as the package reads one (openpyxl), and create or update what its rows are about."""
    with path.open("rb") as file:
        rows = tablib.Dataset().load(file, format="xlsx")
    people, cars = {}, {}
    for resource in (People, Numbers, Cars, Owners, Deliveries):
        known = {"customer_id": people, "owner_id": people, "vehicle_id": cars}
        ids = {name: known[name] for name in resource.fields if name in known}
        result = resource(store, **ids).import_data(rows, raise_errors=True)
        if result.has_errors() or result.has_validation_errors():
            raise RuntimeError(f"The peer could not import {resource.__name__}.")
        if resource is People:
            people.update(Customer.objects.filter(store=store).values_list("dms_no", "pk"))
        if resource is Cars:
            cars.update(Vehicle.objects.filter(store=store).values_list("vin", "pk"))
