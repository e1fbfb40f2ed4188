#!/usr/bin/env python
"""Run a management command: `python manage.py help` lists them."""

import os
import sys

from django.core.management import execute_from_command_line

from interview_trainer.metric_files import inherit_or_make_folder

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_trainer.settings")
    if sys.argv[1:2] == ["run_worker"]:
        inherit_or_make_folder()
    execute_from_command_line(sys.argv)
