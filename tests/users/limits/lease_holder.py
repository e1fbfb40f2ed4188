"""A process of its own that holds a slot until it is killed. `CACHE_URL` says where."""

import os
import sys
from threading import Event

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_trainer.settings")

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from users.limits.renewing import Renewer
from users.limits.stores import Slots, take_shared

ONE = Slots("one", "slots:one", 1)
LEASE_S = 2.0


def hold_until_killed() -> None:
    renewer = Renewer(lease_s=LEASE_S, renewed_every_s=LEASE_S / 10)
    take_shared([], [ONE], "held", renewer.lease_us)
    renewer.add("held", [ONE])
    sys.stdout.write("held\n")
    sys.stdout.flush()
    Event().wait()


if __name__ == "__main__":
    hold_until_killed()
