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

VERSION = "0.5"
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
    "quality",
    "reports",
    "reception",
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
                "office.context_processors.alarms",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Wiring by dotted names: what the floors declare ----------------------------------------------------------------
# Run by accounts.services.create_store for every new store, in this order; each takes (store).
STORE_DEFAULTS = [
    "customers.defaults.seed_store",
    "complaints.defaults.seed_store",
    "cvp.defaults.seed_store",
    "followups.defaults.seed_store",
    "quality.defaults.seed_store",
]
# Modules that declare importable sheets (a list `SHEETS` of dms.sheets.Sheet).
DMS_SHEETS = ["customers.sheets", "complaints.sheets"]
# Called after a batch has been imported, with (store_id, batch_id); must be safe to run twice.
DMS_AFTER_IMPORT = ["followups.tasks.generate_after_import", "customers.tasks.find_duplicates_after_import"]
DMS_AFTER_IMPORT += ["customers.tasks.number_files_after_import"]
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
    "reception.personal",
    "quality.personal",
]
# What the codes of notices mean: registries {code: function of the parameters that gives the sentence}.
NOTICE_WORDINGS = [
    "office.backups.nightly.NOTICE_WORDS",
    "dms.notices.WORDS",
    "followups.services.undecided.NOTICE_WORDS",
    "followups.services.calendar_years.NOTICE_WORDS",
    "followups.services.situations.NOTICE_WORDS",
    "followups.services.steering_notices.NOTICE_WORDS",
    "quality.wording.NOTICE_WORDS",
    "complaints.wording.NOTICE_WORDS",
    "followups.services.handing.NOTICE_WORDS",
    "office.exports.notices.NOTICE_WORDS",
    "complaints.wording.NOTICE_WORDS",
]
# Where causes of complaints are seen, for the recurrence radar: functions (store, since, until) -> complaints.sightings.Sighting.
CAUSE_SIGHTINGS = ["complaints.sightings.of_cases", "followups.sightings.of_answers"]
# Modules that declare what can be looked at to know whether all is well (a list `CHECKS` of common.health.Check).
HEALTH_CHECKS = ["office.health", "followups.health", "dms.health"]
# Modules that declare figures (a list `FIGURES` of common.figures.Figure).
FIGURES = [
    "followups.figures",
    "followups.daily_figures",
    "complaints.figures",
    "customers.figures",
    "reception.figures",
    "quality.figures",
]
# Modules that declare lists that can be taken home (a list `EXPORTS` of office.exports.lists.ListExport).
LIST_EXPORTS = ["customers.exports", "complaints.exports", "followups.exports", "reports.exports", "quality.exports"]
# What a kind of job does: {kind: module} (office.jobs).
JOBS = {"export": "office.exports.building"}
# Who names the customers whose data somebody saw: (user, ids) -> {id: (name, URL)} of those that the user may see.
CUSTOMER_NAMES = "customers.reading.names_of"
# What the sheets are called that do not come from a list: registries {code: label}.
SHEET_LABELS = ["customers.wording.SHEET_LABELS", "followups.wording.SHEET_LABELS", "reports.wording.SHEET_LABELS"]
# Who plans the call that settles a conflict, (customer, subject=, by=, now=) -> id, and who withdraws it, (id, customer, now=) -> bool.
CUSTOMERS_ASK_BY_CALL = "followups.services.planned.plan_verification"
CUSTOMERS_ASK_NO_MORE = "followups.services.planned.withdraw_planned"
# Who names the topics that a customer may not want to be contacted about: () -> [(code, label)].
WISH_TOPICS = "followups.rules.topic_choices"
# What the customer page shows of the floors above, by URL: (URL name taking the customer's id, permission).
CUSTOMER_PANELS = [
    ("followups:customer_panel", "followups.work_queue"),
    ("followups:wishes_panel", "customers.view_customer"),
    ("complaints:customer_panel", "complaints.view_complaint"),
    ("cvp:customer_panel", "cvp.view_response"),
]
# Where it is noted that she does not want to be called: (URL name taking the customer's id, permission).
CUSTOMER_QUIET_PAGES = [("followups:wish", "customers.change_customer")]
# What the result page of an import shows of the floors above, by URL: (URL name taking the batch's id, permission).
IMPORT_PANELS = [("followups:import_effect", "followups.work_queue")]
# What one may begin from there: (URL name taking the customer's id, permission, label, icon).
CUSTOMER_ACTIONS = [
    ("followups:plan", "followups.work_queue", _("Plan a call"), "calendar-plus"),
    ("followups:inbound", "followups.work_queue", _("The customer rang us"), "telephone-inbound"),
    ("followups:assign", "followups.manage_queue", _("Give to a person"), "person-check"),
    ("reception:person", "reception.receive_customers", _("At the store"), "door-open"),
]
# What the reception shows beside a customer of the floors beside it, by URL: (URL name taking the customer's id, permission). Open recalls
# belong here as soon as an app knows them; an appointments app feeds `reception.services.expect`.
ARRIVAL_PANELS = []
# Beside a call, what lies above it: (URL name taking the customer's id, permission).
DESK_PANELS = [("reception:expect_panel", "reception.receive_customers")]
# Who words a row of the contact ledger: origin -> (a function that takes contacts and gives {id: text}, URL name of the origin's page).
CONTACT_ORIGINS = {
    "followups.call": ("followups.wording.word_contacts", "followups:call", "followups.work_queue"),
    "followups.message": ("followups.wording.word_contacts", "", "followups.work_queue"),
    "followups.in_person": ("followups.wording.word_contacts", "", "followups.work_queue"),
    "reception.note": ("reception.wording.word_contacts", "reception:note", "reception.receive_customers"),
    "reception.decision": ("reception.wording.word_contacts", "reception:decision", "reception.receive_customers"),
    "quality.attempt": ("quality.wording.word_contacts", "", "quality.work_checks"),
}
# Main navigation, in order: (label, URL name, permission or None, icon, URL namespaces, or single pages, for which it is lit).
NAVIGATION = [
    (_("Live board"), "followups:board", "followups.manage_queue", "speedometer2", ("followups:board",)),
    (_("Call queue"), "followups:queue", "followups.work_queue", "telephone", ("followups",)),
    (_("Arrivals"), "reception:board", "reception.receive_customers", "door-open", ("reception",)),
    (_("Customers"), "customers:list", "customers.view_customer", "people", ("customers",)),
    (_("My cases"), "complaints:mine", "complaints.handle_own_cases", "person-exclamation", ("complaints:mine",)),
    (
        _("My department"),
        "complaints:department",
        "complaints.oversee_department",
        "people",
        ("complaints:department",),
    ),
    (
        _("Cases at a glance"),
        "complaints:glance",
        "complaints.oversee_complaints",
        "binoculars",
        ("complaints:glance",),
    ),
    (_("Complaints"), "complaints:list", "complaints.view_complaint", "exclamation-triangle", ("complaints",)),
    (_("Import"), "dms:list", "dms.view_batch", "file-earmark-arrow-up", ("dms",)),
    (_("Day figures"), "reports:day", "reports.view_figures", "bar-chart", ("reports",)),
    (_("Spot checks"), "quality:checks", "quality.work_checks", "clipboard-check", ("quality",)),
    (_("Spot checks"), "quality:mine", "quality.answer_checks", "clipboard-check", ("quality",)),
    (_("Exports"), "exports:mine", "office.export_lists", "file-earmark-spreadsheet", ("exports",)),
    (_("Settings"), "accounts:settings", "accounts.view_settings", "gear", ("accounts", "house")),
]
# Where "/" leads from every page: (URL name, permission).
FIND_PAGE = ("customers:search", "customers.view_customer")
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
        _("Who may log in, and in which role."),
    ),
    (
        _("Dials"),
        "followups:dials",
        "followups.manage_queue",
        "sliders",
        _("Whom to call, when, in which order; with a look at the next seven days before anything changes."),
    ),
    (
        _("Complaint clocks"),
        "complaints:clocks",
        "complaints.change_clocks",
        "stopwatch",
        _("How long each step of a complaint may take, when a case climbs to whom, and the maker's engineer."),
    ),
    (
        _("Scripts"),
        "followups:scripts",
        "followups.manage_queue",
        "chat-left-text",
        _("What is said on each call and sent in each message; tried with a real customer before it is saved."),
    ),
    (
        _("Outcome list"),
        "followups:outcomes",
        "followups.manage_queue",
        "ui-checks",
        _("The results that can be chosen on the desk, what each of them does, and on which key it lies."),
    ),
    (
        _("Causes of complaints"),
        "complaints:causes",
        "complaints.manage_causes",
        "diagram-2",
        _(
            "One tree for complaints, follow-up calls and what is learned from them, with the department that usually answers."
        ),
    ),
    (
        _("Learning from complaints"),
        "complaints:lesson_dials",
        "complaints.change_lesson_dials",
        "mortarboard",
        _(
            "Which cases need a lesson before they are closed, when a cause counts as returned, who complains repeatedly."
        ),
    ),
    (
        _("Service intervals"),
        "customers:intervals",
        "customers.change_careinterval",
        "speedometer2",
        _("After how many months or kilometres which car wants service, and how long its warranty runs."),
    ),
    (
        _("Customer files"),
        "customers:file_dials",
        "customers.change_filedial",
        "archive",
        _("From how many visits a customer is A, B or C, and by which rule her file is numbered."),
    ),
    (
        _("How right the predictions are"),
        "customers:predictions",
        "customers.change_careinterval",
        "bullseye",
        _("When a service was predicted and when the car really came, by model."),
    ),
    (
        _("Work calendar"),
        "accounts:calendar",
        "accounts.change_calendarday",
        "calendar3",
        _("Public holidays, make-up workdays, weekly days off: on which days customers are called."),
    ),
    (
        _("Is all well?"),
        "house:health",
        "office.view_health",
        "heart-pulse",
        _("Database, workers, scheduled work, imports, disk and backup at a glance, and what to do about it."),
    ),
    (
        _("Who saw what"),
        "exports:accesses",
        "audit.view_access",
        "eye",
        _("Whose numbers were revealed and which lists were taken home, by whom, masked or in full, and why."),
    ),
    (_("Teams"), "accounts:teams", "accounts.view_team", "diagram-3", _("Groups of people within a store.")),
    (
        _("Absences"),
        "accounts:absences",
        "accounts.view_absence",
        "person-dash",
        _("Who is away when, who stands in, and what is handed over."),
    ),
]
# Requests that a page makes by itself: they do not count as a click for the idle limit.
BACKGROUND_URL_NAMES = {"followups:renew", "followups:board_live", "office:badge", "exports:progress"}
# What the floors above tell a person who was away, first of all: (user, since, now) -> [(words, URL)].
AWAY_LINES = ["followups.reading.away.promises_missed"]
# What waits for a person's decision, on a manager's first page: (user, now) -> [office.waiting.Waiting].
WAITING_LINES = [
    "complaints.waiting.waiting",
    "quality.waiting.waiting",
    "dms.waiting.waiting",
    "customers.waiting.waiting",
]

# The public holidays that ship with the software are entered after each migrate.
CALENDAR_SHIPPED = True
# Called with (store, now=) after its calendar has changed.
AFTER_CALENDAR_CHANGE = ["followups.services.moments.calendar_changed", "complaints.services.clocks.calendar_changed"]
# What the calendar page shows of the floors above, by URL: (URL name, permission).
CALENDAR_PANELS = [("followups:moving", "accounts.change_calendarday")]
# How the calendar page reads an uploaded list: (file) -> rows of cells; raises ValidationError with one sentence.
CALENDAR_READER = "dms.lists.read_list"
# Called with (customer's id) before her row is locked for a change of the hour at which she is best called: the card is locked before her.
BEFORE_HOUR_CHANGE = ["followups.services.cards.lock_card"]
# Called with (customer, now=) after the hour at which she is best called has changed.
AFTER_HOUR_CHANGE = ["followups.services.moments.hour_changed"]
# Two files of one customer become one: (kept id, gone id, by=, now=) locks what the floors above have of them, or raises
# customers.services.errors.MergeRefused; the same before that is taken back.
BEFORE_MERGE = ["followups.services.merging.lock_both"]
# (kept id, gone id, now=) -> what it has done, for JSON; and its counterpart, in the same order: (kept id, gone id, done, since=, now=)
# -> {code: rows that had to stay}.
AFTER_MERGE = ["followups.services.merging.join_calls"]
AFTER_UNMERGE = ["followups.services.merging.part_calls"]

# Called with (absence, now=) in the transaction that entered, changed or ended one.
AFTER_ABSENCE_CHANGE = ["followups.services.away.absence_changed"]
# What a person holds, (person) -> [(words, count)], asked before an account is closed; and who frees it, (person, by=, now=).
HOLDINGS_OF = "followups.reading.holdings.lines_of"
AFTER_DEACTIVATION = "followups.services.away.free"
# Where it is handed over: (URL name taking the person's id, permission).
HAND_OVER_PAGE = ("followups:hand_over", "followups.hand_over")

# What each role may do (Django permissions; one group per role, seeded after every migrate).
# Who may correct a customer may also say which of two values is right.
_CUSTOMERS = [
    "customers.view_customer",
    "customers.change_customer",
    "customers.reveal_phone",
    "customers.resolve_conflict",
]
_RECEPTION = "reception.receive_customers"
_WHO_SAW = "audit.view_access"
_CASES = ["complaints.view_complaint", "complaints.change_complaint"]
# The desk: takes complaints down, says who handles them, asks the customer again.
_COMPLAINTS = [
    *_CASES,
    "complaints.add_complaint",
    "complaints.assign_complaint",
    "complaints.recontact_complaint",
]
# Who leads DCRC also leads the learning from complaints.
_LEARNING = [
    "complaints.manage_causes",
    "complaints.change_lesson_dials",
    "complaints.write_lesson",
    "complaints.judge_measure",
    "complaints.view_radar",
    "complaints.edit_library",
    "complaints.pick_cases",
    "complaints.compose_analysis",
    "complaints.propose_penalty",
    "complaints.decide_penalty",
]
ROLE_PERMISSIONS = {
    "specialist": [
        "followups.work_queue",
        "quality.answer_checks",
        _RECEPTION,
        *_CUSTOMERS,
        *_COMPLAINTS,
        "complaints.write_lesson",
        "cvp.view_response",
        "reports.view_own_callbacks",
    ],
    # Stands before the customer: checks her data and takes her complaint down, but rings nobody and handles no case.
    "reception": [
        _RECEPTION,
        "customers.view_customer",
        "customers.change_customer",
        "customers.reveal_phone",
        "complaints.view_complaint",
        "complaints.add_complaint",
    ],
    "manager": [
        "followups.work_queue",
        "followups.manage_queue",
        _RECEPTION,
        "followups.hand_over",
        *_CUSTOMERS,
        "customers.add_customer",
        "customers.send_outward",
        "customers.merge_customer",
        "customers.change_careinterval",
        "customers.change_filedial",
        *_COMPLAINTS,
        "complaints.close_complaint",
        *_LEARNING,
        "complaints.force_close_complaint",
        "complaints.extend_complaint",
        "complaints.oversee_complaints",
        "complaints.change_clocks",
        "cvp.view_response",
        "dms.view_batch",
        "dms.add_batch",
        "dms.undo_batch",
        "reports.view_figures",
        "office.view_health",
        "reports.view_callback_report",
        "reports.view_own_callbacks",
        "quality.work_checks",
        # Whoever runs the store answers for its data and may take lists home; whoever works the desk needs them on the screen only.
        "office.export_lists",
        "office.export_unmasked",
        _WHO_SAW,
        "accounts.view_settings",
        "accounts.change_calendarday",
        "accounts.view_team",
        "accounts.add_team",
        "accounts.change_team",
        "accounts.view_user",
        "accounts.view_absence",
        "accounts.change_absence",
    ],
    # Cases of their own and of their department (rows: Complaint.visible_to), and nothing else of the customers.
    "sales_handler": [*_CASES, "complaints.handle_own_cases"],
    "service_handler": [*_CASES, "complaints.handle_own_cases"],
    "department_head": [
        "complaints.write_lesson",
        *_CASES,
        "complaints.assign_complaint",
        "complaints.handle_own_cases",
        "complaints.oversee_department",
    ],
    "general_manager": [
        "complaints.view_radar",
        "complaints.judge_measure",
        "complaints.decide_penalty",
        *_CASES,
        "complaints.assign_complaint",
        "complaints.extend_complaint",
        "complaints.close_complaint",
        "complaints.force_close_complaint",
        "complaints.oversee_complaints",
        "reports.view_figures",
        "reports.view_callback_report",
        # Takes home what the page shows, masked; and sees what the others took.
        "office.export_lists",
        _WHO_SAW,
    ],
    "administrator": [
        # Takes nothing home, but sees who did: whoever may export must not be the only one who looks at it.
        _WHO_SAW,
        "customers.view_customer",
        "dms.view_batch",
        "dms.add_batch",
        "reports.view_figures",
        "office.view_health",
        "accounts.view_settings",
        "accounts.change_calendarday",
        "accounts.view_store",
        "accounts.add_store",
        "accounts.change_store",
        "accounts.view_team",
        "accounts.add_team",
        "accounts.change_team",
        "accounts.view_user",
        "accounts.add_user",
        "accounts.change_user",
        "accounts.view_absence",
        "accounts.change_absence",
        "followups.hand_over",
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
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # a load balancer asks from inside
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
# Photos, recordings, papers added to a case (office.attachments).
ATTACHMENT_MAX_BYTES = env.number("ATTACHMENT_MAX_MB", 20) * 1024 * 1024
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

# --- Lists taken home -----------------------------------------------------------------------------------------------------
# Where the sheets wait to be fetched (never under the web root), and for how many days.
EXPORT_DIR = Path(env.text("EXPORT_DIR", str(DATA_DIR / "exports")))
EXPORT_KEEP_DAYS = env.number("EXPORT_KEEP_DAYS", 7)
# Up to so many rows a sheet is built while the page waits (some seconds); a longer one by the worker.
EXPORT_AT_ONCE_ROWS = env.number("EXPORT_AT_ONCE_ROWS", 5_000)
# More rows than this are refused: nobody reads them, and filters are there.
EXPORT_MAX_ROWS = env.number("EXPORT_MAX_ROWS", 200_000)
# A running job that has given no sign of life for so many seconds belongs to a dead worker; the sweep takes it over.
JOB_STALE_SECONDS = env.number("JOB_STALE_SECONDS", 90)

# --- Is all well --------------------------------------------------------------------------------------------------------
# Scheduled work counts as late, and managers see a banner, after so many minutes without a sign of life.
HEALTH_LATE_MINUTES = env.number("HEALTH_LATE_MINUTES", 10)
# Less free space than this is too little, whatever its share of the disk.
DISK_FREE_MB = env.number("DISK_FREE_MB", 1024)
# Backups: where they go, and how many nightly ones are kept (0: none is made by itself).
BACKUP_DIR = Path(env.text("BACKUP_DIR", str(DATA_DIR / "backups")))
BACKUP_KEEP = env.number("BACKUP_KEEP", 14)
# The folders that a backup takes along, beside the database: {name in the archive: folder}.
BACKUP_FOLDERS = {"uploads": "MEDIA_ROOT", "inbox": "INBOX_DIR"}  # names of settings

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
    # Once a week every open item is looked at, not only those that something has happened to.
    "generate-due-items-in-full": {
        "task": "followups.tasks.generate_due_items",
        "schedule": crontab(hour=2, minute=30, day_of_week="sun"),
        "kwargs": {"full": True},
    },
    # Before the queue is made: who was expected yesterday and did not come is asked today.
    "follow-up-absent": {"task": "reception.tasks.follow_up_absent", "schedule": crontab(hour=6, minute=20)},
    # Finds what a killed worker or a wiped broker left undone.
    "sweep-imports": {"task": "dms.tasks.sweep_imports", "schedule": 60.0},
    "sweep-after-imports": {"task": "followups.tasks.sweep_after_imports", "schedule": 60.0},
    # Files that were laid into the watched folders.
    "read-inbox": {"task": "dms.tasks.read_inbox", "schedule": 60.0},
    "check-import-silence": {"task": "dms.tasks.check_import_silence", "schedule": crontab(hour=7, minute=45)},
    "purge-uploads": {"task": "dms.tasks.purge_uploads", "schedule": crontab(hour=3, minute=40)},
    # Calls of the days before that the manager makes again; caught up after days off.
    "draw-spot-checks": {"task": "quality.tasks.draw_spot_checks", "schedule": crontab(hour=7, minute=20)},
    # Causes that came back after their prevention was done, and measures that are late; both work from days, so they may come late.
    "watch-recurrence": {"task": "complaints.tasks.watch_recurrence", "schedule": crontab(hour=6, minute=10)},
    # On Monday the week before; also later, where the machine stood still.
    "compose-analyses": {"task": "complaints.tasks.compose_analyses", "schedule": crontab(hour=6, minute=40)},
    "nudge-measures": {"task": "complaints.tasks.nudge_measures", "schedule": crontab(hour=8, minute=15)},
    "sweep-moves": {"task": "followups.tasks.sweep_moves", "schedule": 60.0},
    "sweep-queue-moves": {"task": "followups.tasks.sweep_queue_moves", "schedule": 60.0},
    # A promise whose moment has come rises above the other topics of its card.
    "wake-promises": {"task": "followups.tasks.wake_due_promises", "schedule": 60.0},
    "sweep-jobs": {"task": "office.tasks.sweep_jobs", "schedule": 60.0},
    "purge-jobs": {"task": "office.tasks.purge_jobs", "schedule": crontab(hour=3, minute=50)},
    "make-nightly-backup": {"task": "office.tasks.make_nightly_backup", "schedule": crontab(hour=1, minute=30)},
    "show-sign-of-life": {
        "task": "office.tasks.show_sign_of_life",
        "schedule": 60.0,
        "kwargs": {"sender": "beat"},
        "options": {"expires": 300},
    },
    # Clocks of complaints: what waits wakes, warnings before deadlines, the ladder after them; in working time only.
    "watch-complaints": {"task": "complaints.tasks.watch_complaints", "schedule": 300.0},
    # What the absent and the leavers hold goes to whoever stands in, from the days in the database.
    "free-the-absent": {"task": "followups.tasks.free_the_absent", "schedule": 300.0},
    "clear-sessions": {"task": "accounts.tasks.clear_sessions", "schedule": crontab(hour=3, minute=10)},
}
# Sent once by every worker as it starts.
CATCH_UP_TASKS = [
    "office.tasks.show_sign_of_life",
    "dms.tasks.sweep_imports",
    "office.tasks.sweep_jobs",
    "followups.tasks.sweep_after_imports",
    "followups.tasks.sweep_moves",
    "followups.tasks.sweep_queue_moves",
    "dms.tasks.read_inbox",
    "reception.tasks.follow_up_absent",
    "followups.tasks.free_the_absent",
    "followups.tasks.generate_due_items",
    "quality.tasks.draw_spot_checks",
    "complaints.tasks.watch_recurrence",
    "complaints.tasks.nudge_measures",
    "complaints.tasks.compose_analyses",
    "complaints.tasks.watch_complaints",
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
