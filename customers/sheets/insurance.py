"""Policies in hand of an import, and how what a list says of one term of insurance finds its row.

By policy number and cover; else by car, cover and term: two days of expiry less than half a year apart mean the same term.
A row without number becomes the policy with number when that arrives. What a policy list says stands against a mere day
of expiry of another list.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import common.lookups  # noqa: F401 - registers `among`
from customers.choices import Cover, DerivedDay
from customers.models import Policy
from customers.models.insurance import end_of_term, start_of_term
from dms.columns import Column, Finding, Text

SAME_TERM = dt.timedelta(days=183)
DAYS = ("starts_on", "ends_on", "derived")
DAYS_AHEAD = 2 * 366  # a renewal is bought months before its year begins
COMPULSORY, COMMERCIAL, UNNAMED = Cover.COMPULSORY.value, Cover.COMMERCIAL.value, Cover.UNNAMED.value

INSURER_HEADERS = (
    "保险公司",
    "承保公司",
    "投保公司",
    "保修公司",
    "承保单位",
    "保险公司名称",
    "承保保险公司",
)  # 保修公司: sic
ENDS_HEADERS = (
    "结束日期", "保险到期日期", "保险到期日", "保险到期", "保险到期时间", "保险日期", "车险到期（年/月/日）", "车险到期", "车险到期日期", "保险止期",
    "终保日期", "保险终止日期",
)  # fmt: skip
COMPULSORY_ENDS_HEADERS = (
    "交强险到期日期",
    "交强险到期日",
    "交强险到期",
    "交强险到期时间",
    "交强险日期",
    "交强险结束日期",
    "交强险终保日期",
)
COMMERCIAL_ENDS_HEADERS = (
    "商业险到期日期",
    "商业险到期日",
    "商业险到期",
    "商业险到期时间",
    "商业险日期",
    "商业险结束日期",
    "商业险终保日期",
)


@dataclass(slots=True, eq=False)
class PolicyRow:
    id: int
    is_void: bool = False
    vehicle_id: int = 0
    customer_id: int | None = None
    cover: str = ""
    policy_no: str = ""
    application_no: str = ""
    insurer: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    derived: str = ""
    insured_amount: Decimal | None = None
    premium: Decimal | None = None
    kind: str = ""
    is_ours: bool | None = None
    renewal_agent: str = ""
    sold_on: dt.date | None = None


@dataclass(slots=True)
class Term:
    """What one row says of one cover: either day may be missing, not both. `details` are further columns of Policy, None
    where the row says nothing; `column` is where the row says when it ends."""

    cover: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    policy_no: str | None = None
    details: dict | None = None
    column: str = "ends_on"

    @property
    def is_backwards(self):
        return self.starts_on is not None and self.ends_on is not None and self.ends_on < self.starts_on


class CoverName(Text):
    """What a cover is called: one of choices.Cover, or the name of a part as it stands."""

    def clean(self, cell, *, today=None):
        return Column.clean(self, cell, today=today)

    def read(self, cell, today):
        text = super().read(cell, today)
        if text is None or text.__class__ is Finding:
            return text
        if "交强" in text or "强制" in text:
            return COMPULSORY
        return COMMERCIAL if text in _COMMERCIAL else text


_COMMERCIAL = (
    "商业险",
    "商业",
    "商业保险",
    "商业车险",
    "机动车商业险",
    "机动车商业保险",
    "机动车辆商业保险",
    "机动车综合商业保险",
)
# Sold beside the car's insurance, no part of its commercial cover.
_APART = ("意外", "驾意", "驾乘", "延保", "延长保修", "健康")


def is_part_of_commercial(cover) -> bool:
    return cover not in Cover.values and not any(word in cover for word in _APART)


class WithPolicies:
    """A Book with a table of policies, which is only filled where a list speaks of insurance."""

    def __init__(self, memory):
        super().__init__(memory)
        self.policies = self.table(
            Policy,
            PolicyRow,
            customer_id=lambda row: row.customer_id,
            title=lambda row: row.policy_no or self._car_of(row),
            keys=("vehicle_id", "cover", "policy_no", *DAYS),
            is_optional=True,
        )
        self.policies_by_no = {}  # (number, cover) -> [policy]
        self.policies_of = {}  # vehicle id -> [policy]
        self._insured = set()  # vehicles whose policies are in hand

    def open_policies(self, *, vehicle_ids, numbers=()):
        """Take into hand the policies of these cars and those with these numbers."""
        store_id, links = self.memory.store_id, self.memory.links
        found = []
        if numbers:
            found += self.policies.load(
                self._locked(Policy.objects.filter(store_id=store_id, policy_no__among=numbers))
            )
        ids = {pk for pk in vehicle_ids if pk not in self._insured}
        self._insured |= ids
        stored = {pk for pk in ids if pk > 0}
        if stored:
            found += self.policies.load(self._locked(Policy.objects.filter(vehicle_id__among=stored)))
        known = links.get("policy", {})
        found += self.policies.bring(pk for key in [*ids, *numbers] for pk in known.get(key, ()))
        for policy in found:
            self._index_policy(policy)

    def _index_policy(self, policy):
        if policy.policy_no:
            self.policies_by_no.setdefault((policy.policy_no, policy.cover), []).append(policy)
        self.policies_of.setdefault(policy.vehicle_id, []).append(policy)

    def carry_policy(self, row):
        if row.id < 0:
            known = self.memory.links.setdefault("policy", {})
            for key in filter(None, (row.vehicle_id, row.policy_no)):
                known.setdefault(key, []).append(row.id)
        return True

    def new_policy(self, **values):
        row = self.policies.create(PolicyRow(self.policies.next_id(), **values))
        self._index_policy(row)
        return row


def feed_term(book, group, vehicle, term: Term, *, holder=None) -> bool:
    """Compare one term with the policies in hand, or make it one. True where that is a policy the store did not have.

    holder: the customer the row names; a new policy of nobody is the car owner's.
    """
    if term.is_backwards:
        group.note(Finding("policy_backwards", str(term.ends_on), column=group.columns.get(term.column)))
        return False
    policy = _find(book, vehicle, term)
    given = {name: value for name, value in (term.details or {}).items() if value is not None}
    if holder is not None:
        given["customer_id"] = holder.id
    if policy is None:
        given.setdefault("customer_id", vehicle.owner_id)
        days = dict(zip(DAYS, days_of(term), strict=True))
        policy = book.new_policy(
            vehicle_id=vehicle.id, cover=term.cover, policy_no=term.policy_no or "", **days, **given
        )  # fmt: skip
        book.tell(book.policies, policy, [*given, *_days_given(term)])
        return True
    revived = policy.is_void
    table = book.policies
    table.fed.add(policy.id)
    if revived and table.revive(policy):
        given.setdefault("customer_id", vehicle.owner_id)
        for name, value in zip(DAYS, days_of(term), strict=True):
            table.change(policy, name, value)
    if policy.policy_no and not term.policy_no:
        _fill(book, group, policy, term, given)
    else:
        _compare(book, group, policy, vehicle, term, given)
    return revived


def days_of(term):
    """(starts_on, ends_on, which of them was reckoned)"""
    return _complete(term.starts_on, term.ends_on)


def _complete(starts_on, ends_on):
    if ends_on is None:
        return starts_on, end_of_term(starts_on), DerivedDay.END.value
    if starts_on is None:
        return start_of_term(ends_on), ends_on, DerivedDay.START.value
    return starts_on, ends_on, ""


def _days_given(term):
    return [name for name in ("starts_on", "ends_on") if getattr(term, name) is not None]


def _find(book, vehicle, term):
    """The row of this policy, else of this term; a living one before a void one."""
    _starts_on, ends_on, _derived = days_of(term)
    numbered = book.policies_by_no.get((term.policy_no, term.cover), ()) if term.policy_no else ()
    for policy in numbered:
        if not policy.is_void:
            return policy
    of_term = [
        policy
        for policy in book.policies_of.get(vehicle.id, ())
        if policy.cover == term.cover and abs(policy.ends_on - ends_on) < SAME_TERM
    ]
    living = [policy for policy in of_term if not policy.is_void and not (term.policy_no and policy.policy_no)]
    if living:
        return min(living, key=lambda policy: (abs(policy.ends_on - ends_on), not policy.policy_no, policy.id))
    if numbered:
        return numbered[-1]
    return next((p for p in of_term if p.is_void and not p.policy_no and p.ends_on == ends_on), None)


def _fill(book, group, policy, term, given):
    """A list with only a day of expiry speaks of a policy that is known by its number: it adds, and changes nothing."""
    for name, value in given.items():
        if getattr(policy, name) in ("", None):
            book.policies.change(policy, name, value)
    if term.ends_on not in (None, policy.ends_on):
        params = {"number": policy.policy_no, "kept": str(policy.ends_on)}
        group.note(Finding("policy_stands", str(term.ends_on), params=params, column=group.columns.get(term.column)))


def _compare(book, group, policy, vehicle, term, given):
    table = book.policies
    table.change(policy, "vehicle_id", vehicle.id)
    if term.policy_no and not policy.policy_no:
        table.change(policy, "policy_no", term.policy_no)
        book.policies_by_no.setdefault((term.policy_no, policy.cover), []).append(policy)
    told = book.tell(table, policy, [*given, *_days_given(term)])
    for name, value in given.items():
        stored = getattr(policy, name)
        if stored == value:
            continue
        if name in told:
            _note_earlier(group, name, value, stored)
        else:
            table.change(policy, name, value)
    for name in _days_given(term):
        if name in told and getattr(term, name) != getattr(policy, name):
            _note_earlier(group, term.column, getattr(term, name), getattr(policy, name))
            return
    _compare_days(table, policy, term)


def _note_earlier(group, field, value, stored):
    params = {"kept": str(stored)[:80]}
    group.note(Finding("earlier_row_counts", str(value), params=params, column=group.columns.get(field)))


def _compare_days(table, policy, term):
    """A day the DMS gave stays where a list gives only the other; one that was reckoned follows."""
    starts_on = term.starts_on or (policy.starts_on if policy.derived != DerivedDay.START else None)
    ends_on = term.ends_on or (policy.ends_on if policy.derived != DerivedDay.END else None)
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        starts_on, ends_on = term.starts_on, term.ends_on
    for name, value in zip(DAYS, _complete(starts_on, ends_on), strict=True):
        table.change(policy, name, value)
