# SPDX-License-Identifier: EUPL-1.2
"""The door for a web server such as gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "beproefd.settings")
application = get_wsgi_application()
