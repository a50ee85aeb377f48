from followups.models.call import Call, CallOutcome, Draft, Skip
from followups.models.card import CallCard
from followups.models.dials import DeskDial, Outcome, RuleDial, Script
from followups.models.effect import ImportEffect
from followups.models.item import DueItem, GenerationRun, PlannedCall

__all__ = [
    "Call",
    "CallCard",
    "CallOutcome",
    "DeskDial",
    "Draft",
    "DueItem",
    "GenerationRun",
    "ImportEffect",
    "Outcome",
    "PlannedCall",
    "RuleDial",
    "Script",
    "Skip",
]
