"""The peer of the import: django-import-export with the best flags found, on the cars of the owner list alone.

It gets the easier work: one of the five records that our import makes of a row, no cleaning beyond its own, no history.
Import after `scratch()` has begun.
"""

import tablib
from django.utils import timezone
from import_export.fields import Field
from import_export.instance_loaders import CachedInstanceLoader
from import_export.resources import ModelResource
from import_export.widgets import DateWidget, IntegerWidget

from customers.models import Vehicle


class CarResource(ModelResource):
    vin = Field("vin", "VIN号")
    plate = Field("plate", "车牌号")
    engine_no = Field("engine_no", "发动机号")
    brand = Field("brand", "品牌")
    series = Field("series", "车系")
    model = Field("model", "车型")
    color = Field("color", "颜色")
    registered_on = Field("registered_on", "上牌日期", widget=DateWidget("%Y-%m-%d"))
    odometer_km = Field("odometer_km", "行驶里程", widget=IntegerWidget())

    class Meta:
        model = Vehicle
        fields = (
            "vin", "plate", "engine_no", "brand", "series", "model", "color", "registered_on", "odometer_km",
        )  # fmt: skip
        import_id_fields = ("vin",)
        instance_loader_class = CachedInstanceLoader
        use_bulk = True
        batch_size = 1_000
        skip_diff = True
        use_transactions = True

    def __init__(self, store):
        super().__init__()
        self.store = store
        self.now = timezone.now()

    def before_save_instance(self, instance, row, **kwargs):
        instance.store = self.store
        instance.vin_reversed, instance.plate_reversed = instance.vin[::-1], instance.plate[::-1]
        instance.created_at = instance.changed_at = self.now


def import_cars(store, path):
    """Read the workbook as the package reads one (openpyxl), and create or update its cars."""
    with path.open("rb") as file:
        rows = tablib.Dataset().load(file, format="xlsx")
    result = CarResource(store).import_data(rows, raise_errors=True)
    if result.has_errors() or result.has_validation_errors():
        raise RuntimeError("The peer could not import the list.")
    return result.totals
