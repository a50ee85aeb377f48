"""The first words on a card with several topics: one sentence that names them all. Pure: it knows words, not rows.

Each rule says its part (Rule.opening): a clause with the placeholders of followups.scripts. What stands in [brackets] is left out
where one of its words is not known. Of several topics of one rule it names the cars together, and whatever else they have in common.
"""

import re
from collections.abc import Iterable

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

MOST = 3  # things that one can name in a breath
JOINED = ("car", "plate", "subject")  # of several topics: one after the other
_OPTION = re.compile(r"\[([^\[\]]*)\]")
_WORD = re.compile(r"\{([a-z_]+)\}")


def clause(text: str, facts: Iterable[dict[str, object]]) -> SafeString | None:
    """One rule's part, for one topic or several; None where a word that it cannot do without is not known."""
    words = _common(list(facts))

    def option(match):
        return match[1] if all(words.get(name) for name in _WORD.findall(match[1])) else ""

    text = _OPTION.sub(option, str(text))
    if not all(words.get(name) for name in _WORD.findall(text)):
        return None
    parts, place = [], 0
    for match in _WORD.finditer(text):
        parts += [
            conditional_escape(text[place : match.start()]),
            format_html('<b class="slot">{}</b>', words[match[1]]),
        ]
        place = match.end()
    return mark_safe("".join([*parts, conditional_escape(text[place:])]))  # noqa: S308 - escaped above


def _common(facts) -> dict[str, object]:
    words = {}
    for name in facts[0]:
        values = list(dict.fromkeys(str(each[name]) for each in facts if each.get(name)))
        if len(values) == 1 and all(each.get(name) for each in facts):
            words[name] = values[0]
        elif len(values) > 1 and name in JOINED:
            words[name] = pgettext("between two things of a list", ", ").join(values)
    return words


def sentence(clauses: list[SafeString], hello: dict[str, object]) -> SafeString:
    """Greeting, who speaks, and what it is about; `hello` has greeting, person, agent, store."""
    shown, more = clauses[:MOST], len(clauses) - MOST
    first = format_html(
        _("{greeting}, am I speaking with {person}? This is {agent} from customer relations at {store}."),
        **{
            name: format_html('<b class="slot">{}</b>', hello[name])
            for name in ("greeting", "person", "agent", "store")
        },
    )
    number = len(clauses)
    about = ngettext("There is one thing today", "There are %(n)s things today", number) % {"n": _number(number)}
    between = pgettext("between two things of an opening", "; ")
    last = pgettext("before the last thing of an opening", "; and ")
    told = between.join(shown[:-1]) + last + shown[-1] if len(shown) > 1 and more <= 0 else between.join(shown)
    told = mark_safe(told)  # noqa: S308 - each is escaped
    rest = (
        ngettext("; and %(n)d more short matter", "; and %(n)d more short matters", more) % {"n": more}
        if more > 0
        else ""
    )
    return format_html(
        _("{first} {about}: {told}{rest}. Is this a good moment?"), first=first, about=about, told=told, rest=rest
    )


def _number(number: int) -> str:
    words = {
        1: pgettext("so many things", "one"),
        2: pgettext("so many things", "two"),
        3: pgettext("so many things", "three"),
        4: pgettext("so many things", "four"),
        5: pgettext("so many things", "five"),
        6: pgettext("so many things", "six"),
    }
    return words.get(number, str(number))
