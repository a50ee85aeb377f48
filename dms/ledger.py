"""What all verbs on a batch share: its locked row, the bell that is rung once all is committed, when a worker counts as dead."""

import datetime as dt
import logging

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError as BrokerDown

from dms.errors import WrongState
from dms.models import Batch

log = logging.getLogger(__name__)


def locked(batch, states):
    """The row as it stands, locked, if it is in one of these states. Raises WrongState."""
    fresh = Batch.objects.select_for_update().get(pk=batch.pk)
    if fresh.state not in states:
        raise WrongState(fresh.state)
    return fresh


def ring(dotted, *ids):
    """Send a task once this transaction is committed. A broker that is down loses nothing: the sweep finds the row."""

    def send():
        try:
            import_string(dotted).delay(*ids)
        except BrokerDown:
            log.warning("The broker does not answer; %s%s waits for the next sweep.", dotted, ids)

    transaction.on_commit(send)


def silent_since(now):
    """Who has given no sign of life since then is taken for dead."""
    return now - dt.timedelta(seconds=settings.IMPORT_STALE_SECONDS)
