import threading
import time

import pytest
from django.db import connection, transaction

from accounts.models import Store


@pytest.mark.django_db(transaction=True)
def test_who_waits_writes_before_who_begins_again(pudong):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows, and hands them on in order")
    order = []

    def write(name):
        with transaction.atomic():
            order.append(name)

    def wait_and_write():
        try:
            write("the desk")
        finally:
            connection.close()

    desk = threading.Thread(target=wait_and_write)
    with transaction.atomic():
        Store.objects.update(hotline="021-1")
        desk.start()
        time.sleep(0.3)  # long enough that the waiter looks only now and then
        order.append("the import")
    write("the import again")
    desk.join()
    assert order == ["the import", "the desk", "the import again"]


@pytest.mark.django_db(transaction=True)
def test_single_statement_waits_its_turn_too(pudong):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows, and hands them on in order")

    def update():
        try:
            Store.objects.filter(pk=pudong.pk).update(hotline="021-2")  # one statement, no transaction around it
        finally:
            connection.close()

    desk = threading.Thread(target=update)
    with transaction.atomic():
        Store.objects.update(hotline="021-1")
        desk.start()
        time.sleep(0.3)
    with transaction.atomic():
        assert Store.objects.get(pk=pudong.pk).hotline == "021-2"
    desk.join()
