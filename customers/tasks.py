"""Celery doors: ids in, one service call, a log line."""

import logging

from celery import shared_task
from django.utils import timezone

from accounts.models import Store
from customers.models import Vehicle
from customers.services.archive import number_files
from customers.services.care import work_out_cars
from customers.services.duplicates import refresh_duplicates, touched_by
from customers.services.intervals import work_out_again
from customers.services.segments import refresh_segments

logger = logging.getLogger(__name__)


@shared_task
def find_duplicates_after_import(store_id, batch_id):
    """Whom the import, or its undo, touched may have a double now, or have lost one."""
    store = Store.objects.get(pk=store_id)
    logger.info("import %s: %s new duplicates", batch_id, refresh_duplicates(store, touched_by(batch_id)))


@shared_task
def number_files_after_import(store_id, batch_id):
    """The files that the import made get their archive numbers."""
    store = Store.objects.get(pk=store_id)
    logger.info("import %s: %s files numbered", batch_id, number_files(store, batch_id=batch_id))


@shared_task
def follow_file_dial(store_id):
    """The dials of customers' files were saved: segments follow, and files without a number get one by the rule."""
    store = Store.objects.get(pk=store_id)
    looked_at = refresh_segments(store, (), now=timezone.now())
    logger.info("store %s: %s customers classed, %s files numbered", store.code, looked_at, number_files(store))


@shared_task
def work_out_interval(store_id, series, model):
    """A service interval was changed: the days of its cars follow."""
    store = Store.objects.get(pk=store_id)
    read = work_out_again(store, series=series, model=model, now=timezone.now())
    logger.info("store %s: interval of %r %r changed, %s cars worked out", store.code, series, model, read)


@shared_task
def work_out_car(store_id, vehicle_id):
    """A call has read its odometer: the day of its next service follows."""
    store = Store.objects.get(pk=store_id)
    work_out_cars(store, Vehicle.objects.filter(pk=vehicle_id), now=timezone.now())
    logger.info("store %s: car %s worked out after a call", store.code, vehicle_id)
