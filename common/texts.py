"""Finds the texts to translate in the code and templates, and merges them into the catalogues. For developers: needs Babel.

One catalogue per app: its own Python and `templates/<app>/`; what lies beside those folders (base.html, partials)
belongs to `common`. Entries name their files without line numbers, so that moving a line changes no catalogue.
"""

import io
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

# The only names under which code may import gettext (tests/test_translations.py holds it).
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sdf]")
SHARED = "common"


@dataclass
class Text:
    """One message: singular, plural ("" if none), context ("" if none), and the files it stands in."""

    msgid: str
    plural: str = ""
    context: str = ""
    files: set[str] = field(default_factory=set)

    @property
    def key(self):
        return (self.context, self.msgid)


def texts_of(root: Path, app: str) -> dict[tuple[str, str], Text]:
    """{(context, msgid): Text} of one app."""
    found = {}
    for path in _sources(root, app):
        for text in _texts_in(path):
            kept = found.setdefault(text.key, text)
            kept.plural = kept.plural or text.plural
            kept.files.add(path.relative_to(root).as_posix())
    return found


def update_catalogue(root: Path, app: str, language: str, *, prune=False) -> dict[str, int]:
    """Merge the app's texts into its catalogue; returns counts {"texts", "untranslated", "unused"}.

    Translations stay; a new text takes the translation that another app already gave it; texts that are gone
    become obsolete entries (dropped with `prune`), and come back to life with the text. Nothing is ever fuzzy.
    """
    path = root / app / "locale" / language / "LC_MESSAGES" / "django.po"
    texts = texts_of(root, app)
    if not texts and not path.exists():
        return {"texts": 0, "untranslated": 0, "unused": 0}
    old = polib.pofile(str(path), encoding="utf-8") if path.exists() else polib.POFile()
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in old}
    borrowed = _elsewhere(root, app, language)
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for key in sorted(texts, key=lambda key: (key[1].casefold(), key[1], key[0])):
        catalogue.append(_entry(texts[key], known.get(key), borrowed.get(key, "")))
    unused = [entry for key, entry in known.items() if key not in texts]
    if not prune:
        for entry in sorted(unused, key=lambda entry: entry.msgid):
            entry.obsolete, entry.occurrences, entry.flags = True, [], []
            catalogue.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))
    empty = sum(1 for entry in catalogue if not entry.obsolete and not entry.translated())
    return {"texts": len(texts), "untranslated": empty, "unused": len(unused)}


def _sources(root, app):
    yield from (path for path in sorted((root / app).rglob("*.py")) if "migrations" not in path.parts)
    templates = root / "templates"
    yield from sorted((templates / app).rglob("*.html"))
    if app == SHARED:
        yield from sorted(templates.glob("*.html"))
        yield from sorted((templates / "partials").rglob("*.html"))


def _texts_in(path):
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        # In brackets, or Python's tokenizer would mind the indentation of the page.
        source = f"(\n{templatize(source, origin=str(path))}\n)"
    for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
        parts = message if isinstance(message, tuple) else (message,)
        if parts[0]:
            yield Text(parts[0], parts[1] if len(parts) > 1 else "", context or "")


def _entry(text, old, borrowed):
    entry = polib.POEntry(
        msgid=text.msgid,
        msgid_plural=text.plural,
        msgctxt=text.context or None,
        occurrences=[(name, "") for name in sorted(text.files)],
        flags=["python-format"] if PLACEHOLDER.search(text.msgid + text.plural) else [],
    )
    if old is not None:
        entry.comment, entry.tcomment = old.comment, old.tcomment
    translation = _translation_of(old) or borrowed
    if text.plural:
        entry.msgstr_plural = {0: translation}
    else:
        entry.msgstr = translation
    return entry


def _translation_of(entry):
    if entry is None or "fuzzy" in entry.flags:
        return ""
    return entry.msgstr or next(iter(entry.msgstr_plural.values()), "")


def _elsewhere(root, app, language):
    """{(context, msgid): translation} of the other apps."""
    found = defaultdict(str)
    for path in root.glob(f"*/locale/{language}/LC_MESSAGES/django.po"):
        if path.relative_to(root).parts[0] == app:
            continue
        for entry in polib.pofile(str(path), encoding="utf-8"):
            if not entry.obsolete and _translation_of(entry):
                found[(entry.msgctxt or "", entry.msgid)] = _translation_of(entry)
    return found
