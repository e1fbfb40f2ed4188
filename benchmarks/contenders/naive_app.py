"""A paid message as one would first write it in Django: key, person, hold, SDK, settlement.

The routes of a project whose settings are `naive_settings.py` and whose tables `plain.sql`.
"""

# ruff: noqa: DJ008  # nobody looks at these rows

import hashlib
import os
from collections.abc import Iterator

from django.db import models, transaction
from django.db.models import F
from django.http import StreamingHttpResponse
from django.urls import path
from openai import DefaultHttpxClient, OpenAI
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotFound, ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

MODEL = "gpt-6-luna"
MOST_TOKENS = 125
HELD = 2
CONNECTIONS = 1_000


class Table(models.Model):
    class Meta:
        abstract = True
        app_label = "naive"
        managed = False


class ApiKey(Table):
    secret_hash = models.CharField(max_length=64)

    class Meta(Table.Meta):
        db_table = "api_key"


class Person(Table):
    email = models.CharField(max_length=254)
    available = models.BigIntegerField()
    held = models.BigIntegerField()

    class Meta(Table.Meta):
        db_table = "person"


class Hold(Table):
    person = models.ForeignKey(Person, models.PROTECT)
    amount = models.BigIntegerField()
    charged = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, default="open")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(Table.Meta):
        db_table = "hold"


class KeyAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[None, ApiKey]:
        secret_hash = hashlib.sha256(request.headers.get("x-api-key", "").encode()).hexdigest()
        try:
            return None, ApiKey.objects.get(secret_hash=secret_hash)
        except ApiKey.DoesNotExist as exc:
            raise AuthenticationFailed from exc


class AnyForm(BaseContentNegotiation):
    """Streams are not DRF's to render."""

    def select_parser(self, request: Request, parsers: list) -> object:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: list, suffix: object = None) -> tuple:
        return renderers[0], renderers[0].media_type


class MessageSerializer(serializers.Serializer):
    message = serializers.CharField(max_length=60_000)


class MessageView(APIView):
    authentication_classes = [KeyAuthentication]
    content_negotiation_class = AnyForm

    def post(self, request: Request) -> Response | StreamingHttpResponse:
        sent = MessageSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        person = Person.objects.filter(email=request.query_params.get("email")).first()
        if person is None:
            raise NotFound
        hold = hold_credits(person)
        message = sent.validated_data["message"]
        if "text/event-stream" in request.headers.get("Accept", ""):
            return StreamingHttpResponse(stream(hold, message), content_type="text/event-stream")
        answer = client().chat.completions.create(**question(message))
        settle(hold, charged=1)
        return Response(
            {"response": answer.choices[0].message.content, "tokens": answer.usage.total_tokens}
        )


def hold_credits(person: Person) -> Hold:
    with transaction.atomic():
        affordable = Person.objects.filter(pk=person.pk, available__gte=HELD)
        if not affordable.update(available=F("available") - HELD, held=F("held") + HELD):
            raise ValidationError("Not enough credits.")
        return Hold.objects.create(person=person, amount=HELD)


def settle(hold: Hold, *, charged: int) -> None:
    with transaction.atomic():
        Hold.objects.filter(pk=hold.pk, state="open").update(state="posted", charged=charged)
        Person.objects.filter(pk=hold.person_id).update(
            available=F("available") + HELD - charged, held=F("held") - HELD
        )


def stream(hold: Hold, message: str) -> Iterator[str]:
    options = {"include_usage": True}
    events = client().chat.completions.create(
        **question(message), stream=True, stream_options=options
    )
    for event in events:
        if event.choices and event.choices[0].delta.content:
            yield f"event: delta\ndata: {event.choices[0].delta.model_dump_json()}\n\n"
    settle(hold, charged=1)


def question(message: str) -> dict:
    return {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": os.environ["SYSTEM_PROMPT"]},
            {"role": "user", "content": message},
        ],
        "max_completion_tokens": MOST_TOKENS,
    }


clients: list[OpenAI] = []


def client() -> OpenAI:
    """One a process: each has a pool of its own."""
    if not clients:
        import httpx2

        limits = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
        clients.append(
            OpenAI(
                base_url=f"{os.environ['VENDOR_URL']}/v1",
                api_key="sk-benchmark",
                http_client=DefaultHttpxClient(limits=limits),
            )
        )
    return clients[0]


urlpatterns = [path("message", MessageView.as_view())]
