"""Power cuts: a run of generation that dies between two of its transactions, as a killed worker does."""

import contextlib
import datetime as dt
from unittest import mock

from django.utils import timezone

from followups.models import GenerationRun
from followups.services.generation import inserting, ledger, state

LOT = 5  # items a transaction: of a small store a run would else have three


class PowerCut(BaseException):
    """No error that anybody handles: the process is gone."""


@contextlib.contextmanager
def power_cut(after: int):
    """Inside, a run dies as it begins its transaction number `after`, and nobody writes down that it did. Swallows PowerCut."""
    began, beat = [], ledger.heartbeat

    def heartbeat(row):
        began.append(row)
        if len(began) >= after:
            raise PowerCut
        beat(row)

    with contextlib.ExitStack() as cut:
        for module in (ledger, state, inserting):
            cut.enter_context(mock.patch.object(module, "heartbeat", heartbeat))
        for module, name in ((state, "LOT"), (inserting, "LOT"), (inserting, "ENOUGH")):
            cut.enter_context(mock.patch.object(module, name, LOT))
        cut.enter_context(mock.patch.object(ledger, "abandon", lambda row: None))
        cut.enter_context(contextlib.suppress(PowerCut))
        yield


def time_passes(store) -> bool:
    """Until the run that died counts as dead. False where none did."""
    long_ago = timezone.now() - dt.timedelta(hours=1)
    return bool(GenerationRun.objects.filter(store=store, token__isnull=False).update(heartbeat_at=long_ago))
