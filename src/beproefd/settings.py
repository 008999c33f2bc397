# SPDX-License-Identifier: EUPL-1.2
"""The only settings file: environment in, safe defaults out.

Every variable the product reads is in `KNOWN`. An unknown BEPROEFD_ variable or a value that cannot be read stops the
start with one clear line, because a silently ignored safety setting is worse than no start.
"""

import os
import re
import secrets
import sys
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

KNOWN = {
    "BEPROEFD_DEBUG": (bool, False),
    "BEPROEFD_DEMO": (bool, False),
    "BEPROEFD_SECRET_KEY": (str, ""),
    "BEPROEFD_SECRET_KEY_FILE": (str, ""),
    "BEPROEFD_ALLOWED_HOSTS": (list, ["127.0.0.1", "localhost", "[::1]"]),
    "BEPROEFD_BASE_URL": (str, "http://127.0.0.1:8000"),
    "BEPROEFD_DATA_DIR": (str, "var"),
    "BEPROEFD_EMAIL_URL": (str, "consolemail://"),
    "BEPROEFD_CONTACT": (str, ""),  # the e-mail address for questions that the contact page shows to everyone
    "BEPROEFD_SECURITY_CONTACT": (str, ""),
    "BEPROEFD_EMAIL_FROM": (str, "Beproefd <niet-beantwoorden@localhost>"),
    "BEPROEFD_THEME": (str, "ui/theme.css"),
    "BEPROEFD_AREAS": (str, ""),
    "BEPROEFD_DAY_OF_WORK_EUROS": (int, 500),  # so many euros weigh as much as one day of work (what to test next)
    "BEPROEFD_ORGANISATION": (str, "Gemeente"),
    "BEPROEFD_REQUIRE_MFA": (bool, True),
    "BEPROEFD_OIDC_SERVER_URL": (str, ""),
    "BEPROEFD_OIDC_CLIENT_ID": (str, ""),
    "BEPROEFD_OIDC_CLIENT_SECRET": (str, ""),
    "BEPROEFD_OIDC_NAME": (str, "OpenID Connect"),
    "BEPROEFD_LOG_LEVEL": (str, "INFO"),
    "BEPROEFD_REQUIRE": (list, []),  # read by the tests alone
    "DATABASE_URL": (str, ""),
}


def _stop(message: str) -> NoReturn:
    raise ImproperlyConfigured(f"Beproefd cannot start: {message}")


env = environ.Env(**KNOWN)
for _name in os.environ:
    if _name.startswith("BEPROEFD_") and _name not in KNOWN:
        _stop(f"{_name} is not a setting. Known settings: {', '.join(sorted(KNOWN))}.")
for _name, (_kind, _default) in KNOWN.items():
    if _kind is bool and os.environ.get(_name, "").lower() not in {
        "",
        "true",
        "false",
        "1",
        "0",
        "on",
        "off",
        "yes",
        "no",
    }:
        _stop(f"{_name} must be true or false, not {os.environ[_name]!r}.")
    if _kind is bool and os.environ.get(_name) == "":
        del os.environ[_name]

os.umask(0o077)  # what the product writes (database, keys, pictures) is for the account it runs under alone
PACKAGE_DIR = Path(__file__).resolve().parent
DATA_DIR = Path(env("BEPROEFD_DATA_DIR")).resolve()
DEBUG = env("BEPROEFD_DEBUG")
DEMO = env("BEPROEFD_DEMO")
AREAS_FILE = Path(env("BEPROEFD_AREAS") or PACKAGE_DIR / "discipline/validation/data/areas_amsterdam.json").resolve()
if not AREAS_FILE.is_file():
    _stop(f"BEPROEFD_AREAS must be a file with the neighbourhoods of your city; {AREAS_FILE} is not there.")
TESTING = "pytest" in sys.modules
BASE_URL = env("BEPROEFD_BASE_URL").rstrip("/")
HTTPS = BASE_URL.startswith("https://")
if not BASE_URL.startswith(("http://", "https://")):
    _stop(f"BEPROEFD_BASE_URL must start with http:// or https://, not {BASE_URL!r}.")
if env("BEPROEFD_LOG_LEVEL") not in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}:
    _stop(f"BEPROEFD_LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL, not {env('BEPROEFD_LOG_LEVEL')!r}.")
ORGANISATION = env("BEPROEFD_ORGANISATION")
try:
    DAY_OF_WORK_EUROS = env("BEPROEFD_DAY_OF_WORK_EUROS")
except ValueError:
    DAY_OF_WORK_EUROS = 0
if DAY_OF_WORK_EUROS < 1:
    _stop(
        "BEPROEFD_DAY_OF_WORK_EUROS must be a whole number of euros, 1 or more, not "
        f"{os.environ['BEPROEFD_DAY_OF_WORK_EUROS']!r}."
    )
if unknown := set(env("BEPROEFD_REQUIRE")) - {"browser", "postgres"}:
    _stop(f"BEPROEFD_REQUIRE knows browser and postgres, not {', '.join(sorted(unknown))}.")


def _strong(name: str, key: str) -> str:
    """Sign-off links, sessions and kept answers are signed with the key, so one that can be guessed opens them all."""
    if not key or not (DEBUG or DEMO or TESTING or (len(key) >= 50 and len(set(key)) >= 5)):
        _stop(f"{name} must hold at least 50 random characters; `openssl rand -base64 48` makes them.")
    return key


def _secret_key() -> str:
    """The key from the environment or a file; made and kept in the data folder for a demo or development."""
    if env("BEPROEFD_SECRET_KEY"):
        return _strong("BEPROEFD_SECRET_KEY", env("BEPROEFD_SECRET_KEY"))
    if env("BEPROEFD_SECRET_KEY_FILE"):
        try:
            text = Path(env("BEPROEFD_SECRET_KEY_FILE")).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            _stop(f"BEPROEFD_SECRET_KEY_FILE cannot be read ({problem}).")
        return _strong("BEPROEFD_SECRET_KEY_FILE", text.strip())
    if TESTING:
        return "only-for-the-tests"
    if not (DEBUG or DEMO):
        _stop("set BEPROEFD_SECRET_KEY or BEPROEFD_SECRET_KEY_FILE (a long random text).")
    kept = DATA_DIR / "secret-key"
    try:
        if not kept.exists():
            DATA_DIR.mkdir(parents=True, exist_ok=True)
            kept.write_text(secrets.token_urlsafe(50))
        return kept.read_text()
    except OSError as problem:
        _stop(f"BEPROEFD_DATA_DIR cannot be used ({problem}).")


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env("BEPROEFD_ALLOWED_HOSTS")
if not ALLOWED_HOSTS:
    _stop("BEPROEFD_ALLOWED_HOSTS must name the host of the site, or every page is refused.")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SIGNING_KEY_FILE = DATA_DIR / "decision-signing-key.pem"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "beproefd.site",
    "beproefd.ui",  # before allauth, so that our page templates win
    "django.forms",  # after ui, so that our widget templates win
    "beproefd.ground.audit",
    "beproefd.ground.accounts",
    "beproefd.discipline.challenges",
    "beproefd.discipline.ideas",
    "beproefd.discipline.juries",
    "beproefd.discipline.validation",
    "beproefd.discipline.prototypes",
    "beproefd.discipline.tracks",
    "beproefd.discipline.portfolio",
    "beproefd.demo",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "beproefd.site.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "beproefd.ground.accounts.middleware.RequireMfaMiddleware",
    "beproefd.site.middleware.PrivateMiddleware",
    "beproefd.ground.accounts.middleware.ProviderMiddleware",
    "beproefd.site.middleware.TypedMiddleware",
    "beproefd.site.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "beproefd.site.urls"
WSGI_APPLICATION = "beproefd.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "beproefd.site.context.house",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "beproefd.ui.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "beproefd.ui.forms.Renderer"

if env("DATABASE_URL"):
    if urlsplit(env("DATABASE_URL")).scheme not in {"postgres", "postgresql", "sqlite"}:
        # The value may hold a password, so it is not repeated.
        _stop("DATABASE_URL must start with postgres:// or sqlite://; leave it empty for SQLite in the data folder.")
    try:
        DATABASES = {"default": env.db_url("DATABASE_URL")}
    except (ImproperlyConfigured, ValueError):
        _stop("DATABASE_URL cannot be read; write postgres://user:password@host:5432/name.")
    _host = urlsplit(env("DATABASE_URL")).netloc.rpartition("@")[2]
    if _host.lower().startswith("%2f"):  # a Unix socket, written as libpq does; django-environ keeps the escapes
        DATABASES["default"]["HOST"] = unquote(_host.partition(":")[0])
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "beproefd.sqlite3"}}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
FORMAT_MODULE_PATH = "beproefd.ui.formats"
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
# A municipality puts its own theme here and names it in BEPROEFD_THEME (docs/theming.md).
STATICFILES_DIRS = [("gemeente", DATA_DIR / "gemeente")] if (DATA_DIR / "gemeente").is_dir() else []
# Each file under a name that holds its fingerprint, so that a phone fetches it once; compressed beside it.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG


def WHITENOISE_ADD_HEADERS_FUNCTION(headers: Any, _path: str, url: str) -> None:  # noqa: N802 (the name of a setting)
    """Let the worker of the form for observations see the pages it keeps for when there is no connection."""
    if re.search(r"validation/worker(\.[0-9a-f]{12})?\.js$", url):
        headers["Service-Worker-Allowed"] = "/trajecten/"


THEME = env("BEPROEFD_THEME")

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are opened by an administrator, who knows the address
ACCOUNT_MAX_EMAIL_ADDRESSES = 1  # a second one would be an address that nobody vouches for
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "beproefd.ground.accounts.models.display_name"
ACCOUNT_ADAPTER = "beproefd.ground.accounts.adapters.StaffAccountAdapter"
SOCIALACCOUNT_ADAPTER = "beproefd.ground.accounts.adapters.OpenIDAdapter"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO
MFA_TOTP_ISSUER = "Beproefd"
REQUIRE_MFA = env("BEPROEFD_REQUIRE_MFA") and not DEMO
_oidc = {name: env(name) for name in KNOWN if name.startswith("BEPROEFD_OIDC_") and name != "BEPROEFD_OIDC_NAME"}
if any(_oidc.values()) and not all(_oidc.values()):
    _stop(f"{' and '.join(name for name in _oidc if not _oidc[name])} must be set too, or none of {', '.join(_oidc)}.")
if any(_oidc.values()) and not _oidc["BEPROEFD_OIDC_SERVER_URL"].startswith(("http://", "https://")):
    _stop(f"BEPROEFD_OIDC_SERVER_URL must start with https://, not {_oidc['BEPROEFD_OIDC_SERVER_URL']!r}.")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "gemeente",
                "name": env("BEPROEFD_OIDC_NAME"),
                "client_id": env("BEPROEFD_OIDC_CLIENT_ID"),
                "secret": env("BEPROEFD_OIDC_CLIENT_SECRET"),
                "settings": {"server_url": env("BEPROEFD_OIDC_SERVER_URL")},
            }
        ]
        if env("BEPROEFD_OIDC_SERVER_URL")
        else [],
    }
}

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SECURE_SSL_REDIRECT = False  # the proxy in front does this
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # SECURE_SSL_REDIRECT: see above
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024  # a 5 MB text reaches the form and gets a clear error there
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

try:
    vars().update(env.email_url("BEPROEFD_EMAIL_URL"))
except (ImproperlyConfigured, ValueError, KeyError):
    _stop("BEPROEFD_EMAIL_URL cannot be read; write for example smtp+tls://user:password@host:587 or consolemail://.")
DEFAULT_FROM_EMAIL = env("BEPROEFD_EMAIL_FROM")
if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(DEFAULT_FROM_EMAIL)[1]):
    _stop(f"BEPROEFD_EMAIL_FROM must hold an address, not {DEFAULT_FROM_EMAIL!r}.")
CONTACT = env("BEPROEFD_CONTACT")
SECURITY_CONTACT = env("BEPROEFD_SECURITY_CONTACT") or DEFAULT_FROM_EMAIL
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# In files, so that the limit on sign-in attempts holds for all processes together and after a restart.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 5000},
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env("BEPROEFD_LOG_LEVEL")},
}
