"""What no page may do, and what production must be: headers, cookies, templates without inline code, `check --deploy`."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tests.conftest import PASSWORD

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
INLINE = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.I),
    "style element": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"""\sstyle\s*=""", re.I),
    "event handler": re.compile(r"""\son[a-z]+\s*=\s*["']""", re.I),
    "hx-on": re.compile(r"\s(data-)?hx-on[:=-]", re.I),
    "evaluated values": re.compile(r"""hx-(vals|headers)\s*=\s*["']\s*(js|javascript):""", re.I),
    "trigger filter": re.compile(r"""hx-trigger\s*=\s*(["'])[^"']*\w\[""", re.I),
    "javascript address": re.compile(r"javascript:", re.I),
    "foreign host": re.compile(r"""(src|href)\s*=\s*["'](https?:)?//""", re.I),
    "unescaped output": re.compile(r"\|\s*safe\b|\{%\s*autoescape off", re.I),
}


@pytest.mark.parametrize("fault", INLINE)
def test_no_template_holds_inline_code(fault):
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in TEMPLATES
        for match in INLINE[fault].finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ("inline script", "<script>go()</script>"),
        ("style attribute", '<div style="width: 3px">'),
        ("event handler", '<a onclick="x()">'),
        ("trigger filter", """<form hx-trigger="keyup[key=='Enter']">"""),
        ("hx-on", '<div hx-on:click="x()">'),
        ("unescaped output", "{{ name|safe }}"),
    ],
)
def test_the_scan_sees_what_it_looks_for(fault, text):
    assert INLINE[fault].search(text)


def test_no_script_builds_code_or_markup_from_text():
    words = re.compile(r"\beval\(|new Function\(|\.innerHTML\s*=|insertAdjacentHTML|document\.write\(")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / "static").rglob("*.js"))
        for match in words.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("name", ["accounts:login", "accounts:me"])
def test_pages_carry_a_strict_policy(name, li, client):
    if name != "accounts:login":
        client.force_login(li)
    response = client.get(reverse(name))
    assert response.status_code == 200
    policy = dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


def test_what_a_person_saw_is_not_kept_by_the_browser(li, client):
    client.force_login(li)
    response = client.get(reverse("accounts:me"))
    assert response["Cache-Control"] == "private, no-store"
    assert '"historyCacheSize":0' in response.content.decode()  # htmx would keep pages in the browser's storage


def test_forms_without_a_token_are_refused_in_words(li):
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("accounts:login"), {"username": "li", "password": PASSWORD})
    assert answer.status_code == 403
    assert "页面打开太久了" in answer.content.decode()


# --- Error pages --------------------------------------------------------------------------------------------------------

ERRORS = {"400": "请求无效", "403": "没有权限", "404": "找不到页面", "500": "系统出错了", "403_csrf": "页面打开太久了"}


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_error_pages_render_without_a_request_and_lead_on(name, language):
    from django.utils.translation import override

    with override(language):
        html = render_to_string(f"{name}.html")
    assert (ERRORS[name] in html) == (language == "zh-hans")
    assert f'<html lang="{"zh-CN" if language == "zh-hans" else "en"}"' in html
    assert 'href="/"' in html


def test_a_missing_page_keeps_the_frame_for_who_is_in(li, client):
    stranger = client.get("/nowhere/")
    assert stranger.status_code == 404
    assert 'class="rail"' not in stranger.content.decode()
    client.force_login(li)
    answer = client.get("/nowhere/").content.decode()
    assert 'class="rail"' in answer
    assert "找不到页面" in answer


def test_a_forbidden_page_says_whom_to_ask(li, client):
    client.force_login(li)
    answer = client.get(reverse("accounts:stores"))
    assert answer.status_code == 403
    assert "请联系经理或管理员" in answer.content.decode()


def test_an_exception_shows_the_error_page_in_the_readers_language(li, client, settings):
    client.force_login(li)
    client.raise_request_exception = False
    settings.SETTINGS_PAGES = None  # breaks the settings page
    from accounts.services import update_account

    update_account(li, {"role": "manager", "language": "en"}, by=None)
    answer = client.get(reverse("accounts:settings"))
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()


def test_an_unknown_host_is_told_politely(settings, client):
    settings.ALLOWED_HOSTS = ["dcrc.example"]
    answer = client.get("/login/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert 'href="/"' in answer.content.decode()


# --- Production ---------------------------------------------------------------------------------------------------------


def manage(*arguments, drop=(), **environment):
    """Run manage.py in an environment of its own; DCRC_* of the suite do not leak into it."""
    inherited = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
    production = {
        "DCRC_ENV": "production",
        "SECRET_KEY": "a-key-of-this-test-only-" + "0123456789abcdefghij" * 2,
        "ALLOWED_HOSTS": "dcrc.example",
        "DATABASE_URL": "postgres://dcrc:secret@127.0.0.1:5432/dcrc",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
    }
    env = {**inherited, **production, **environment}
    for key in drop:
        env[key] = ""  # empty rather than absent: a .env file must not fill it in
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        capture_output=True,
        text=True,
        env=env,
        cwd=ROOT,
        timeout=120,
        check=False,
    )


def test_production_passes_the_deployment_check_without_a_warning(tmp_path):
    result = manage("check", "--deploy", "--fail-level", "WARNING", DCRC_DATA_DIR=str(tmp_path))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "no issues" in result.stdout


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_refuses_to_start_without(missing, tmp_path):
    result = manage("check", "--deploy", "--fail-level", "WARNING", drop=[missing], DCRC_DATA_DIR=str(tmp_path))
    assert result.returncode != 0
    assert missing in result.stderr


def test_production_says_how_to_make_a_secret_key(tmp_path):
    result = manage("check", drop=["SECRET_KEY"], DCRC_DATA_DIR=str(tmp_path))
    assert "SECRET_KEY is not set. Make one:" in result.stderr
    assert not (tmp_path / "secret_key").exists()


COOKIES = """
from django.conf import settings
from django.test import Client
print(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.LANGUAGE_COOKIE_SECURE)
print(settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE)
print(settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS > 0, settings.DEBUG)
"""


@pytest.mark.parametrize(
    ("https", "first", "last"),
    [("1", "True True True", "True True False"), ("0", "False False False", "False False False")],
)
def test_https_makes_every_cookie_secure(https, first, last, tmp_path):
    result = manage("shell", "-c", COOKIES, DCRC_HTTPS=https, DCRC_DATA_DIR=str(tmp_path), DCRC_ENV="embedded")
    lines = [line for line in result.stdout.splitlines() if line.startswith(("True", "False"))]
    assert lines == [first, "True Lax Lax", last], result.stderr


def test_cookies_as_the_browser_gets_them(li, client, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = True
    client.get(reverse("accounts:login"))
    client.post(reverse("accounts:login"), {"username": "li", "password": PASSWORD})
    client.post(reverse("accounts:language"), {"language": "en"})
    for name in ("sessionid", "django_language"):
        assert client.cookies[name]["secure"]
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"
    assert client.cookies["csrftoken"]["secure"]
    assert client.cookies["csrftoken"]["samesite"] == "Lax"


def test_the_session_changes_its_key_at_login(li, client):
    session = client.session
    session["x"] = 1
    session.save()
    before = session.session_key
    client.post(reverse("accounts:login"), {"username": "li", "password": PASSWORD})
    assert client.session.session_key != before


def test_shipped_front_end_files_are_the_known_ones():
    """Bootstrap and htmx come from packages; a changed file there is a changed browser for everybody."""
    import hashlib

    from django.contrib.staticfiles import finders

    digests = {
        name: hashlib.sha256(Path(finders.find(name)).read_bytes()).hexdigest()[:16]
        for name in (
            "js-lib-bootstrap5/css/bootstrap.min.css",
            "js-lib-bootstrap5/js/bootstrap.bundle.min.js",
            "django_htmx/htmx-2.min.js",
        )
    }
    assert digests == {
        "js-lib-bootstrap5/css/bootstrap.min.css": "3c8f27e6009ccfd7",
        "js-lib-bootstrap5/js/bootstrap.bundle.min.js": "0833b2e9c3a26c25",
        "django_htmx/htmx-2.min.js": "71ea67185bfa8c98",
    }


def test_the_frame_holds_no_word_of_any_one_app():
    """base.html and partials are everybody's; the navigation comes from the settings."""
    apps = re.compile(r"\b(customers|complaints|followups|cvp|dms|reports):")
    frame = [path for path in TEMPLATES if path.parent.name in {"templates", "partials"}]
    assert [path.name for path in frame if apps.search(path.read_text(encoding="utf-8"))] == []
