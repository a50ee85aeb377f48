"""Chinese is complete and English is one click away: texts, catalogues, and what may be Chinese in the code."""

import ast
import fnmatch
import re
from collections import defaultdict
from pathlib import Path

import polib
import pytest
from django.urls import reverse
from django.utils.translation import deactivate, gettext, override

from accounts.choices import Role
from accounts.services import create_account, create_store
from common.catalogs import catalogue_paths, compile_catalogues
from common.texts import KEYWORDS, texts_of, update_catalogue
from tests.test_doors import doors

ROOT = Path(__file__).resolve().parent.parent
OWN = [
    "common",
    "audit",
    "accounts",
    "office",
    "dms",
    "customers",
    "complaints",
    "cvp",
    "followups",
    "reports",
    "reception",
    "quality",
    "dcrc",
]
PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sdfr]|%%")
CHINESE = re.compile(r"[\u3400-\u9fff]")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# Where Chinese words may stand in the code, and why.
CHINESE_ALLOWED = {
    "*/sheets.py": "column headers as the DMS writes them",
    "*/sheets/*.py": "column headers as the DMS writes them",
    "dms/reading.py": "names of worksheets and sheets that a DMS writes",
    "dms/recognise.py": "titles, totals and hints that a DMS writes around its tables",
    "*/defaults.py": "dictionaries shipped in both languages",
    "*/defaults/*.py": "dictionaries shipped in both languages",
    "customers/forms/file_care.py": "how people write kilometres",
    "office/management/commands/restore.py": "the word for yes, as people type it",
    "followups/scripts.py": "forms of address that belong to the Chinese script text",
    "followups/wording.py": "forms of address that belong to the Chinese script text",
    "accounts/day_lists.py": "headers and words of lists of days off and workdays, as people write them",
    "common/phones.py": "what people write beside a number",
    "common/plates.py": "province characters of number plates",
    "common/pinyin.py": "surnames with a reading of their own",
    "common/companies.py": "words that make a name a company's",
    "common/birthdays.py": "lunar months and days, as people write and read them",
    "common/dates.py": "year, month and day characters in cells",
    "common/money.py": "currency words in cells",
    "common/cells.py": "wide characters and empty words in cells",
    "customers/care/visits.py": "words of the trade for maintenance, as repair orders have them",
    "complaints/privacy.py": "provinces on plates and forms of address, to be found in what people write",
    "demo/*.py": "the demo dealership's life",
    "demo/**/*.py": "the demo dealership's life",
    "bench/*.py": "generated names",
    "templates/customers/_search_results.html": "an example of a name and its pinyin",
    "dcrc/settings.py": "the language's own name",
    "templates/partials/language_switch.html": "the language's own name",
}


@pytest.fixture(autouse=True)
def _own_language():
    """A page leaves its language behind in the thread; no other test inherits it."""
    yield
    deactivate()


def catalogue(app):
    path = ROOT / app / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return {}
    return {(entry.msgctxt or "", entry.msgid): entry for entry in polib.pofile(str(path)) if not entry.obsolete}


def translations(entry):
    return [entry.msgstr] if not entry.msgid_plural else list(entry.msgstr_plural.values())


@pytest.mark.parametrize("app", OWN)
def test_every_text_has_its_chinese(app):
    entries = catalogue(app)
    missing = [
        text.msgid
        for key, text in texts_of(ROOT, app).items()
        if key not in entries or not all(translations(entries[key])) or entries[key].fuzzy
    ]
    assert missing == [], "run `make messages`, then translate these"


@pytest.mark.parametrize("app", OWN)
def test_translations_fill_in_the_same_values(app):
    wrong = [
        entry.msgid
        for entry in catalogue(app).values()
        for translation in translations(entry)
        if translation
        and sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(PLACEHOLDER.findall(translation))
        and sorted(PLACEHOLDER.findall(entry.msgid_plural)) != sorted(PLACEHOLDER.findall(translation))
    ]
    assert wrong == []


@pytest.mark.parametrize("app", OWN)
def test_chinese_is_written_with_chinese_marks(app):
    mark = re.compile(r"[\u4e00-\u9fff][,;?!:](?!//)")
    assert [text for entry in catalogue(app).values() for text in translations(entry) if mark.search(text)] == []


def test_one_text_is_one_word_everywhere():
    """Catalogues are merged, one app's over another's: two translations of one text would win by accident."""
    found = defaultdict(lambda: defaultdict(set))
    for app in OWN:
        for key, entry in catalogue(app).items():
            if all(translations(entry)):
                found[key][tuple(translations(entry))].add(app)
    clashes = {key[1]: dict(words) for key, words in found.items() if len(words) > 1}
    assert clashes == {}, "use pgettext with a context where the words really differ"


def test_packages_that_ship_no_chinese_are_translated_here():
    import django_filters

    path = Path(django_filters.__file__).parent / "locale" / "zh_CN" / "LC_MESSAGES" / "django.po"
    with override("zh-hans"):
        english = [entry.msgid for entry in polib.pofile(str(path)) if gettext(entry.msgid) == entry.msgid]
    assert english == []


@pytest.mark.parametrize("part", ["conf", "contrib/auth", "contrib/sessions"])
def test_djangos_own_texts_are_complete(part):
    import django

    path = Path(django.__file__).parent / part / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    with override("zh-hans"):
        english = [
            entry.msgid
            for entry in polib.pofile(str(path))
            if not entry.obsolete and not entry.translated() and gettext(entry.msgid) == entry.msgid
        ]
    assert english == []


# --- How texts may be written ---------------------------------------------------------------------------------------------


def python_files():
    for app in [*OWN, "demo", "bench"]:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_gettext_goes_only_by_names_that_are_found():
    unknown = [
        f"{path.relative_to(ROOT)}: {name.name} as {name.asname}"
        for path, tree in python_files()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if "gettext" in name.name and (name.asname or name.name) not in KEYWORDS
    ]
    assert unknown == []


def test_no_text_is_built_before_it_is_translated():
    built = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, tree in python_files()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in KEYWORDS
        and any(isinstance(argument, ast.JoinedStr | ast.BinOp) for argument in node.args)
    ]
    assert built == []


def allowed(path):
    name = path.relative_to(ROOT).as_posix()
    return any(fnmatch.fnmatch(name, pattern) for pattern in CHINESE_ALLOWED)


def docstrings(tree):
    """The string nodes that are docstrings or bare strings: read by people, not shown."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def test_chinese_stands_in_catalogues_not_in_the_code():
    found = []
    for path, tree in python_files():
        if allowed(path):
            continue
        comments = docstrings(tree)
        found += [
            f"{path.relative_to(ROOT)}:{node.lineno} {node.value[:30]}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in comments
            and CHINESE.search(node.value)
        ]
    assert found == []


def test_chinese_stands_in_catalogues_not_in_templates_and_scripts():
    files = [*TEMPLATES, *sorted((ROOT / "static").rglob("*.js")), *sorted((ROOT / "static").rglob("*.css"))]
    comment = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|/\*.*?\*/|^\s*//.*?$", re.S | re.M)
    found = [
        path.relative_to(ROOT).as_posix()
        for path in files
        if not allowed(path) and CHINESE.search(comment.sub("", path.read_text(encoding="utf-8")))
    ]
    assert found == []


# Names of things, not words: the same in both languages.
NAMES = {"DCRC", "DMS", "VIN", "CSV", "Excel", "xlsx", "xls", "csv", "UTF", "GB", "Enter", "Esc", "Ctrl", "Alt", "Tab"}
NAMES |= {
    "English",
    "Shift",
    "Space",
    "nbsp",
    "amp",
    "middot",
    "mdash",
    "ndash",
    "times",
    "rarr",
    "larr",
    "hellip",
    "km",
}
SHOWN = re.compile(
    r"""\s(?:title|placeholder|aria-label|alt|data-(?:text|label|close|copied)[\w-]*)=(["'])(.*?)\1""", re.S
)


def bare_words(source):
    """Words of a template that stand outside every translation tag: in its text and in attributes that are shown."""
    source = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", source, flags=re.S)
    source = re.sub(r"\{%-?\s*blocktrans.*?endblocktrans(?:late)?\s*%\}", "", source, flags=re.S)
    source = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "\0", source, flags=re.S)
    source = re.sub(r"<(script|style|kbd|code)\b.*?</\1>|<!--.*?-->", "", source, flags=re.S)
    texts = [match[2] for match in SHOWN.finditer(source)] + [re.sub(r"<[^>]*>", "\n", source)]
    words = {word for text in texts for word in re.findall(r"[A-Za-z]{2,}", text)}
    return words - NAMES


def test_templates_hold_no_bare_words():
    found = {
        path.relative_to(ROOT).as_posix(): sorted(words)
        for path in TEMPLATES
        if (words := bare_words(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_the_search_for_bare_words_sees_them():
    assert bare_words('<p title="Help me">{% translate "fine" %} oops {{ value }}</p>') == {"Help", "me", "oops"}


# --- Pages ----------------------------------------------------------------------------------------------------------------


def plain_pages():
    """GET doors that need no row of the store: pages that show only what a new store brings along."""
    return [param for param in doors() if is_plain(param.values[1])]


def is_plain(door):
    return door.method == "get" and door.ok == 200 and not door.row and not callable(door.data)


def visitor(door, language):
    from django.contrib.auth.models import Permission

    store = create_store(code="EN", name="Riverside", short_name="Riverside", live_on="2026-01-01")
    person = create_account(
        username="reader",
        full_name="Reader",
        role=Role.SPECIALIST,
        store=store,
        password="Only-reading-1",
        language=language,
    )
    person.groups.clear()
    for name in [door.permission, *door.also]:
        if name:
            label, codename = name.split(".")
            person.user_permissions.add(Permission.objects.get(content_type__app_label=label, codename=codename))
    return person


@pytest.mark.parametrize(("module", "door"), plain_pages())
@pytest.mark.parametrize(("language", "tag"), [("zh-hans", "zh-CN"), ("en", "en")])
def test_every_page_says_its_language_and_keeps_to_it(module, door, language, tag, db, login):
    reader = visitor(door, language)
    html = login(reader).get(reverse(door.name), door.data or {}).content.decode()
    if "<html" in html:
        assert f'<html lang="{tag}">' in html
    if language == "en":
        for own in [
            "简体中文",
            "中文",
            *map(str, (door.data or {}).values()),
        ]:  # the language's own name, and what was typed
            html = html.replace(own, "")
        assert {line.strip() for line in html.splitlines() if CHINESE.search(line)} == set()
    elif "<html" in html:
        assert CHINESE.search(html.split("<title>")[1].split("</title>")[0])


# --- The tools ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_project(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "views.py").write_text('from x import gettext as _\nA = _("Red")\nB = _("%(n)s left")\n')
    (tmp_path / "templates" / "shop").mkdir(parents=True)
    (tmp_path / "templates" / "shop" / "a.html").write_text(
        '{% translate "Blue" %}\n   {% blocktranslate count n=n %}one{% plural %}{{ n }} of them{% endblocktranslate %}\n'
        '{% pgettext %}{% translate "Close" context "a door" %}{% icon "x" _("Label") %}'.replace("{% pgettext %}", "")
    )
    return tmp_path


def po(root, app="shop"):
    entries = polib.pofile(str(root / app / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"))
    return {entry.msgid: entry for entry in entries}


def test_texts_are_found_in_code_and_templates(small_project):
    counts = update_catalogue(small_project, "shop", "zh_Hans")
    entries = po(small_project)
    assert set(entries) == {"Red", "%(n)s left", "Blue", "one", "Close", "Label"}
    assert entries["one"].msgid_plural == "%(n)s of them"
    assert entries["Close"].msgctxt == "a door"
    assert "python-format" in entries["%(n)s left"].flags
    assert counts == {"texts": 6, "untranslated": 6, "unused": 0}


def test_translations_survive_and_nothing_moves_without_need(small_project):
    update_catalogue(small_project, "shop", "zh_Hans")
    path = small_project / "shop" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.write_text(path.read_text().replace('msgid "Red"\nmsgstr ""', 'msgid "Red"\nmsgstr "红"'))
    source = small_project / "shop" / "views.py"
    source.write_text("\n\n\n" + source.read_text())
    before = path.read_text()
    update_catalogue(small_project, "shop", "zh_Hans")
    assert path.read_text() == before
    assert po(small_project)["Red"].msgstr == "红"


def test_a_text_that_comes_back_finds_its_translation(small_project):
    source = small_project / "shop" / "views.py"
    original = source.read_text()
    update_catalogue(small_project, "shop", "zh_Hans")
    path = small_project / "shop" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.write_text(path.read_text().replace('msgid "Red"\nmsgstr ""', 'msgid "Red"\nmsgstr "红"'))
    source.write_text("")
    assert update_catalogue(small_project, "shop", "zh_Hans")["unused"] == 2
    assert po(small_project)["Red"].obsolete
    source.write_text(original)
    update_catalogue(small_project, "shop", "zh_Hans")
    assert (po(small_project)["Red"].msgstr, po(small_project)["Red"].obsolete) == ("红", 0)
    source.write_text("")
    update_catalogue(small_project, "shop", "zh_Hans", prune=True)
    assert "Red" not in po(small_project)


def test_a_new_text_takes_the_word_another_app_gave_it(small_project):
    update_catalogue(small_project, "shop", "zh_Hans")
    path = small_project / "shop" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.write_text(path.read_text().replace('msgid "Red"\nmsgstr ""', 'msgid "Red"\nmsgstr "红"'))
    (small_project / "office").mkdir()
    (small_project / "office" / "views.py").write_text('A = _("Red")\n')
    update_catalogue(small_project, "office", "zh_Hans")
    assert po(small_project, "office")["Red"].msgstr == "红"


def test_catalogues_are_compiled_only_when_they_changed(small_project):
    import gettext as stdlib

    update_catalogue(small_project, "shop", "zh_Hans")
    path = small_project / "shop" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    path.write_text(path.read_text().replace('msgid "Red"\nmsgstr ""', 'msgid "Red"\nmsgstr "红"'))
    assert compile_catalogues(small_project) == [path]
    assert compile_catalogues(small_project) == []
    words = stdlib.GNUTranslations(path.with_suffix(".mo").open("rb"))
    assert words.gettext("Red") == "红"
    assert words.gettext("Blue") == "Blue"


def test_every_catalogue_of_the_project_is_compiled():
    assert {path.parts[-5] for path in catalogue_paths(ROOT)} >= {"common", "accounts", "dcrc"}
    assert all(path.with_suffix(".mo").exists() for path in catalogue_paths(ROOT))


def test_every_app_with_texts_is_looked_at():
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")} | {"dcrc"}
    assert apps - {"demo"} == set(OWN)  # the demo shows nothing: it only writes data
