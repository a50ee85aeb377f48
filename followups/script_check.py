"""What is wrong with the text of a script, line by line, before anybody has to read it aloud. Pure: it knows words, not rows.

The format is that of followups.scripts, which shows a faulty text all the same: this page is where it is caught.
"""

import difflib
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from followups.scripts import MESSAGE_CASES, PLACEHOLDERS

LONGEST = 6000  # characters of a text
LONGEST_CASE = 40  # of the case in brackets, as followups.scripts reads it
_BRACES = re.compile(r"\{([^{}]*)\}|[{}]")
_WIDE = re.compile(r"[｛｝]")
_CASE = re.compile(r"^\[([^\]]*)\]")


@dataclass(frozen=True)
class Fault:
    """`line` counts from 1; what is no error is a hint: it may be meant so, and is saved."""

    line: int
    text: str
    is_error: bool = True


def faults_of(body: str, *, known=None, has_message=False, has_call=True, language="zh") -> list[Fault]:
    """In the order of the lines; [] for a text without a fault.

    `known` are the placeholders that the topic can fill (None: all). `has_message`: (part of) the text is sent as a message;
    `has_call`: it is spoken.
    """
    lines = body.replace("\r\n", "\n").split("\n")
    if not body.strip():
        return [Fault(1, _("There is no text."))]
    faults = [fault for number, line in enumerate(lines, start=1) for fault in _in_line(number, line, known)]
    faults += _of_paragraphs(lines)
    if has_message:
        faults += _of_message(lines, has_call, language)
    if len(body) > LONGEST:
        faults.append(Fault(len(lines), _("At most %(count)s characters.") % {"count": LONGEST}))
    return sorted(faults, key=lambda fault: fault.line)


def _in_line(number, line, known):
    for match in _BRACES.finditer(line):
        word = match.group(1)
        if word is None:
            yield Fault(number, _("A single “%(sign)s”: a placeholder is written {word}.") % {"sign": match.group()})
        elif word not in PLACEHOLDERS:
            yield Fault(number, _unknown(word))
        elif known is not None and word not in known:
            words = _("“%(label)s” is never known on this topic and will always be a gap.")
            yield Fault(number, words % {"label": PLACEHOLDERS[word]}, is_error=False)
    for match in _WIDE.finditer(line):
        yield Fault(number, _("“%(sign)s” is a full-width brace: write { and }.") % {"sign": match.group()})


def _unknown(word: str) -> str:
    near = difflib.get_close_matches(word.strip().lower(), PLACEHOLDERS, n=1)
    labels = {str(label): code for code, label in PLACEHOLDERS.items()}
    meant = labels.get(word.strip()) or (near[0] if near else "")
    if meant:
        words = _("There is no placeholder {%(word)s}. Did you mean {%(meant)s} (%(label)s)?")
        return words % {"word": word, "meant": meant, "label": PLACEHOLDERS[meant]}
    return _("There is no placeholder {%(word)s}.") % {"word": word}


def _of_paragraphs(lines):
    """Paragraphs are parted by blank lines; what a paragraph is, its first sign says."""
    faults, cases, begins, is_hint = [], {}, True, False
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            begins, is_hint = True, False
            continue
        if begins:
            is_hint = line.startswith(">")
            faults += _beginning(number, line, cases)
        elif line.startswith("["):
            faults.append(
                Fault(number, _("Put a blank line before a branch, or it is said along with what stands above."))
            )
        elif line.startswith(">") and not is_hint:
            faults.append(Fault(number, _("Put a blank line before a hint, or it is said aloud.")))
        begins = False
    return faults


def _beginning(number, line, cases):
    if line.startswith(("［", "＞", "》")):
        words = _("“%(sign)s” is a full-width sign: a branch begins with [, a hint with >.")
        yield Fault(number, words % {"sign": line[0]})
    elif line.startswith((" [", " >", "\u3000[", "\u3000>")):
        yield Fault(number, _("A branch or hint begins at the very beginning of its line."))
    elif line.startswith(">") and not line[1:].strip():
        yield Fault(number, _("This hint is empty."))
    elif line.startswith("["):
        yield from _branch(number, line, cases)


def _branch(number, line, cases):
    match = _CASE.match(line)
    case = match.group(1) if match else ""
    if match is None:
        yield Fault(number, _("This branch has no closing ]."))
    elif not case.strip():
        yield Fault(number, _("This branch does not say for which case: write [the case]."))
    elif len(case) > LONGEST_CASE:
        yield Fault(number, _("The case of a branch has at most %(count)s characters.") % {"count": LONGEST_CASE})
    elif "{" in case:
        yield Fault(number, _("The case of a branch is shown as it stands: it can have no placeholder."))
    elif not line[match.end() :].strip():
        yield Fault(number, _("The branch “%(case)s” says nothing.") % {"case": case})
    elif case in cases:
        words = _("The branch “%(case)s” stands in line %(line)s already.")
        yield Fault(number, words % {"case": case, "line": cases[case]})
    cases.setdefault(case, number)


def _of_message(lines, has_call, language):
    """What is sent: the branch with the name of a message, else all that is said (followups.scripts.message)."""
    case = MESSAGE_CASES[language]
    heads = [line for before, line in zip(["", *lines], lines, strict=False) if line.strip() and not before.strip()]
    if any(line.startswith(f"[{case}]") for line in heads):
        return []
    if has_call:
        words = _("This topic is a message and a call: put what is sent into a branch [%(case)s].")
        return [Fault(1, words % {"case": case})]
    if not any(not line.startswith((">", "[")) for line in heads):
        return [Fault(1, _("Nothing would be sent: every paragraph is a hint or a branch."))]
    return []
