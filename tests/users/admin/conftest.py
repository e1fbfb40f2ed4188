"""Who uses the admin site: a superuser, someone of the support group, and staff without rights."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.test import Client
from django.utils.module_loading import import_string

from users.models import User

PASSWORD = "correct horse battery staple"
create_support_group = import_string("users.migrations.0005_support_group.create_support_group")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def superuser(db) -> User:
    return User.objects.create_superuser("root@example.com", PASSWORD)


@pytest.fixture
def admin(superuser: User) -> Client:
    return signed_in(superuser)


@pytest.fixture
def supporter(newcomer: User) -> User:
    create_support_group(apps, None)
    newcomer.groups.add(Group.objects.get(name="Support"))
    return newcomer


@pytest.fixture
def support(supporter: User) -> Client:
    return signed_in(supporter)


@pytest.fixture
def powerless(newcomer: User) -> Client:
    return signed_in(newcomer)
