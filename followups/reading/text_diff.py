"""What one version of a text changed in another, for the eye: lines, and within a changed line the signs. Pure."""

import difflib
import re
from dataclasses import dataclass

# A word of Latin letters or digits counts as one sign: half a word that changed cannot be read.
_SIGNS = re.compile(r"\{[a-z_]+\}|[A-Za-z0-9']+|\s+|.", re.S)
LIKE = 0.35  # lines less alike than this are one taken out and one put in
AROUND = 1  # unchanged lines shown about a change


@dataclass(frozen=True)
class Line:
    """`parts` are (kind, text): "same", "old" (taken out), "new" (put in); kind "skip" stands for unchanged lines left out."""

    kind: str
    parts: list[tuple[str, str]]


def text_diff(old: str, new: str) -> list[Line]:
    """[] where nothing differs; blank lines are not told."""
    before, after = _lines(old), _lines(new)
    if before == after:
        return []
    lines = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += [Line("same", [("same", text)]) for text in before[a:b]]
        else:
            lines += _changed(before[a:b], after[c:d])
    return _short(lines)


def _lines(text):
    return [line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


def _changed(before, after):
    """Lines of the two sides that are like each other are shown as one; the rest as taken out and put in."""
    lines, place = [], 0
    for text in before:
        twin = next((n for n in range(place, len(after)) if _likeness(text, after[n]) >= LIKE), None)
        if twin is None:
            lines.append(Line("old", [("old", text)]))
            continue
        lines += [Line("new", [("new", other)]) for other in after[place:twin]]
        lines.append(Line("changed", signs_diff(text, after[twin])))
        place = twin + 1
    return lines + [Line("new", [("new", other)]) for other in after[place:]]


def _likeness(one, other):
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def signs_diff(old: str, new: str) -> list[tuple[str, str]]:
    """The parts of one changed line."""
    before, after = _SIGNS.findall(old), _SIGNS.findall(new)
    parts = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(("same", "".join(before[a:b])))
            continue
        parts += [(name, text) for name, text in (("old", "".join(before[a:b])), ("new", "".join(after[c:d]))) if text]
    return parts


def _short(lines):
    """Long stretches without a change are left out."""
    told = {
        place + step for place, line in enumerate(lines) if line.kind != "same" for step in range(-AROUND, AROUND + 1)
    }
    shown = []
    for place, line in enumerate(lines):
        if place in told:
            shown.append(line)
        elif not shown or shown[-1].kind != "skip":
            shown.append(Line("skip", []))
    return shown
