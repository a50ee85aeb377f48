"""All settings, from the environment; .env.example documents every variable.

Two editions from one file: *embedded* (default: SQLite, a broker made of files, one dealership, `make run`)
and *production* (`DCRC_ENV=production`: PostgreSQL, Redis, HTTPS).
"""

from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from dcrc import env

BASE_DIR = Path(__file__).resolve().parent.parent
env.load_dotenv(BASE_DIR / ".env")

PRODUCTION = env.text("DCRC_ENV", "embedded") == "production"
DEBUG = env.flag("DCRC_DEBUG", False)
DATA_DIR = Path(env.text("DCRC_DATA_DIR", str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
SECRET_KEY = env.secret_key(DATA_DIR, PRODUCTION)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", [] if PRODUCTION else ["*"])
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", [])

# --- Applications, from the roof down -----------------------------------------------------------------------------
INSTALLED_APPS = [
    "demo",
    "reports",
    "followups",
    "cvp",
    "complaints",
    "customers",
    "dms",
    "office",
    "accounts",
    "audit",
    "common",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.admin",
    "common.static.StaticFilesConfig",
    "django.forms",
    "django_htmx",
    "js_lib_bootstrap5",
    "js_lib_bootstrap_icons",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "csp",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "accounts.middleware.DoorMiddleware",
    "accounts.middleware.IdleMiddleware",
    "accounts.middleware.StoreTimeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "dcrc.urls"
WSGI_APPLICATION = "dcrc.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "accounts.context_processors.navigation",
                "office.context_processors.bell",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Wiring by dotted names: what the floors declare ----------------------------------------------------------------
# Run by accounts.services.create_store for every new store, in this order; each takes (store).
STORE_DEFAULTS = ["cvp.defaults.seed_store", "followups.defaults.seed_store"]
# Modules that declare importable sheets (a list `SHEETS` of dms.sheets.Sheet).
DMS_SHEETS = ["customers.sheets", "complaints.sheets"]
# Called after a batch has been imported, with (store_id, batch_id); must be safe to run twice.
DMS_AFTER_IMPORT = ["followups.tasks.generate_after_import", "customers.tasks.find_duplicates_after_import"]
# The same after an import was undone, wholly or in part.
DMS_AFTER_UNDO = DMS_AFTER_IMPORT
# Modules that declare which rows follow a person, a car, a fact (a list `FOLLOWS` of common.personal.Follow).
PERSONAL = [
    "audit.personal",
    "dms.personal",
    "customers.personal",
    "complaints.personal",
    "cvp.personal",
    "followups.personal",
]
# What the codes of notices mean: registries {code: function of the parameters that gives the sentence}.
NOTICE_WORDINGS = ["dms.notices.WORDS"]
# Modules that declare figures (a list `FIGURES` of common.figures.Figure).
FIGURES = ["followups.figures", "customers.figures"]
# Who plans the call that settles a conflict, (customer, subject=, by=, now=) -> id, and who withdraws it, (id, customer, now=) -> bool.
CUSTOMERS_ASK_BY_CALL = "followups.services.planned.plan_verification"
CUSTOMERS_ASK_NO_MORE = "followups.services.planned.withdraw_planned"
# What the customer page shows of the floors above, by URL: (URL name taking the customer's id, permission).
CUSTOMER_PANELS = [
    ("followups:customer_panel", "followups.work_queue"),
    ("complaints:customer_panel", "complaints.view_complaint"),
    ("cvp:customer_panel", "cvp.view_response"),
]
# What the result page of an import shows of the floors above, by URL: (URL name taking the batch's id, permission).
IMPORT_PANELS = [("followups:import_effect", "followups.work_queue")]
# What one may begin from there: (URL name taking the customer's id, permission, label, icon).
CUSTOMER_ACTIONS = [("followups:plan", "followups.work_queue", _("Plan a call"), "calendar-plus")]
# Who words a row of the contact ledger: origin -> (a function that takes contacts and gives {id: text}, URL name of the origin's page).
CONTACT_ORIGINS = {"followups.call": ("followups.wording.word_contacts", "followups:call", "followups.work_queue")}
# Main navigation, in order: (label, URL name, permission or None, icon, URL namespaces for which it is lit).
NAVIGATION = [
    (_("Call queue"), "followups:queue", "followups.work_queue", "telephone", ("followups",)),
    (_("Customers"), "customers:list", "customers.view_customer", "people", ("customers",)),
    (_("Complaints"), "complaints:list", "complaints.view_complaint", "exclamation-triangle", ("complaints",)),
    (_("Import"), "dms:list", "dms.view_batch", "file-earmark-arrow-up", ("dms",)),
    (_("Day figures"), "reports:day", "reports.view_figures", "bar-chart", ("reports",)),
    (_("Settings"), "accounts:settings", "accounts.view_settings", "gear", ("accounts",)),
]
# A person lands after login on the first of these entries that the role may open.
# What the settings page offers: (label, URL name, permission, icon, one sentence).
SETTINGS_PAGES = [
    (
        _("Stores"),
        "accounts:stores",
        "accounts.view_store",
        "shop",
        _("Name, hotline, first working day and time zone of every store."),
    ),
    (
        _("People"),
        "accounts:people",
        "accounts.view_user",
        "person-badge",
        _("Who may log in, in which role; new people, new passwords."),
    ),
    (_("Teams"), "accounts:teams", "accounts.view_team", "diagram-3", _("Groups of people within a store.")),
]
# Requests that a page makes by itself: they do not count as a click for the idle limit.
BACKGROUND_URL_NAMES = {"followups:renew"}

# What each role may do (Django permissions; one group per role, seeded after every migrate).
# Who may correct a customer may also say which of two values is right.
_CUSTOMERS = [
    "customers.view_customer",
    "customers.change_customer",
    "customers.reveal_phone",
    "customers.resolve_conflict",
]
_COMPLAINTS = ["complaints.view_complaint", "complaints.add_complaint", "complaints.change_complaint"]
ROLE_PERMISSIONS = {
    "specialist": ["followups.work_queue", *_CUSTOMERS, *_COMPLAINTS, "cvp.view_response"],
    "manager": [
        "followups.work_queue",
        "followups.manage_queue",
        *_CUSTOMERS,
        "customers.add_customer",
        "customers.send_outward",
        *_COMPLAINTS,
        "complaints.close_complaint",
        "cvp.view_response",
        "dms.view_batch",
        "dms.add_batch",
        "dms.undo_batch",
        "reports.view_figures",
        "accounts.view_settings",
        "accounts.view_team",
        "accounts.add_team",
        "accounts.change_team",
        "accounts.view_user",
    ],
    "administrator": [
        "customers.view_customer",
        "dms.view_batch",
        "dms.add_batch",
        "reports.view_figures",
        "accounts.view_settings",
        "accounts.view_store",
        "accounts.add_store",
        "accounts.change_store",
        "accounts.view_team",
        "accounts.add_team",
        "accounts.change_team",
        "accounts.view_user",
        "accounts.add_user",
        "accounts.change_user",
    ],
}

# --- Database, cache, sessions ----------------------------------------------------------------------------------------
DATABASES = {"default": env.database(env.text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'dcrc.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.text("REDIS_URL")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": "dcrc",
        }
    }
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    SESSION_ENGINE = "django.contrib.sessions.backends.db"

# --- People -----------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.PeopleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "accounts:home"
LOGOUT_REDIRECT_URL = "accounts:login"
AXES_FAILURE_LIMIT = env.number("LOGIN_FAILURE_LIMIT", 5)
LOGIN_LOCKOUT_MINUTES = env.number("LOGIN_LOCKOUT_MINUTES", 15)
AXES_COOLOFF_TIME = LOGIN_LOCKOUT_MINUTES / 60
# A whole store sits behind one address: user and address together, or one typing error locks everybody out.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "accounts.views.own.locked_out"
AXES_CLIENT_IP_CALLABLE = "accounts.addresses.client_address"
AXES_ENABLE_ADMIN = False
IDLE_MINUTES = env.number("SESSION_IDLE_MINUTES", 60)
SESSION_COOKIE_AGE = IDLE_MINUTES * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- Security headers -------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
HTTPS = env.flag("DCRC_HTTPS", PRODUCTION)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", 31536000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env.flag("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Language and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "dcrc" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "common.storage.HashedStaticFilesStorage"},
}
if DEBUG or env.flag("DCRC_TESTING", False):
    # Straight from the packages, without collectstatic.
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
MEDIA_ROOT = DATA_DIR / "uploads"  # never under the web root: uploads are read by us, not served
FILE_UPLOAD_HANDLERS = [
    "dms.uploads.CappedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
IMPORT_MAX_BYTES = env.number("IMPORT_MAX_MB", 50) * 1024 * 1024
IMPORT_MAX_ROWS = env.number("IMPORT_MAX_ROWS", 200_000)
IMPORT_CHUNK_ROWS = env.number("IMPORT_CHUNK_ROWS", 2_000)
# A file up to this size is checked while the page waits (about a second); a larger one is checked by the worker.
IMPORT_CHECK_INLINE_BYTES = env.number("IMPORT_CHECK_INLINE_KB", 1024) * 1024
# Of what a preview would change, so many records of each kind are kept and shown, by row.
IMPORT_SHOWN_DIFFERENCES = env.number("IMPORT_SHOWN_DIFFERENCES", 2_000)
# A running import that has given no sign of life for so many seconds belongs to a dead worker; the sweep takes it over.
IMPORT_STALE_SECONDS = env.number("IMPORT_STALE_SECONDS", 90)
# The watched folders, INBOX_DIR/STORE CODE/; a file is taken once it has not changed for so many seconds.
INBOX_DIR = Path(env.text("INBOX_DIR", str(DATA_DIR / "inbox")))
INBOX_QUIET_SECONDS = env.number("INBOX_QUIET_SECONDS", 30)
# Managers are told when nothing was imported for so many days.
IMPORT_SILENCE_DAYS = env.number("IMPORT_SILENCE_DAYS", 30)
# Uploaded files and remarks on their rows are thrown away so many days after the import; its counts stay.
IMPORT_KEEP_DAYS = env.number("IMPORT_KEEP_DAYS", 180)

# --- Celery: the broker is a doorbell, the database is the ledger -------------------------------------------------------
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 4 * 3600}
else:
    _broker = DATA_DIR / "broker"
    for _folder in ("queue", "processed", "control"):
        (_broker / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = (
        "filesystem://localhost/"  # a host is named only so that kombu does not warn about a missing one
    )
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "queue"),
        "data_folder_out": str(_broker / "queue"),
        "processed_folder": str(_broker / "processed"),
        "control_folder": str(_broker / "control"),
        "store_processed": False,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ALWAYS_EAGER = env.flag("CELERY_EAGER", False)
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    # Each morning before the desks open; also run on worker start, so a machine that was off catches up.
    "generate-due-items": {"task": "followups.tasks.generate_due_items", "schedule": crontab(hour=6, minute=30)},
    # Midnight moves "today": items opened by the new date appear even where the morning job is late.
    "generate-due-items-midnight": {
        "task": "followups.tasks.generate_due_items",
        "schedule": crontab(hour=0, minute=5),
    },
    # Finds what a killed worker or a wiped broker left undone.
    "sweep-imports": {"task": "dms.tasks.sweep_imports", "schedule": 60.0},
    "sweep-after-imports": {"task": "followups.tasks.sweep_after_imports", "schedule": 60.0},
    # Files that were laid into the watched folders.
    "read-inbox": {"task": "dms.tasks.read_inbox", "schedule": 60.0},
    "check-import-silence": {"task": "dms.tasks.check_import_silence", "schedule": crontab(hour=7, minute=45)},
    "purge-uploads": {"task": "dms.tasks.purge_uploads", "schedule": crontab(hour=3, minute=40)},
    # A promise whose moment has come rises above the other topics of its card.
    "wake-promises": {"task": "followups.tasks.wake_due_promises", "schedule": 60.0},
    "clear-sessions": {"task": "accounts.tasks.clear_sessions", "schedule": crontab(hour=3, minute=10)},
}
# Sent once by every worker as it starts.
CATCH_UP_TASKS = [
    "dms.tasks.sweep_imports",
    "followups.tasks.sweep_after_imports",
    "dms.tasks.read_inbox",
    "followups.tasks.generate_due_items",
]

# --- Logging ----------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {"axes": {"level": "WARNING"}, "django.request": {"level": "ERROR"}},
}
