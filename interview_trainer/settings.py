"""Settings, read from the environment only (and from `.env` beside manage.py where it exists).

A secret may be in a file instead: `NAME_FILE` says which, as container engines mount secrets.
README.md lists every variable. Units stand in the names. Wrong or missing values are system
checks (`users/checks.py`, `ai/checks.py`), so that start-up refuses to go on and says why.
"""

import os
from datetime import timedelta
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.crypto import salted_hmac

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(os.environ.get("ENV_FILE", str(BASE_DIR / ".env")))


def secret(name: str, default: str = "") -> str:
    """The variable `name`, or what is in the file that `<name>_FILE` names, without space around.

    Not django-environ's FileAwareEnv: it keeps the newline at the end of a file, takes a text that
    begins with `$` for another variable's name, and does so for every setting.
    """
    path = env.str(f"{name}_FILE", default="")
    if not path:
        return str(env.str(name, default=default))
    if os.environ.get(name):
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: keep one.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {exc}") from exc


# Server

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret("SECRET_KEY")
SECRET_KEY_FALLBACKS = secret("SECRET_KEY_FALLBACKS").replace(",", " ").split()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
HOST = env.str("HOST", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
WORKERS = env.int("WORKERS", default=1)
THREADS = env.int("THREADS", default=256)
PERMITS = env.int("PERMITS", default=4)
WORKER_TIMEOUT_S = env.int("WORKER_TIMEOUT_S", default=60)
GRACEFUL_TIMEOUT_S = env.int("GRACEFUL_TIMEOUT_S", default=30)
DRAIN_S = env.float("DRAIN_S", default=5.0)
KEEPALIVE_S = env.int("KEEPALIVE_S", default=75)
MAX_REQUESTS = env.int("MAX_REQUESTS", default=0)
WORKER_MAX_MEMORY_BYTES = env.int("WORKER_MAX_MEMORY_BYTES", default=0)
TASK_WORKERS = env.int("TASK_WORKERS", default=1)
WARM_MODELS = env.bool("WARM_MODELS", default=True)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "data")))
HTTPS_ONLY = env.bool("HTTPS_ONLY", default=True)
SECURE_COOKIES = env.bool("SECURE_COOKIES", default=HTTPS_ONLY)
LOG_FORMAT = env.str("LOG_FORMAT", default="json")
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
DEBUG_TOOLS = env.bool("DEBUG_TOOLS", default=False)

# Metrics

# Who may read /metrics, unless the request came through a proxy: addresses and networks.
METRICS_ALLOWED = env.list("METRICS_ALLOWED", default=["127.0.0.0/8", "::1"])
# Where task workers that run without a server beside them answer /metrics; 0: nowhere.
WORKER_METRICS_PORT = env.int("WORKER_METRICS_PORT", default=0)
# Functions that are called when /metrics is read.
SCRAPED_GAUGES = [
    "interview_trainer.gauges.thread_gauges",
    "interview_trainer.gauges.process_gauges",
    "interview_trainer.health.part_gauges",
    "interview_trainer.gauges.database_gauges",
    "users.gauges.hold_gauges",
    "background.gauges.queue_gauges",
    "ai.gauges.breaker_gauges",
]

# What others watch it with: nothing is imported while they are empty.

OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
SENTRY_DSN = secret("SENTRY_DSN")

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_tasks",
    "django_tasks_db",
    "csp",
    # So that the forms of pages find Django's widgets among the templates.
    "django.forms",
    "users",
    "ai",
    "interviews",
    "background",
    "debugtools",
]

MIDDLEWARE = [
    "interview_trainer.middleware.RequestLogMiddleware",
    # Before what looks at the host or the scheme: load balancers probe by address, without TLS.
    "interview_trainer.health.ProbeMiddleware",
    "interview_trainer.middleware.PrivateAnswersMiddleware",
    "interview_trainer.content_policy.ContentPolicyMiddleware",
    "interview_trainer.content_policy.PermissionsPolicyMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "interview_trainer.content_policy.CompressPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "users.limits.middleware.LimitsMiddleware",
]

ROOT_URLCONF = "interview_trainer.urls"
WSGI_APPLICATION = "interview_trainer.wsgi.application"
APPEND_SLASH = False

CSRF_FAILURE_VIEW = "interview_trainer.problems.csrf_failure"

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
                "interview_trainer.pages.shell",
            ],
        },
    },
]

# Data

DATABASES = {
    "default": env.db_url_config(
        secret("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'interview_trainer.sqlite3'}")
    )
}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE_S", default=600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# What the address says after its `?`, such as `ssl_mode=VERIFY_IDENTITY`.
DATABASE_URL_OPTIONS = DATABASES["default"].get("OPTIONS", {})
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    # IMMEDIATE takes the write lock at BEGIN, so that a transaction waits its turn at its first
    # statement instead of failing at its first write.
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL;",
        "transaction_mode": "IMMEDIATE",
        "timeout": env.int("DATABASE_TIMEOUT_S", default=20),
        **DATABASE_URL_OPTIONS,
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.mysql":
    DATABASES["default"]["ENGINE"] = "interview_trainer.mysql"
    DATABASES["default"]["OPTIONS"] = {
        "charset": "utf8mb4",
        "isolation_level": "read committed",
        "init_command": "SET sql_mode='TRADITIONAL', innodb_strict_mode=1",
        "connect_timeout": env.int("DATABASE_TIMEOUT_S", default=20),
        **DATABASE_URL_OPTIONS,
    }
    DATABASES["default"]["TEST"] = {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_general_ci"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache_url_config(secret("CACHE_URL", default="locmemcache://"))}
CACHE_TIMEOUT_S = env.float("CACHE_TIMEOUT_S", default=0.5)
if CACHES["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache":
    CACHES["default"]["BACKEND"] = "interview_trainer.cache.SharedCache"
    CACHES["default"]["OPTIONS"] = {
        "socket_timeout": CACHE_TIMEOUT_S,
        "socket_connect_timeout": CACHE_TIMEOUT_S,
        **CACHES["default"].get("OPTIONS", {}),
    }

# Background work

TASKS = {"default": {"BACKEND": "background.backend.Backend"}}
TASK_LEASE_S = env.float("TASK_LEASE_S", default=60.0)
TASK_RETRY_WAIT_S = env.float("TASK_RETRY_WAIT_S", default=5.0)
TASK_RESULTS_KEPT_S = env.int("TASK_RESULTS_KEPT_S", default=14 * 86_400)
# What every worker does besides, and after how many seconds again. Functions without arguments
# that may run at any time, in several workers at once; they return how much they found to do.
SCHEDULE_S = {
    "background.queue.retry_lost_tasks": TASK_LEASE_S / 4,
    "users.services.ledger.expire_holds": 60,
    "users.services.answers.delete_old_answers": 3600,
    "users.services.sessions.delete_old_sessions": 3600,
    "users.services.exports.delete_old_exports": 3600,
    "users.services.sign_in_lock.delete_old_failures": 3600,
    "background.queue.delete_old_results": 3600,
    "interviews.services.deletion.delete_old_recordings": 3600,
    "interviews.services.deletion.delete_unknown_files": 3600,
}

# People

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["users.backends.PersonBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/practice/"
SIGN_UP_OPEN = env.bool("SIGN_UP_OPEN", default=True)
EXPORTS_DIR = Path(env.str("EXPORTS_DIR", default=str(DATA_DIR / "exports")))
EXPORTS_KEPT_S = env.int("EXPORTS_KEPT_S", default=86_400)
PASSWORD_RESET_TIMEOUT = env.int("PASSWORD_RESET_LASTS_S", default=86_400)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
# By its name a browser takes such a cookie from this very host over HTTPS only: a page of another
# host of the domain cannot put one in its place.
COOKIE_PREFIX = "__Host-" if SECURE_COOKIES else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = env.str("SESSION_COOKIE_SAMESITE", default="Lax")
# Not cached: a sign-out that a cache did not hear of would be undone when it came back.
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# Mail: without an address for it, nobody can ask for a new password.

EMAIL_URL = secret("EMAIL_URL")
vars().update(env.email_url_config(EMAIL_URL or "dummymail://"))
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT_S", default=10)
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="Interview Trainer <no-reply@localhost>")

# Credits

INITIAL_CREDITS = env.int("INITIAL_CREDITS", default=300)
MAX_GRANT_CREDITS = env.int("MAX_GRANT_CREDITS", default=1_000_000)
HOLD_EXPIRES_AFTER_S = env.int("HOLD_EXPIRES_AFTER_S", default=900)
ANSWERS_KEPT_S = env.int("ANSWERS_KEPT_S", default=86_400)

# Limits: how many requests of a kind a user may make. A key and an address may make so many times
# as much, for they stand for many users; the last five count by address alone.

LIMITS = {
    "text": env.str("LIMIT_TEXT", default="60/m"),
    "speech": env.str("LIMIT_SPEECH", default="60/m"),
    "transcription": env.str("LIMIT_TRANSCRIPTION", default="60/m"),
    "interviews": env.str("LIMIT_INTERVIEWS", default="120/m"),
    "other": env.str("LIMIT_OTHER", default="600/m"),
    "sign-in": env.str("LIMIT_SIGN_IN", default="30/m"),
    "sign-up": env.str("LIMIT_SIGN_UP", default="60/h"),
    "password-reset": env.str("LIMIT_PASSWORD_RESET", default="30/h"),
    "token": env.str("LIMIT_TOKEN", default="120/m"),
    "wrong-credentials": env.str("LIMIT_WRONG_CREDENTIALS", default="120/m"),
}
LIMIT_TIMES_PER_KEY = env.int("LIMIT_TIMES_PER_KEY", default=100)
LIMIT_TIMES_PER_ADDRESS = env.int("LIMIT_TIMES_PER_ADDRESS", default=20)
SIGN_IN_FAILURES = env.int("SIGN_IN_FAILURES", default=5)
SIGN_IN_LOCK_S = env.int("SIGN_IN_LOCK_S", default=60)
STREAMS_PER_USER = env.int("STREAMS_PER_USER", default=8)
STREAMS_PER_KEY = env.int("STREAMS_PER_KEY", default=800)

# Security

SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_HSTS_SECONDS = env.int("HSTS_S", default=31_536_000 if HTTPS_ONLY else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS_ONLY
# A proxy is believed about the scheme and about who called it, or about neither.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=int(env.bool("TRUST_PROXY", default=False)))
TRUST_PROXY = env.bool("TRUST_PROXY", default=TRUSTED_PROXIES > 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "object-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
# What pages of packages need on top, by the start of their path.
INLINE = ["'unsafe-inline'"]
RELAXED_POLICIES = {
    # Alpine, which unfold is made with, makes functions out of attributes.
    "/admin/": {"script-src": ["'unsafe-eval'"], "style-src": INLINE, "font-src": ["'self'"]},
    # The browsable API: an `onclick="return false"`, and styles in attributes.
    "/api/": {"script-src-attr": INLINE, "style-src": INLINE, "font-src": ["'self'"]},
    "/api-auth/": {"style-src": INLINE, "font-src": ["'self'"]},
    # The one style element of Swagger UI's page.
    "/api/docs": {"style-src": ["'sha256-MMpT0iDxyjALd9PdfepImGX3DBfJPXZ4IlDWdPAgtn0='"]},
}
PERMISSIONS_POLICY = ", ".join(
    f"{feature}={allowed}"
    for feature, allowed in {
        "microphone": "(self)",
        **dict.fromkeys(
            (
                *("accelerometer", "browsing-topics", "camera", "display-capture"),
                *("geolocation", "gyroscope", "hid", "magnetometer", "midi", "payment"),
                *("publickey-credentials-get", "serial", "usb", "xr-spatial-tracking"),
            ),
            "()",
        ),
    }.items()
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])
CORS_ALLOW_CREDENTIALS = env.bool("CORS_ALLOW_CREDENTIALS", default=False)
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "x-api-key",
    "x-csrftoken",
    "x-request-id",
]
CORS_EXPOSE_HEADERS = [
    "idempotency-replayed",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "server-timing",
    "x-credits-balance",
    "x-credits-charged",
    "x-model",
    "x-operation-id",
    "x-request-id",
]

# Signed-in people: our own tokens, an outside issuer's, Google's

JWT_ISSUER = env.str("JWT_ISSUER", default="interview-trainer")
JWT_AUDIENCE = env.str("JWT_AUDIENCE", default="interview-trainer")
JWT_LEEWAY_S = env.int("JWT_LEEWAY_S", default=30)
# Keys of their own, so that a token is never mistaken for something else that SECRET_KEY signed.
# The first signs; tokens that one of the others signed hold until they end.
JWT_SIGNING_KEY, *JWT_FORMER_KEYS = [
    salted_hmac("interview_trainer.jwt", "signing key", secret=key, algorithm="sha256").hexdigest()
    for key in (SECRET_KEY, *SECRET_KEY_FALLBACKS)
]
SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "LEEWAY": JWT_LEEWAY_S,
    "ISSUER": JWT_ISSUER,
    "AUDIENCE": JWT_AUDIENCE,
    "ACCESS_TOKEN_LIFETIME": timedelta(seconds=env.int("JWT_ACCESS_LIFETIME_S", default=900)),
    "REFRESH_TOKEN_LIFETIME": timedelta(
        seconds=env.int("JWT_REFRESH_LIFETIME_S", default=14 * 86_400)
    ),
    "CHECK_REVOKE_TOKEN": True,
}
OUTSIDE_JWT_ISSUER = env.str("OUTSIDE_JWT_ISSUER", default="")
OUTSIDE_JWT_AUDIENCE = env.str("OUTSIDE_JWT_AUDIENCE", default="")
OUTSIDE_JWT_JWKS_URL = env.str("OUTSIDE_JWT_JWKS_URL", default="")
OUTSIDE_JWT_ALGORITHM = env.str("OUTSIDE_JWT_ALGORITHM", default="RS256")
OUTSIDE_JWT_TRUST_EMAIL = env.bool("OUTSIDE_JWT_TRUST_EMAIL", default=False)
GOOGLE_CLIENT_IDS = env.list("GOOGLE_CLIENT_IDS", default=[])
GOOGLE_JWKS_URL = env.str("GOOGLE_JWKS_URL", default="https://www.googleapis.com/oauth2/v3/certs")
JWKS_TIMEOUT_S = env.int("JWKS_TIMEOUT_S", default=5)

# AI

SYSTEM_PROMPT = env.str(
    "SYSTEM_PROMPT",
    default=(
        "You are a software-engineering tutor holding a mock interview. "
        "Answer in at most 40 words. Ask one question at a time."
    ),
)
TEXT_MAX_OUTPUT_TOKENS = env.int("TEXT_MAX_OUTPUT_TOKENS", default=125)
MESSAGE_MAX_CHARACTERS = env.int("MESSAGE_MAX_CHARACTERS", default=60_000)
SPEECH_MAX_CHARACTERS = env.int("SPEECH_MAX_CHARACTERS", default=10_000)
TEXT_FALLBACKS = env.list("TEXT_FALLBACKS", default=[])
SPEECH_FALLBACKS = env.list("SPEECH_FALLBACKS", default=[])
TRANSCRIPTION_FALLBACKS = env.list("TRANSCRIPTION_FALLBACKS", default=[])
BREAKER_FAILURES = env.int("BREAKER_FAILURES", default=5)
BREAKER_WINDOW_S = env.int("BREAKER_WINDOW_S", default=60)
BREAKER_COOL_DOWN_S = env.int("BREAKER_COOL_DOWN_S", default=30)
SPEECH_CACHE_MAX_BYTES = env.int("SPEECH_CACHE_MAX_BYTES", default=256 * 1024 * 1024)
SPEECH_THREADS = env.int("SPEECH_THREADS", default=16)
SPEECH_CHUNKS_AHEAD = env.int("SPEECH_CHUNKS_AHEAD", default=4)
AUDIO_MAX_BYTES = env.int("AUDIO_MAX_BYTES", default=10 * 1024 * 1024)
AUDIO_MAX_DURATION_S = env.int("AUDIO_MAX_DURATION_S", default=900)
BODY_MAX_BYTES = env.int("BODY_MAX_BYTES", default=1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = BODY_MAX_BYTES

# Interviews

RECORDINGS_DIR = Path(env.str("RECORDINGS_DIR", default=str(DATA_DIR / "recordings")))
RECORDINGS_KEPT_DAYS = env.int("RECORDINGS_KEPT_DAYS", default=30)
INTERVIEW_MAX_QUESTIONS = env.int("INTERVIEW_MAX_QUESTIONS", default=12)
TURN_CLAIM_S = env.int("TURN_CLAIM_S", default=45)
DOCUMENT_MAX_BYTES = env.int("DOCUMENT_MAX_BYTES", default=2 * 1024 * 1024)
DOCUMENT_MAX_CHARACTERS = env.int("DOCUMENT_MAX_CHARACTERS", default=20_000)
FILE_UPLOAD_HANDLERS = [
    "interview_trainer.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
REPORT_SAMPLES = env.int("REPORT_SAMPLES", default=3)

# Built-in models

PIPER_TIMEOUT_S = env.int("PIPER_TIMEOUT_S", default=60)
WHISPER_THREADS = env.int("WHISPER_THREADS", default=0)  # 0: one per core, at most 4.

# Vendors: setting a vendor's key switches it on. Each call is bounded by its vendor's `TIMEOUT_S`;
# within it, the connection and every silence are bounded by these.

VENDOR_CONNECT_TIMEOUT_S = env.float("VENDOR_CONNECT_TIMEOUT_S", default=5.0)
VENDOR_SILENCE_TIMEOUT_S = env.float("VENDOR_SILENCE_TIMEOUT_S", default=30.0)
VENDOR_RETRY_WAIT_S = env.float("VENDOR_RETRY_WAIT_S", default=0.5)
VENDOR_RETRY_AFTER_MAX_S = env.float("VENDOR_RETRY_AFTER_MAX_S", default=5.0)

OPENAI_API_KEY = secret("OPENAI_API_KEY")
OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", default="https://api.openai.com/v1")
OPENAI_TIMEOUT_S = env.float("OPENAI_TIMEOUT_S", default=120.0)
OPENAI_MAX_RETRIES = env.int("OPENAI_MAX_RETRIES", default=2)

COMPATIBLE_BASE_URL = env.str("COMPATIBLE_BASE_URL", default="")
COMPATIBLE_NAME = env.str("COMPATIBLE_NAME", default="compatible")
COMPATIBLE_TEXT_MODEL = env.str("COMPATIBLE_TEXT_MODEL", default="")
COMPATIBLE_SPEECH_MODEL = env.str("COMPATIBLE_SPEECH_MODEL", default="")
COMPATIBLE_TRANSCRIPTION_MODEL = env.str("COMPATIBLE_TRANSCRIPTION_MODEL", default="")
COMPATIBLE_API_KEY = secret("COMPATIBLE_API_KEY")
COMPATIBLE_TIMEOUT_S = env.float("COMPATIBLE_TIMEOUT_S", default=120.0)
COMPATIBLE_MAX_RETRIES = env.int("COMPATIBLE_MAX_RETRIES", default=2)

# An empty VERTEX_BASE_URL or GOOGLE_SPEECH_RECOGNITION_URL follows from the location.
VERTEX_PROJECT = env.str("VERTEX_PROJECT", default="")
VERTEX_LOCATION = env.str("VERTEX_LOCATION", default="global")
VERTEX_BASE_URL = env.str("VERTEX_BASE_URL", default="")
VERTEX_TIMEOUT_S = env.float("VERTEX_TIMEOUT_S", default=120.0)
VERTEX_MAX_RETRIES = env.int("VERTEX_MAX_RETRIES", default=2)
GOOGLE_APPLICATION_CREDENTIALS = env.str("GOOGLE_APPLICATION_CREDENTIALS", default="")
GOOGLE_SPEECH_LOCATION = env.str("GOOGLE_SPEECH_LOCATION", default="us-central1")
GOOGLE_SPEECH_LANGUAGE = env.str("GOOGLE_SPEECH_LANGUAGE", default="en-US")
GOOGLE_SPEECH_RECOGNITION_URL = env.str("GOOGLE_SPEECH_RECOGNITION_URL", default="")
GOOGLE_SPEECH_SYNTHESIS_URL = env.str(
    "GOOGLE_SPEECH_SYNTHESIS_URL", default="https://texttospeech.googleapis.com"
)

ELEVENLABS_API_KEY = secret("ELEVENLABS_API_KEY")
ELEVENLABS_BASE_URL = env.str("ELEVENLABS_BASE_URL", default="https://api.elevenlabs.io")
ELEVENLABS_TIMEOUT_S = env.float("ELEVENLABS_TIMEOUT_S", default=120.0)
ELEVENLABS_MAX_RETRIES = env.int("ELEVENLABS_MAX_RETRIES", default=2)

UNREALSPEECH_API_KEY = secret("UNREALSPEECH_API_KEY")
UNREALSPEECH_BASE_URL = env.str("UNREALSPEECH_BASE_URL", default="https://api.v8.unrealspeech.com")
UNREALSPEECH_TIMEOUT_S = env.float("UNREALSPEECH_TIMEOUT_S", default=120.0)
UNREALSPEECH_MAX_RETRIES = env.int("UNREALSPEECH_MAX_RETRIES", default=2)
UNREALSPEECH_POLL_S = env.float("UNREALSPEECH_POLL_S", default=1.0)

# API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "users.authentication.ApiKeyAuthentication",
        "users.authentication.TokenAuthentication",
        "users.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["users.permissions.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["users.limits.throttling.Throttle"],
    "DEFAULT_PARSER_CLASSES": ["interview_trainer.parsers.BoundedJSONParser"],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "interview_trainer.problems.exception_handler",
    "URL_FORMAT_OVERRIDE": None,  # `?format=` is the sound's
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Interview Trainer",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": (
        "Practise job interviews, by voice and by text. Programs send a key in `x-api-key` and name"
        " the person in `?email=`; people sign in and act for themselves. Errors are problem"
        " documents (RFC 9457) with a stable `code`. Whatever is paid for answers with a receipt."
        " Requests are limited: a 429 says when to come back. Too many wrong keys or tokens from"
        " one address are a 429 instead of a 401."
    ),
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "PREPROCESSING_HOOKS": ["interview_trainer.schema.drop_optional_slash"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "interview_trainer.schema.add_common_parts",
    ],
    "ENUM_NAME_OVERRIDES": {
        "InterviewStateEnum": "interviews.models.Interview.State",
        "QuestionStateEnum": "interviews.models.Question.State",
        "ReportStateEnum": "interviews.models.Report.State",
        "TurnStateEnum": "interviews.models.Turn.State",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# Admin

UNFOLD = {
    "SITE_TITLE": "Interview Trainer",
    "SITE_HEADER": "Interview Trainer",
    "SITE_SYMBOL": "record_voice_over",
    "SITE_URL": None,
    "DASHBOARD_CALLBACK": "users.admin.site.dashboard",
    "SIDEBAR": {"navigation": "users.admin.site.navigation"},
}

# Pages and files

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
COLLECTED_STATIC = env.bool("COLLECTED_STATIC", default=False)
# Collected, files have hashed names that browsers keep for ever, and are compressed. Otherwise
# they come straight out of the packages, so that nothing needs collecting and nothing is stale.
STATIC_ROOT = BASE_DIR / "staticfiles" if COLLECTED_STATIC else None
WHITENOISE_USE_FINDERS = not COLLECTED_STATIC
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # Candidates' voices: never under a public address, and for the server's own user only.
    "recordings": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": RECORDINGS_DIR,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    # As private, and gone after EXPORTS_KEPT_S.
    "exports": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": EXPORTS_DIR,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "interview_trainer.static_files.CollectedStaticStorage"
        if COLLECTED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

LOGGING_CONFIG = "interview_trainer.logs.configure_logging"
# Not empty: with nothing to hand over, Django does not call LOGGING_CONFIG.
LOGGING: dict[str, object] = {"version": 1}
