"""Millions of rows of a right ledger, made by MariaDB itself out of its SEQUENCE engine.

Everybody has as many entries, written in rounds, as time would have it: each person's first entry,
then each one's second. Entry 1 is a grant, then come pairs of a hold and its outcome (one of the
first four pairs is void, the others are posted), and where the number is even, one more grant.
"""

import re
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

CHUNK_ROWS = 100_000
HELD, CHARGED, TOPPED_UP = 3, 2, 50
BEGAN_DAYS_AGO = 90
# Rows come in the order of their ids, and none needs to be looked up: `verify_ledger` proves them.
KEY = re.compile(r"^ +((?:UNIQUE )?KEY `(\w+)` .*?),?$", re.MULTILINE)
QUICKLY = "SET unique_checks=0, foreign_key_checks=0, sql_log_bin=0, time_zone='+00:00'"


@dataclass(frozen=True)
class People:
    """`count` people with ids from `first` on, of whom each has `rounds` entries."""

    count: int
    rounds: int
    first: int = 1
    first_entry: int = 1
    first_hold: int = 1

    @property
    def pairs(self) -> int:
        return (self.rounds - 1) // 2

    @property
    def entries(self) -> int:
        return self.count * self.rounds

    @property
    def holds(self) -> int:
        return self.count * self.pairs

    @property
    def granted(self) -> int:
        return max(300, self.pairs * HELD)


class Seeder:
    """Writes through a connection of the driver's own, in autocommit, and says how far it is."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._connection.query(QUICKLY)

    def seed(self, people: People) -> None:
        for table, rows, select in (
            ("users_user", people.count, users(people)),
            ("users_usersettings", people.count, user_settings(people)),
            ("users_creditaccount", people.count, accounts(people)),
            ("users_hold", people.holds, holds(people)),
            ("users_ledgerentry", people.entries, entries(people)),
        ):
            self.fill(table, rows, select)

    def fill(self, table: str, rows: int, select: str) -> None:
        """`select` names columns and values, of which `seq` is the number of the row, from 0."""
        began = time.perf_counter()
        columns, values = select.split("|", 1)
        with self.indexed_at_the_end(table, rows):
            for start in range(0, rows, CHUNK_ROWS):
                end = min(start + CHUNK_ROWS, rows) - 1
                self._connection.query(
                    f"INSERT INTO {table} ({columns}) SELECT {values} FROM seq_{start}_to_{end}"
                )
                seconds = time.perf_counter() - began
                print(f"{table}: {end + 1:,} of {rows:,} rows, {seconds:.0f} s", flush=True)

    @contextmanager
    def indexed_at_the_end(self, table: str, rows: int) -> Iterator[None]:
        """Of millions of rows, an index is sorted in a fraction of the time of their inserts."""
        keys = self.keys_of(table) if rows > CHUNK_ROWS else {}
        self.alter(table, [f"DROP KEY {name}" for name in keys])
        yield
        self.alter(table, [f"ADD {key}" for key in keys.values()])

    def keys_of(self, table: str) -> dict[str, str]:
        """All but the primary one, as SQL by their names."""
        with closing(self._connection.cursor()) as cursor:
            cursor.execute(f"SHOW CREATE TABLE {table}")
            _, sql = cursor.fetchone()
        return {name: key for key, name in KEY.findall(sql)}

    def alter(self, table: str, changes: list[str]) -> None:
        if changes:
            began = time.perf_counter()
            self._connection.query(f"ALTER TABLE {table} {', '.join(changes)}")
            print(f"{table}: {changes[0]}, … in {time.perf_counter() - began:.0f} s", flush=True)


def columns(**values: object) -> str:
    return f"{', '.join(values)}|{', '.join(map(str, values.values()))}"


def moment(people: People, number: str) -> str:
    """When the entry of this number was made: evenly over the last months, up to an hour ago."""
    step_us = (BEGAN_DAYS_AGO * 24 - 1) * 3600 * 1_000_000 / people.entries
    return (
        f"UTC_TIMESTAMP(6) - INTERVAL {BEGAN_DAYS_AGO} DAY"
        f" + INTERVAL FLOOR(({number}) * {step_us:.6f}) MICROSECOND"
    )


def users(people: People) -> str:
    number = f"(seq + {people.first})"
    made = moment(people, "seq")
    return columns(
        id=number,
        # Addresses are in no order of their own.
        email=f"CONCAT(LEFT(MD5({number}), 6), '.person', {number}, '@example.com')",
        name=f"CONCAT('Person ', {number})",
        password="'!'",
        is_superuser=0,
        is_staff=0,
        is_active=1,
        has_unproven_email=0,
        created_at=made,
        updated_at=made,
    )


def user_settings(people: People) -> str:
    return columns(
        user_id=f"seq + {people.first}",
        llm_model="'gpt-6-luna'",
        stt_model="'whisper-1'",
        tts_model="'elevenlabs-multilingual-v1'",
        auto_play_audio=1,
    )


def accounts(people: People) -> str:
    topped_up = TOPPED_UP * (people.rounds % 2 == 0)
    return columns(
        user_id=f"seq + {people.first}",
        available=f"{people.granted + topped_up} - {spent('seq', people.pairs)}",
        held=0,
        entry_count=people.rounds,
        last_entry_at=moment(people, f"seq + {(people.rounds - 1) * people.count}"),
    )


def uuid(text: str) -> str:
    """A random-looking one, of version 4, as Django makes them."""
    return f"INSERT(INSERT(MD5({text}), 13, 1, '4'), 17, 1, '8')"


def void_pair(person: str) -> str:
    return f"(1 + ({person}) MOD 4)"


def spent(person: str, pairs: object) -> str:
    """What a person's first pairs charged."""
    return f"{CHARGED} * ({pairs} - ({void_pair(person)} <= {pairs}))"


def holds(people: People) -> str:
    """In the order in which they were opened; pair k's entries are 2k and 2k + 1."""
    person, pair = f"(seq MOD {people.count})", f"(seq DIV {people.count} + 1)"
    opened = f"(2 * {pair} - 1) * {people.count} + {person}"
    is_void = f"{void_pair(person)} = {pair}"
    return columns(
        id=f"seq + {people.first_hold}",
        operation_id=uuid(f"CONCAT('operation ', seq + {people.first_hold})"),
        account_id=f"{person} + {people.first}",
        amount=HELD,
        charged=f"IF({is_void}, 0, {CHARGED})",
        purpose="'text: gpt-6-luna'",
        state=f"IF({is_void}, 'voided', 'posted')",
        created_at=moment(people, opened),
        expires_at=f"{moment(people, opened)} + INTERVAL 15 MINUTE",
        resolved_at=moment(people, f"{opened} + {people.count}"),
    )


def entries(people: People) -> str:
    person, turn = f"(seq MOD {people.count})", f"(seq DIV {people.count} + 1)"
    pair = f"({turn} DIV 2)"
    is_last_grant = f"({turn} = {people.rounds} AND {turn} MOD 2 = 0)"
    is_hold = f"({turn} MOD 2 = 0)"
    is_void = f"({void_pair(person)} = {pair})"
    hold_id = f"({pair} - 1) * {people.count} + {person} + {people.first_hold}"

    def by_kind(grant: object, top_up: object, hold: object, post: object, void: object) -> str:
        return (
            f"CASE WHEN {turn} = 1 THEN {grant} WHEN {is_last_grant} THEN {top_up}"
            f" WHEN {is_hold} THEN {hold} WHEN {is_void} THEN {void} ELSE {post} END"
        )

    left = f"{people.granted} - {spent(person, pair)}"
    before = f"{people.granted} - {HELD} - {spent(person, f'({pair} - 1)')}"
    return columns(
        id=f"seq + {people.first_entry}",
        account_id=f"{person} + {people.first}",
        sequence=turn,
        kind=by_kind("'grant'", "'grant'", "'hold'", "'post'", "'void'"),
        issued=by_kind(-people.granted, -TOPPED_UP, 0, 0, 0),
        available=by_kind(people.granted, TOPPED_UP, -HELD, HELD - CHARGED, HELD),
        held=by_kind(0, 0, HELD, -HELD, -HELD),
        charged=by_kind(0, 0, 0, CHARGED, 0),
        available_after=by_kind(
            people.granted,
            f"{people.granted + TOPPED_UP} - {spent(person, people.pairs)}",
            before,
            left,
            left,
        ),
        held_after=by_kind(0, 0, HELD, 0, 0),
        reason=by_kind("'Welcome credits'", "'Top-up'", *["'text: gpt-6-luna'"] * 3),
        opens_id=by_kind("NULL", "NULL", hold_id, "NULL", "NULL"),
        resolves_id=by_kind("NULL", "NULL", "NULL", hold_id, hold_id),
        created_at=moment(people, "seq"),
    )


def interviews(person: str, count: int, name: str) -> str:
    """Finished ones over the last months. `person` is whose each is."""
    step_us = (BEGAN_DAYS_AGO * 24 - 1) * 3600 * 1_000_000 / count
    made = (
        f"UTC_TIMESTAMP(6) - INTERVAL {BEGAN_DAYS_AGO} DAY"
        f" + INTERVAL FLOOR(seq * {step_us:.6f}) MICROSECOND"
    )
    return columns(
        id=uuid(f"CONCAT('{name}', seq)"),
        user_id=person,
        role="'backend-developer'",
        level="'mid'",
        type="'mixed'",
        language="'en'",
        job_description="REPEAT('We look for somebody who can. ', 20)",
        resume="REPEAT('I led, built and measured it. ', 20)",
        matched_by="'terms'",
        rubric="'core'",
        rubric_version=1,
        state="'finished'",
        turn_count=12,
        revision=12,
        created_at=made,
        started_at=made,
        finished_at=f"{made} + INTERVAL 20 MINUTE",
    )


SUMMARY = (
    '\'{"rubric": "core-1", "scorer": "rules", "level": 3.4, "answers": 5, "scored_answers": 5,'
    ' "dimensions": {"structure": 3.2, "specificity": 3.6}, "competencies": {}, "measures": {}}\''
)


def reports(name: str) -> str:
    """Of the interviews of this name."""
    return columns(
        interview_id=uuid(f"CONCAT('{name}', seq)"),
        state="'ready'",
        answers_scored=5,
        answers_total=5,
        attempts=1,
        failure="''",
        samples="'{}'",
        document="CONCAT('{\"text\": \"', REPEAT('What was said. ', 1000), '\"}')",
        summary=SUMMARY,
        created_at="UTC_TIMESTAMP(6)",
        updated_at="UTC_TIMESTAMP(6)",
        ready_at="UTC_TIMESTAMP(6)",
    )


def tasks() -> str:
    return columns(
        id=uuid("CONCAT('task', seq)"),
        status="'SUCCESSFUL'",
        args_kwargs='\'{"args": [1], "kwargs": {}}\'',
        priority=0,
        task_path="'interviews.tasks.make_report'",
        queue_name="'default'",
        backend_name="'default'",
        run_after="UTC_TIMESTAMP(6)",
        enqueued_at="UTC_TIMESTAMP(6) - INTERVAL (13 * 86400 - seq) SECOND",
        finished_at="UTC_TIMESTAMP(6) - INTERVAL (13 * 86400 - seq) SECOND",
        started_at="UTC_TIMESTAMP(6) - INTERVAL (13 * 86400 - seq) SECOND",
        return_value="'null'",
        exception_class_path="''",
        traceback="''",
        worker_ids="'[\"1-a\"]'",
    )


def api_keys() -> str:
    return columns(
        name="CONCAT('Program ', seq)",
        prefix="LEFT(MD5(CONCAT('key', seq)), 8)",
        secret_hash="SHA2(CONCAT('key', seq), 256)",
        scopes="'[\"ai\"]'",
        created_at="UTC_TIMESTAMP(6)",
    )
