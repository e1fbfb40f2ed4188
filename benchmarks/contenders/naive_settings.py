"""Django's settings for `naive_app.py`."""

import os

import environ

SECRET_KEY = "only-for-this-benchmark-and-long-enough"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "naive_app"
DATABASES = {"default": environ.Env.db_url_config(os.environ["DATABASE_URL"])}
DATABASES["default"]["CONN_MAX_AGE"] = 600
INSTALLED_APPS = ["rest_framework"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
REST_FRAMEWORK = {"UNAUTHENTICATED_USER": None}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
