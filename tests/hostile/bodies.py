"""Bodies and values that were made to do harm. Long ones are made when asked for."""

from __future__ import annotations

import json
from collections.abc import Callable

NULL = "a\0b"
SURROGATE = '"\\ud800"'

# What stands in place of a JSON body, whatever it should say.
BODIES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "a null byte": lambda: b"\0",
    "half": lambda: b'{"message": "a',
    "another encoding": lambda: '{"message": "é"}'.encode("latin-1"),
    "UTF-16": lambda: '{"message": "a"}'.encode("utf-16"),
    "a mark before it": lambda: b'\xef\xbb\xbf{"message": "a"}',
    "no JSON": lambda: b"message=a",
    "XML": lambda: b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "not a number": lambda: b'{"message": NaN, "amount": NaN}',
    "infinity": lambda: b'{"message": "a", "amount": -Infinity}',
    "a number beyond a double": lambda: b'{"message": "a", "amount": 1e999}',
    "a number of many digits": lambda: b'{"message": "a", "amount": 1%s}' % (b"0" * 4_000),
    "a number of too many digits": lambda: b'{"message": "a", "amount": 1%s}' % (b"0" * 5_000),
    "half a surrogate pair": lambda: b'{"message": "\\ud800", "reason": "\\udfff"}',
    "a surrogate in a name": lambda: b'{"\\ud800": 1, "message": "a"}',
    "a null byte in a text": lambda: json.dumps({"message": NULL, "reason": NULL}).encode(),
    "the same name twice": lambda: b'{"message": "a", "message": 1, "amount": 1, "amount": "x"}',
    "a list": lambda: b"[1, 2]",
    "a text": lambda: b'"message"',
    "a number": lambda: b"1",
    "null": lambda: b"null",
    "true": lambda: b"true",
    "deep lists": lambda: b"[" * 500_000,
    "deep objects": lambda: b'{"message":' * 80_000,
    "as deep as can be read": lambda: nested(900),
    "less deep": lambda: nested(300),
    "many names": lambda: json.dumps({f"name{number}": 1 for number in range(60_000)}).encode(),
    "a long name": lambda: b'{"' + b"n" * 500_000 + b'": 1}',
    "much space": lambda: b" " * 900_000 + b"{}",
    "more than is read": lambda: b'{"message": "' + b"a" * 1_100_000 + b'"}',
    "a prototype": lambda: b'{"__proto__": {"is_staff": true}, "is_staff": true, "credits": 9}',
    "objects for texts": lambda: b'{"message": {"$ne": ""}, "email": {"$gt": ""}, "amount": {}}',
}

# What stands in the query or the path.
VALUES = (
    "%00",
    "a%00b",
    "%ff%fe",
    "%ed%a0%80",
    "%E2%80%AE",
    "..%2f..%2fetc%2fpasswd",
    "'%20OR%201=1--",
    "%3Cscript%3E",
    "%0d%0aSet-Cookie:%20a=b",
    "9" * 19,
    "9" * 400,
    "-1",
    "0",
    "1e9",
    "NaN",
    "\u0661",
    "a" * 5_000,
)


def nested(depth: int) -> bytes:
    """An object that holds a list, that holds a list, and so on."""
    return b'{"message": "a", "more": ' + b"[" * depth + b"]" * depth + b"}"
