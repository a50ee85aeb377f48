from followups.models.call import Call, CallOutcome, Draft, Override, Skip
from followups.models.card import CallCard
from followups.models.dials import DeskDial, DialVersion, Outcome, RuleDial, Script
from followups.models.effect import ImportEffect
from followups.models.handing import Handed, HandOver
from followups.models.item import DueItem, GenerationRun, PlannedCall
from followups.models.left import LeftCard
from followups.models.moving import CallMove
from followups.models.steering import QueueMove, QueueMoveLine

__all__ = [
    "Call",
    "CallCard",
    "CallMove",
    "CallOutcome",
    "DeskDial",
    "DialVersion",
    "Draft",
    "DueItem",
    "GenerationRun",
    "HandOver",
    "Handed",
    "ImportEffect",
    "LeftCard",
    "Outcome",
    "Override",
    "PlannedCall",
    "QueueMove",
    "QueueMoveLine",
    "RuleDial",
    "Script",
    "Skip",
]
