"""Reads the process environment (and an optional .env file) for settings. Never read anywhere else."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


def load_dotenv(path: Path) -> None:
    """Put KEY=VALUE lines of `path` into the environment; what is already set wins."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if not line or line.startswith("#") or "=" not in line:
            continue
        key, value = line.split("=", 1)
        os.environ.setdefault(key.strip(), value.strip().strip("'\""))


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "") or default


def flag(name: str, default: bool) -> bool:
    raw = os.environ.get(name)
    if raw is None:
        return default
    word = raw.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"{name}={raw!r}: write 1 or 0.")


def number(name: str, default: int) -> int:
    raw = text(name)
    if not raw:
        return default
    try:
        return int(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}={raw!r}: write a whole number.") from error


def words(name: str, default: list[str]) -> list[str]:
    raw = text(name)
    return [word.strip() for word in raw.split(",") if word.strip()] if raw else default


def database(url: str) -> dict:
    """A Django DATABASES entry from `sqlite:///relative.db`, `sqlite:////absolute.db` or `postgres://user:pass@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        name = unquote(parts.path[1:])
        return {
            "ENGINE": "common.sqlite3",  # writers take turns
            "NAME": name or ":memory:",
            # IMMEDIATE: a writer waits for its turn at BEGIN instead of failing in the middle (docs/architecture.md).
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        entry = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
        for key, value in (
            ("USER", parts.username),
            ("PASSWORD", parts.password),
            ("HOST", parts.hostname),
            ("PORT", parts.port),
        ):
            if value:
                entry[key] = unquote(value) if isinstance(value, str) else value
        return entry
    raise ImproperlyConfigured(
        f"DATABASE_URL={url!r}: write sqlite:///path or postgres://user:password@host:port/name."
    )


def secret_key(data_dir: Path, production: bool) -> str:
    """SECRET_KEY from the environment; the embedded edition makes one on first start and keeps it in its data folder."""
    key = text("SECRET_KEY")
    if key:
        return key
    if production:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Make one: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    path = data_dir / "secret_key"
    try:
        # "x": of several processes starting at once exactly one writes the key.
        with path.open("x", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(50))
        path.chmod(0o600)
    except FileExistsError:
        pass
    return path.read_text(encoding="utf-8").strip()
