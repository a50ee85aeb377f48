"""The scripts every store starts with, in natural Chinese and in English; how they are written, followups.scripts says.

They are spoken, not read out: short sentences, one question at a time, the customer's own words first. The questions of the
named questionnaire follow on the desk, so a script leads to them and away from them and does not repeat them. Where a rule
brings a message, its script is the message (or says it in a branch of its own).
What is said and why: docs/rules.md (S0, S1: confirm phone and address, introduce the service adviser and DCRC, promote
appointments, never argue, promise nothing that cannot be kept).
"""

from cvp.services import current_versions
from followups.defaults.scripts import away, complaints, delivery, greetings, insurance, planned, service
from followups.models import Script

SCRIPTS = tuple(
    script for area in (planned, delivery, service, insurance, away, greetings, complaints) for script in area.SCRIPTS
)


def seed_scripts(store):
    """Make version 1 of each rule's script for `store`; rules that have a script keep it.

    The store's questionnaires must be there (cvp.defaults runs first, settings.STORE_DEFAULTS).
    """
    versions = current_versions(store)
    known = set(Script.objects.filter(store=store).values_list("rule", flat=True))
    Script.objects.bulk_create(
        Script(
            store=store,
            rule=shipped.rule,
            body_zh=shipped.zh.strip(),
            body_en=shipped.en.strip(),
            version=versions[shipped.questionnaire] if shipped.questionnaire else None,
        )
        for shipped in SCRIPTS
        if shipped.rule not in known
    )
