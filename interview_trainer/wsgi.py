"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_trainer.settings")

django_application = get_wsgi_application()

from interview_trainer.admission import Admission  # noqa: E402  (needs the settings)

application = Admission(django_application)
