"""What the naive probe and the Go service share: three tables, and how they are asked."""

import hashlib
from pathlib import Path

from contenders.base import MESSAGE, Contender, Ground, post
from contenders.ours import CREDITS, email

KEY = "it_only_for_this_benchmark"
TABLES = Path(__file__).with_name("plain.sql")


class Plain(Contender):
    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self.whole, self.streamed = (
            [self.make_request(number, accept) for number in range(ground.people)]
            for accept in ("application/json", "text/event-stream")
        )

    def make_tables(self) -> None:
        self.ground.database.create(self.name)
        key_hash = hashlib.sha256(KEY.encode()).hexdigest()
        people = ", ".join(
            f"('{email(number)}', {CREDITS}, 0)" for number in range(self.ground.people)
        )
        rows = (
            f"INSERT INTO api_key (secret_hash) VALUES ('{key_hash}');"
            f"INSERT INTO person (email, available, held) VALUES {people};"
        )
        self.ground.database.run(TABLES.read_text() + rows, self.name)

    def make_request(self, number: int, accept: str) -> bytes:
        path = f"/message?email={email(number)}"
        return post(path, {"message": MESSAGE}, x_api_key=KEY, Accept=accept)

    def request(self, number: int, *, is_streamed: bool) -> bytes:
        requests = self.streamed if is_streamed else self.whole
        return requests[number % len(requests)]

    def charged(self) -> int:
        counted = "SELECT COUNT(*) FROM hold WHERE state = 'posted' AND charged > 0"
        return int(self.ground.database.run(counted, self.name))
