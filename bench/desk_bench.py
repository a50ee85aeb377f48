"""Fifty specialists work the queue through a real server for ten minutes: every answer is timed, every error and double counted.

Each of them does by HTTP what her browser does: looks at the queue, takes the next card, waits as one who dials (far shorter than
in life), saves a result (six of ten not reached, three done with the key question answered, one agreed for later), and is given the next card with the answer.
A double is a card that two sittings saved, an item that two calls settled, or a person shown a card that a colleague holds. What is
left must balance: `check_cards` finds nothing. There is no floor: the figures are milliseconds of a shared machine, and errors.

    python -m bench.desk_bench [--minutes 10] [--people 50] [--customers 20000] [--think 4]
"""

import argparse
import http.client
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path
from urllib.parse import urlencode

from bench.scratch import engine, scratch

ROOT = Path(__file__).resolve().parent.parent
HIDDEN = re.compile(r'<input type="(?:hidden|radio)" name="(token|shown|csrfmiddlewaretoken|phone)" value="([^"]*)"')
KEY_QUESTION = re.compile(r"data-key-question.*?name=\"([^\"]+)\" value=\"([^\"]*)\"", re.DOTALL)
SERVER_SECONDS = 60


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def serve(port):
    """gunicorn as `make run` starts it; waits until it answers."""
    command = ["-m", "gunicorn", "dcrc.wsgi:application", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    command += ["--workers", "2", "--threads", "4", "--worker-tmp-dir", "/tmp", "--log-level", "warning"]
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=dict(os.environ))
    until = time.monotonic() + SERVER_SECONDS
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return process
        except OSError:
            time.sleep(0.2)
    process.kill()
    raise SystemExit("the server did not start")


class Desk:
    """One specialist: a connection, a session, and what she found."""

    def __init__(self, port, cookie, csrf, seed, think):
        self.port, self.csrf, self.think = port, csrf, think
        self.headers = {"Cookie": f"{cookie}; csrftoken={csrf}", "HX-Request": "true", "X-CSRFToken": csrf}
        self.headers["Referer"] = f"http://127.0.0.1:{port}/"
        self.random = random.Random(seed)
        self.times, self.errors, self.saved = defaultdict(list), Counter(), 0

    def ask(self, kind, method, path, data=None):
        """(status, headers, text); timed under `kind`. A broken connection or a server's error counts."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = dict(self.headers)
        body = None
        if data is not None:
            body = urlencode(data, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except OSError as problem:
            self.errors[f"{kind}: {type(problem).__name__}"] += 1
            return 0, {}, ""
        finally:
            connection.close()
            self.times[kind].append((time.perf_counter() - started) * 1000)
        if answer.status >= 400:
            self.errors[f"{kind}: {answer.status}"] += 1
        return answer.status, answer.headers, text

    def work(self, until):
        while time.monotonic() < until:
            self.ask("queue", "GET", "/calls/")
            status, headers, _text = self.ask("take next", "POST", "/calls/next/", {})
            place = headers.get("Location", "")
            if status != 302 or not re.fullmatch(r"/calls/cards/\d+/", place):
                self.pause()
                continue
            status, _headers, page = self.ask("open card", "GET", place)
            while status == 200 and 'name="token"' in page and time.monotonic() < until:
                self.pause()
                status, headers, page = self.ask("save and next", "POST", place + "save/", self.result(page))
                if headers.get("HX-Push-Url"):
                    self.saved += 1
                    place = headers["HX-Push-Url"]
                elif headers.get("HX-Redirect"):
                    self.saved += 1
                    break
                else:
                    self.errors["save refused"] += 1
                    break

    def pause(self):
        time.sleep(self.random.uniform(0.5, 1.5) * self.think)

    def result(self, page):
        found = defaultdict(list)
        for name, value in HIDDEN.findall(page):
            found[name].append(value)
        data = {"token": found["token"][0], "shown": found["shown"], "phone": found["phone"][0]}
        chance = self.random.random()
        if chance < 0.6:
            return data | {"level": "not_reached", "outcome": self.random.choice(["no_answer", "busy", "power_off"])}
        data |= {"level": "reached", "answered_by": "owner"}
        if chance < 0.9:
            return data | {"outcome": "done"} | dict(KEY_QUESTION.findall(page))
        tomorrow = time.strftime("%Y-%m-%dT10:00", time.localtime(time.time() + 86400))
        return data | {"outcome": "call_back", "promise_at": tomorrow}


def hire(store, count):
    """[(session cookie, CSRF token)] of so many specialists."""
    from django.conf import settings
    from django.middleware.csrf import _get_new_csrf_string
    from django.test import Client

    from accounts.choices import Role
    from accounts.services import create_account

    found = []
    for number in range(count):
        user = create_account(
            username=f"s{number}", full_name=f"S{number}", role=Role.SPECIALIST, store=store, password="Bench-desk-1"
        )
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        found.append((f"{cookie.key}={cookie.value}", _get_new_csrf_string()))
    return found


def doubles():
    """What must never be: {what: how often}."""
    from django.db.models import Count

    from followups.models import Call, CallOutcome

    standing = Call.objects.filter(undone_at=None)
    twice_saved = standing.values("card").annotate(sittings=Count("visit", distinct=True)).filter(sittings__gt=1)
    settled = CallOutcome.objects.filter(outcome__effect="done").values("item").annotate(calls=Count("pk"))
    return {
        "cards saved by two sittings": twice_saved.count(),
        "items settled by two calls": settled.filter(calls__gt=1).count(),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--think", type=float, default=4, help="seconds from card to result, on average")
    options = parser.parse_args()
    with scratch():
        from django.utils import timezone

        from bench.queue_bench import fill
        from followups.models import Call, DeskDial
        from followups.services.cards import check_cards

        user, _today = fill(options.customers, timezone.now())
        DeskDial.objects.filter(store=user.store).update(hours_hold=False)
        people = hire(user.store, options.people)
        port = free_port()
        server = serve(port)
        try:
            desks = [Desk(port, *person, seed, options.think) for seed, person in enumerate(people)]
            until = time.monotonic() + options.minutes * 60
            threads = [threading.Thread(target=desk.work, args=(until,)) for desk in desks]
            for thread in threads:
                thread.start()
                time.sleep(options.think / len(threads))
            for thread in threads:
                thread.join()
        finally:
            server.terminate()
            server.wait(timeout=30)
        report(desks, options)
        saved = Call.objects.values("visit").distinct().count()
        wrong = {"saves that the server counts otherwise": abs(saved - sum(desk.saved for desk in desks)), **doubles()}
        wrong["cards that differ from their items"] = len(check_cards(user.store, now=timezone.now()))
        for what, number in wrong.items():
            print(f"{what}: {number}")
        errors = sum((desk.errors for desk in desks), Counter())
        print(f"errors: {sum(errors.values())} {dict(errors) if errors else ''}")
    return 1 if errors or any(wrong.values()) else 0


def report(desks, options):
    saved = sum(desk.saved for desk in desks)
    print(
        f"{engine()}: {options.people} people, {options.minutes:g} minutes, {options.customers:,} customers; {saved:,} cards saved"
    )
    print(f"{'milliseconds':<16}{'n':>8}{'median':>9}{'p95':>9}{'max':>9}")
    for kind in ("queue", "take next", "open card", "save and next"):
        times = sorted(taken for desk in desks for taken in desk.times[kind])
        if times:
            p95 = times[int(len(times) * 0.95)]
            print(f"{kind:<16}{len(times):>8,}{statistics.median(times):>9.0f}{p95:>9.0f}{times[-1]:>9.0f}")


if __name__ == "__main__":
    sys.exit(main())
