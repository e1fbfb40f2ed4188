import pytest

from ai.coach.reply import reply_to
from tests.ai.coach.examples import EXAMPLES, Example
from tests.ai.coach.reading import asked_for, packed


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_asks_for_the_most_important_missing_thing(example: Example):
    reply = reply_to(packed(example.question, example.answer))

    assert asked_for(reply, example.question) == example.asks, reply
