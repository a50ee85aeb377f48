from collections import Counter

import pytest
from django.utils import translation

from followups.choices import SITUATION_EFFECTS, Effect, Level
from followups.defaults.outcomes import OUTCOMES, SITUATIONS, seed_outcomes
from followups.models import Outcome


def test_every_store_starts_with_the_whole_list(pudong, xuhui):
    for store in (pudong, xuhui):
        assert Outcome.objects.filter(store=store).count() == sum(map(len, OUTCOMES.values())) + len(SITUATIONS)


def test_seeding_again_keeps_what_a_manager_changed(pudong):
    Outcome.objects.filter(store=pudong, code="busy").update(label_zh="忙线")
    Outcome.objects.filter(store=pudong, code="hung_up").delete()

    seed_outcomes(pudong)

    assert Outcome.objects.get(store=pudong, code="busy").label_zh == "忙线"
    assert Outcome.objects.get(store=pudong, code="hung_up").order == 6


@pytest.mark.parametrize("level", Level)
def test_each_level_fits_on_the_number_keys(pudong, level):
    listed = Outcome.objects.filter(store=pudong, level=level).exclude(effect__in=SITUATION_EFFECTS)
    keys = list(listed.values_list("order", flat=True))
    assert keys == list(range(1, len(keys) + 1))
    assert len(keys) <= 9


def test_every_effect_can_be_chosen_and_levels_only_do_what_they_may(pudong):
    used = Counter(Outcome.objects.filter(store=pudong).values_list("level", "effect"))
    assert {effect for _level, effect in used} == set(Effect.values)
    assert {effect for level, effect in used if level == Level.NOT_REACHED} == {Effect.RETRY}
    assert {effect for level, effect in used if level == Level.INVALID} == {Effect.BAD_NUMBER, Effect.WRONG_NUMBER}


def test_labels_follow_the_language(pudong):
    outcome = Outcome.objects.get(store=pudong, code="no_answer")
    with translation.override("zh-hans"):
        assert str(outcome) == "无人接听"
    with translation.override("en"):
        assert str(outcome) == "No answer"


def test_a_refusal_of_all_calls_needs_its_proof(pudong):
    assert Outcome.objects.get(store=pudong, effect=Effect.DO_NOT_CALL).note_required


def test_what_situations_bring_about_is_in_no_list_of_results(pudong):
    situations = Outcome.objects.filter(store=pudong, effect__in=SITUATION_EFFECTS)
    assert {outcome.effect for outcome in situations} == set(SITUATION_EFFECTS)
    assert min(situations.values_list("order", flat=True)) > 9  # nor the first of it, which goes without saying
