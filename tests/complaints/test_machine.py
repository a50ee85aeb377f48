"""The state machine under any sequence of steps (hypothesis): only the listed transitions, and what always holds."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from complaints import services
from complaints.choices import ENDED, TRANSITIONS, ComplaintState
from complaints.models import Complaint
from complaints.services.waiting import wake
from tests.factories.complaints import make_complaint

S = ComplaintState
HOW = {"reason": "各执一词"}
DEEDS = {
    "take_over": (services.take_over, {}),
    "begin": (services.begin_handling, {}),
    "wait": (services.wait, {"waits_for": "part", "reason": "等件"}),
    "resume": (services.resume, {}),
    "solve": (services.solve, {"resolution": "返工"}),
    "asked": (services.record_recontact, {}),
    "close": (services.close, {}),
    "close_unasked": (services.close, {"unasked": "空号"}),
    "reject": (services.reject, HOW),
    "force": (services.force_close, HOW),
    "reopen": (services.reopen, HOW),
    "appeal": (services.appeal, HOW),
    "grant": (services.grant_appeal, HOW),
    "dismiss": (services.dismiss_appeal, HOW),
    "extend": (services.extend, {"days": 1, **HOW}),
    "wake": (None, {}),
    "stale": (None, {}),  # a step on what somebody looked at before the last one
}


def holds(case):
    """What is true of every case at every moment."""
    # An end that is appealed against keeps its day until the appeal is granted.
    assert (case.closed_at is None) == (case.is_open and case.state != S.APPEALED)
    assert (case.state == S.WAITING) == bool(case.waits_for) == case.pauses.filter(ended_at=None).exists()
    assert bool(case.next_due_at) == case.is_open
    if case.state in (S.HANDLING, S.WAITING, S.SOLVED, S.CONFIRMED):
        assert case.handler_id
    if case.state in (S.SOLVED, S.CONFIRMED):
        assert case.solved_at and case.resolution
    if case.state == S.CONFIRMED:
        assert case.recontacted_at
    if case.state == S.CLOSED and not case.recontacted_at:
        assert case.notes.filter(code="closed_unasked").exists(), "nobody closes without asking or saying why"
    assert (case.state == S.APPEALED) == bool(case.appealed_from)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(sorted(DEEDS)), min_size=1, max_size=14))
def test_any_sequence_of_steps_keeps_to_the_listed_ways(wang, li, chen, pudong, now, steps):
    case = make_complaint(wang, by=li, now=now)
    stale, moment = Complaint.objects.get(pk=case.pk), now
    for name in steps:
        moment += dt.timedelta(hours=5)
        before = Complaint.objects.get(pk=case.pk)
        if name == "wake":
            wake(pudong, now=moment)
        elif name == "stale":
            with pytest.raises(services.NotAllowed):
                services.take_over(stale, by=chen, now=moment, seen="elsewhere")
        else:
            service, words = DEEDS[name]
            words = {**words, "until": moment + dt.timedelta(hours=8)} if name == "wait" else words
            try:
                service(Complaint.objects.get(pk=case.pk), by=chen if name == "take_over" else li, now=moment, **words)
            except services.NotAllowed:
                after = Complaint.objects.get(pk=case.pk)
                assert (after.state, after.changed_at) == (before.state, before.changed_at), "refused and still changed"
        after = Complaint.objects.get(pk=case.pk)
        if after.state != before.state:
            way = TRANSITIONS[S(before.state)]
            assert S(after.state) in way
        holds(after)
    if after.state in ENDED:
        assert after.closed_on


@pytest.mark.parametrize("state", ComplaintState)
def test_every_state_is_reached_and_only_the_withdrawn_is_a_dead_end(state):
    assert state in (S.RECEIVED, S.VOID) or any(state in leads for leads in TRANSITIONS.values())
    assert bool(TRANSITIONS[state]) == (state != S.VOID)
