from followups.models.call import Call, CallOutcome, Draft, Skip
from followups.models.card import CallCard
from followups.models.dials import DeskDial, Outcome, RuleDial, Script
from followups.models.item import DueItem, GenerationRun, PlannedCall

__all__ = [
    "Call",
    "CallCard",
    "CallOutcome",
    "DeskDial",
    "Draft",
    "DueItem",
    "GenerationRun",
    "Outcome",
    "PlannedCall",
    "RuleDial",
    "Script",
    "Skip",
]
