"""What tests of the site's pages share."""

from django.test import Client

WORDS = "seven quiet herons over the weir"


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/settings/").status_code == 200)
