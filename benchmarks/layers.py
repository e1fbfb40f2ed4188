"""CPU and wall time of an application's layers, each without those that it calls."""

import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from importlib import import_module
from inspect import isgenerator
from typing import Any

# What is timed, by dotted path, under the name of its layer. `{}` is the class's name.
LAYERS = {
    "django.core.handlers.wsgi.WSGIHandler.__call__": "Django: handler, URL, signals",
    "django.core.handlers.wsgi.WSGIRequest.__init__": "Django: handler, URL, signals",
    "django.http.response.HttpResponseBase.close": "Django: handler, URL, signals",
    "rest_framework.views.APIView.dispatch": "DRF: dispatch",
    "rest_framework.views.APIView.perform_content_negotiation": "DRF: negotiation",
    "rest_framework.views.APIView.perform_authentication": "DRF: dispatch",
    "users.authentication.ApiKeyAuthentication.authenticate": "key",
    "users.authentication.find_usable_key": "key",
    "rest_framework.request.Request._load_data_and_files": "DRF: parse",
    "ai.views.validated": "DRF: input serializers",
    "users.requests.validated": "DRF: input serializers",
    "rest_framework.serializers.Serializer.to_representation": "DRF: output serializer",
    "rest_framework.views.APIView.finalize_response": "DRF: response",
    "rest_framework.response.Response.rendered_content": "DRF: response",
    "ai.views.requested_user": "person",
    "users.requests.find_user": "person",
    "ai.services.text.quote_text": "catalogue and quote",
    "ai.operations.hold_credits": "hold",
    "ai.operations.settle": "settlement",
    "ai.views.answer_message": "operation: the rest",
    "ai.operations.Operation.serve": "operation: the rest",
    "ai.operations.get_provider": "operation: the rest",
    "ai.services.text.used_tokens": "operation: the rest",
    "ai.breaker.Breaker.admits": "breaker",
    "ai.breaker.Breaker.note_success": "breaker",
    "ai.providers.base.TextProvider.generate": "SDK: reading the answer",
    "openai.resources.chat.completions.Completions.create": "SDK: building the request",
    "httpx2.Client.send": "SDK: HTTP",
    "httpcore2.ConnectionPool.handle_request": "SDK: HTTP, connection",
    "openai.Stream.__next__": "SDK: reading the answer",
    "ai.events.EventStream.__next__": "stream: events",
    "ai.operations.PaidStream.__next__": "stream: paid pieces",
    "ai.providers.openai.OpenAIText.stream": "SDK: reading the answer",
    "interview_trainer.middleware.log_request": "request log",
    "django.db.backends.utils.CursorWrapper.execute": "SQL",
    "interview_trainer.mysql.base.DatabaseWrapper._commit": "SQL",
    "django.db.backends.mysql.base.DatabaseWrapper.is_usable": "ping",
    "django.core.cache.backends.redis.RedisCacheClient.get": "Redis",
    "django.core.cache.backends.redis.RedisCacheClient.get_many": "Redis",
    "django.core.cache.backends.redis.RedisCacheClient.set": "Redis",
    "django.core.cache.backends.redis.RedisCacheClient.incr": "Redis",
    "django.core.cache.backends.redis.RedisCacheClient.add": "Redis",
}
# These are told apart by who called them.
WITHIN = {"SQL", "ping", "Redis"}


@dataclass
class Layer:
    cpu_ns: int = 0
    wall_ns: int = 0
    calls: int = 0


@dataclass
class Frame:
    name: str
    cpu_ns: int
    wall_ns: int
    inner_cpu_ns: int = 0
    inner_wall_ns: int = 0


@dataclass
class Clock:
    """Times threads. A layer's time is its own, without that of the layers within it."""

    layers: dict[str, Layer] = field(default_factory=lambda: defaultdict(Layer))
    threads: threading.local = field(default_factory=threading.local)

    @property
    def stack(self) -> list[Frame]:
        """The layers that this thread is in."""
        return self.threads.__dict__.setdefault("stack", [])

    @contextmanager
    def layer(self, name: str) -> Any:
        if name in WITHIN and self.stack:
            name = f"{self.stack[-1].name.partition(':')[0]}: {name}"
        frame = Frame(name, time.thread_time_ns(), time.perf_counter_ns())
        self.stack.append(frame)
        try:
            yield
        finally:
            cpu, wall = time.thread_time_ns() - frame.cpu_ns, time.perf_counter_ns() - frame.wall_ns
            self.stack.pop()
            self.note(frame, cpu, wall)

    def note(self, frame: Frame, cpu_ns: int, wall_ns: int) -> None:
        layer = self.layers[frame.name]
        layer.cpu_ns += cpu_ns - frame.inner_cpu_ns
        layer.wall_ns += wall_ns - frame.inner_wall_ns
        layer.calls += 1
        if self.stack:
            self.stack[-1].inner_cpu_ns += cpu_ns
            self.stack[-1].inner_wall_ns += wall_ns


def time_layers(clock: Clock) -> None:
    from django.conf import settings

    middleware = {
        f"{path}.__call__": f"middleware: {path.rpartition('.')[2]}" for path in settings.MIDDLEWARE
    }
    for path, name in {**LAYERS, **middleware}.items():
        try:
            time_calls(clock, path, name)
        except (AttributeError, ModuleNotFoundError):
            print(f"Not timed, for it is not there: {path}", file=sys.stderr)


def time_calls(clock: Clock, path: str, name: str) -> None:
    owner, attribute = find_owner(path)
    plain = getattr(owner, attribute)
    if isinstance(plain, property):
        assert plain.fget
        setattr(owner, attribute, property(timed(clock, name, plain.fget)))
    else:
        setattr(owner, attribute, timed(clock, name, plain))


def find_owner(path: str) -> tuple[Any, str]:
    """The module or class that has the last name."""
    parts = path.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            owner: Any = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:-1]:
            owner = getattr(owner, part)
        return owner, parts[-1]
    raise ModuleNotFoundError(path)


def timed(clock: Clock, name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(plain)
    def call(*args: Any, **kwargs: Any) -> Any:
        with clock.layer(name):
            result = plain(*args, **kwargs)
        return timed_pieces(clock, name, result) if isgenerator(result) else result

    return call


def timed_pieces(clock: Clock, name: str, pieces: Generator[Any, None, Any]) -> Iterator[Any]:
    with closing(pieces):
        while True:
            with clock.layer(name):
                try:
                    piece = next(pieces)
                except StopIteration as end:
                    return end.value
            yield piece
