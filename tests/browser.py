"""A real browser against a real server on the test's own database: fixtures `chromium`, `server`, `page_as`.

    @pytest.mark.browser
    def test_the_queue_by_keyboard(page_as, li):
        page = page_as(li, "/calls/")

They make the test transactional, so that the server's threads see what the cast wrote.
Under the strict policy `page.wait_for_function("…")` fails; use `expect(locator)`. A page that breaks the policy or
throws fails its test.
"""

import os
import shutil

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DESKTOP, PHONE = (1366, 768), (390, 844)


@pytest.fixture(scope="session")
def chromium():
    """The installed Chromium, one for the session; skips where there is none."""
    path = os.environ.get("DCRC_TEST_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if not path:
        pytest.skip("no Chromium here")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop in this thread, and Django would take every query for one from async code.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def server(transactional_db):
    """The address of a server with static files, for this test."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("127.0.0.1", static_handler=StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


@pytest.fixture
def page_as(chromium, server):
    """page_as(person or None, path="/", size=DESKTOP) -> a Playwright page in a browser profile of its own."""
    from django.conf import settings
    from django.test import Client

    profiles, problems = [], []

    def note(message):
        if "Content Security Policy" in message.text:
            problems.append(message.text)

    def _page_as(person=None, path="/", size=DESKTOP):
        width, height = size
        profile = chromium.new_context(
            base_url=server,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        profiles.append(profile)
        if person is not None:
            client = Client()
            client.force_login(person, backend="accounts.backends.PeopleBackend")
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            profile.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server}])
        page = profile.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(path)
        return page

    yield _page_as
    for profile in profiles:
        profile.close()
    assert problems == []


def serious_findings(page):
    """What axe calls serious or critical on this page, as readable lines."""
    from axe_playwright_python.sync_playwright import Axe

    results = Axe().run(page).response
    return [
        f"{finding['id']}: {node['target']} {node.get('failureSummary', '')}"
        for finding in results["violations"]
        if finding["impact"] in {"serious", "critical"}
        for node in finding["nodes"]
    ]


def overflow(page):
    """How many pixels the page is wider than its window; 0 is right."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
