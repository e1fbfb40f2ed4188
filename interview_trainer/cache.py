"""Django's Redis cache, which goes on without Redis.

Nothing here is needed for an answer to be right: while Redis is away, every read is a miss and
nothing is kept. One call finds that out, within `CACHE_TIMEOUT_S`; the others of this process then
go on without asking, but for one in `ASK_AGAIN_S`, until one of them is answered.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache, wraps
from threading import Lock
from time import monotonic
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.retry import Retry

logger = logging.getLogger(__name__)

ASK_AGAIN_S = 1.0
# A thread has at most one: the pool must not be what a request fails at.
MAX_CONNECTIONS = 10_000

# Counts only what is still there: what expired is not begun anew, without an end.
INCREMENT = """
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
return redis.call('INCRBY', KEYS[1], ARGV[1])
"""

Method = Callable[..., Any]


class Watch:
    """Whether Redis is away, as far as this process knows."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_away = False
        self._ask_again_at = 0.0

    def may_ask(self) -> bool:
        if not self._is_away:
            return True
        with self._lock:
            now = monotonic()
            if now < self._ask_again_at:
                return False
            self._ask_again_at = now + ASK_AGAIN_S
            return True

    def note_failure(self, exc: Exception) -> None:
        with self._lock:
            self._ask_again_at = monotonic() + ASK_AGAIN_S
            is_new, self._is_away = not self._is_away, True
        if is_new:
            logger.warning("cache_away", extra={"error": type(exc).__name__})

    def note_success(self) -> None:
        if self._is_away:
            self._is_away = False
            logger.warning("cache_back")


def without_redis(otherwise: Any) -> Callable[[Method], Method]:
    """Give `otherwise` where Redis does not answer, or answers that it cannot."""

    def decorate(method: Method) -> Method:
        @wraps(method)
        def ask(client: Client, *args: Any) -> Any:
            asks_nothing = bool(args) and not args[0]  # which Redis calls an error
            if asks_nothing or not client.watch.may_ask():
                return otherwise
            try:
                answer = method(client, *args)
            except redis.RedisError as exc:
                client.watch.note_failure(exc)
                return otherwise
            client.watch.note_success()
            return answer

        return ask

    return decorate


class Client(RedisCacheClient):
    """One for each Redis and process, shared by threads, as its pool of connections is."""

    _servers: list[str]  # Django's stubs leave these out

    def __init__(self, servers: list[str], **options: Any) -> None:
        # No second try: it would come before the time-out's end, or double it.
        retry = Retry(NoBackoff(), 0)
        super().__init__(servers, retry=retry, max_connections=MAX_CONNECTIONS, **options)
        self.watch = Watch()
        self._clients: dict[bool, redis.Redis] = {}
        self._scripts: dict[str, Script] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> redis.Redis:
        if len(self._servers) > 1:
            return super().get_client(key, write=write)
        if write not in self._clients:
            self._clients[write] = super().get_client(key, write=write)
        return self._clients[write]

    def get(self, key: Any, default: Any) -> Any:
        return self.get_many([key]).get(key, default)

    def incr(self, key: Any, delta: int) -> int:
        value = self.run_script(INCREMENT, [key], [delta])
        if value is None:
            raise ValueError(f"Key '{key}' not found.")
        return int(value)

    @without_redis(otherwise=None)
    def run_script(self, source: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
        """What a Lua script gives, done at once and in one round trip; None without Redis."""
        script = self._scripts.get(source)
        if script is None:
            script = self._scripts[source] = self.get_client(write=True).register_script(source)
        return script(keys=keys, args=args)

    add = without_redis(otherwise=False)(RedisCacheClient.add)
    set = without_redis(otherwise=None)(RedisCacheClient.set)
    touch = without_redis(otherwise=False)(RedisCacheClient.touch)
    delete = without_redis(otherwise=False)(RedisCacheClient.delete)
    get_many = without_redis(otherwise={})(RedisCacheClient.get_many)
    has_key = without_redis(otherwise=False)(RedisCacheClient.has_key)
    set_many = without_redis(otherwise=None)(RedisCacheClient.set_many)
    delete_many = without_redis(otherwise=None)(RedisCacheClient.delete_many)
    clear = without_redis(otherwise=False)(RedisCacheClient.clear)


@lru_cache
def shared_client(servers: tuple[str, ...], options: tuple[tuple[str, Any], ...]) -> Client:
    return Client(list(servers), **dict(options))


class SharedCache(RedisCache):
    """`CACHE_URL=redis://...`. Raises nothing where Redis is away."""

    _servers: list[str]
    _options: dict[str, Any]

    @cached_property
    def _cache(self) -> Client:
        return shared_client(tuple(self._servers), tuple(self._options.items()))

    def run_script(self, source: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
        return self._cache.run_script(source, [self.make_key(key) for key in keys], args)
