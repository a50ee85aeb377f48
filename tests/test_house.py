"""The floors hold: imports and foreign keys only run down (docs/architecture.md §1)."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

from common.personal import Tie, all_follows

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {
    "common": 1,
    "audit": 2,
    "accounts": 3,
    "office": 4,
    "dms": 5,
    "customers": 6,
    "complaints": 8,
    "cvp": 9,
    "followups": 10,
    "reports": 11,
    "reception": 11,
    "quality": 11,
    "demo": 12,
    "dcrc": 12,
}


def imported_apps(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
        for name in names:
            top = name.split(".")[0]
            if top in FLOORS:
                yield top, node.lineno


def sources():
    for app in FLOORS:
        for path in sorted((ROOT / app).rglob("*.py")):
            yield app, path


def test_every_folder_with_python_has_a_floor():
    ignored = {"tests", "bench", "docs", "static", "templates", "var"}
    folders = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith(".") and any(path.rglob("*.py"))
    }
    assert folders - ignored == set(FLOORS)


def test_imports_only_run_down():
    upward = [
        f"{path.relative_to(ROOT)}:{line} imports {target}"
        for app, path in sources()
        for target, line in imported_apps(path)
        if target != app and FLOORS[target] >= FLOORS[app]
    ]
    assert upward == []


def test_foreign_keys_only_run_down():
    upward = []
    for model in apps.get_models():
        label = model._meta.app_label
        if label not in FLOORS:
            continue
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created and field.related_model is not None:
                target = field.related_model._meta.app_label
                if target in FLOORS and target != label and FLOORS[target] >= FLOORS[label]:
                    upward.append(f"{model._meta.label}.{field.name} -> {target}")
    assert upward == []


def test_nothing_uses_signals_or_generic_keys_to_work_around_the_floors():
    words = ("post_save", "pre_save", "post_delete", "GenericForeignKey")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for _app, path in sources()
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []


@pytest.mark.parametrize("app", sorted(FLOORS))
def test_every_room_says_what_it_is_for(app):
    assert ast.get_docstring(ast.parse((ROOT / app / "__init__.py").read_text(encoding="utf-8"))), (
        f"{app}/__init__.py has no docstring"
    )


def test_every_row_that_follows_a_person_is_declared():
    """An undo, a merge or an erasure would run over what it does not know of (common.personal)."""
    declared = {(follow.model, follow.field, follow.to) for follow in all_follows()}
    keys = {
        (model._meta.label, field.name, field.related_model._meta.label)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model._meta.app_label == "customers"
    }
    assert keys - declared == set(), "declare these foreign keys in the app's personal.py"
    for follow in all_follows():
        assert follow.source._meta.get_field(follow.field), follow
        assert follow.reason or follow.tie not in (Tie.WORK, Tie.FACT), follow
