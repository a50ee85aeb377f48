import datetime as dt

import pytest

from followups.models import Draft
from followups.services.claims import release, take_card, take_next
from followups.services.drafts import discard_draft, save_draft
from tests.factories.followups import make_card

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def card(pudong, today, now):
    return make_card(pudong, today=today, now=now)


def test_the_latest_words_are_kept(card, li, now):
    save_draft(card, li, {"note": ["一"]}, now)
    save_draft(card, li, {"note": ["一二"], "topic": ["1", "2"]}, now + MINUTE)
    draft = Draft.objects.get()
    assert (draft.data, draft.updated_at) == ({"note": ["一二"], "topic": ["1", "2"]}, now + MINUTE)


def test_each_person_has_a_draft_of_her_own(card, li, chen, now):
    save_draft(card, li, {"note": ["李"]}, now)
    save_draft(card, chen, {"note": ["陈"]}, now)
    assert discard_draft(card, li)
    assert not discard_draft(card, li)
    assert Draft.objects.get().user == chen


def test_a_draft_outlives_the_lease(card, li, chen, now):
    token = take_next(li, now=now).lease_token
    save_draft(card, li, {"note": ["半句"]}, now)
    release(card, token=token)
    take_card(card.pk, user=chen, now=now)
    take_card(card.pk, user=li, now=now + 20 * MINUTE)
    assert Draft.objects.get(card=card, user=li).data == {"note": ["半句"]}
