"""An outside issuer of tokens: real keys, and a real HTTP server that publishes them."""

import base64
import hashlib
import hmac
import json
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

KEYS = {name: rsa.generate_private_key(65537, 2048) for name in ("first", "second", "stranger")}
CURVE_KEY = ec.generate_private_key(ec.SECP256R1())


def public_jwk(name: str, **members: Any) -> dict[str, Any]:
    jwk: dict[str, Any] = RSAAlgorithm.to_jwk(KEYS[name].public_key(), as_dict=True)
    return jwk | {"kid": name, "use": "sig", "alg": "RS256"} | members


def curve_jwk() -> dict[str, Any]:
    jwk: dict[str, Any] = ECAlgorithm.to_jwk(CURVE_KEY.public_key(), as_dict=True)
    return jwk | {"kid": "curve", "use": "sig"}


def public_pem(name: str) -> bytes:
    return (
        KEYS[name]
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


class JwksServer:
    """Serves `document` at `url`, counting `fetches`. `status` other than 200 is an outage."""

    def __init__(self) -> None:
        self.document: object = {"keys": [public_jwk("first")]}
        self.status = 200
        self.headers: dict[str, str] = {}
        self.fetches = 0
        self._server = HTTPServer(("127.0.0.1", 0), self._handler())
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/jwks"

    def publish(self, *keys: dict[str, Any]) -> None:
        self.document = {"keys": list(keys)}

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        published = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                published.fetches += 1
                document = published.document
                body = document if isinstance(document, bytes) else json.dumps(document).encode()
                self.send_response(published.status)
                for name, value in published.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


def sign(claims: dict[str, Any], *, key: str = "first", **header: Any) -> str:
    """An RS256 token. A claim or header of None is left out; `kid` is the key's name."""
    return jwt.encode(
        {name: value for name, value in claims.items() if value is not None},
        KEYS[key],
        algorithm="RS256",
        headers={name: value for name, value in ({"kid": key} | header).items() if value},
    )


def claims_of(**changes: Any) -> dict[str, Any]:
    """What a good token of the outside issuer says, with changes."""
    now = int(time.time())
    return {
        "iss": "https://issuer.example",
        "aud": "interview-trainer-api",
        "iat": now,
        "nbf": now,
        "exp": now + 600,
        "sub": "person-7",
        "email": "ada@example.com",
        "email_verified": True,
        "name": "Ada Lovelace",
    } | changes


def google_claims(**changes: Any) -> dict[str, Any]:
    """What a Google ID token says: no `nbf`."""
    google = {"iss": "https://accounts.google.com", "aud": "client-1", "nbf": None}
    return claims_of(**(google | changes))


def encode_part(value: Any) -> str:
    """One part of a JWT: JSON, or bytes as they are."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def hs256_by_hand(claims: dict[str, Any], secret: bytes, kid: str = "first") -> str:
    """What PyJWT refuses to make: an HMAC keyed with a public key's text."""
    signed = f"{encode_part({'alg': 'HS256', 'kid': kid})}.{encode_part(claims)}"
    return f"{signed}.{encode_part(hmac.digest(secret, signed.encode(), hashlib.sha256))}"
