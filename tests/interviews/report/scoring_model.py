"""A language model that scores answers, behind a server that speaks OpenAI's API."""

import json
import re
from collections.abc import Callable
from typing import Any

from tests.ai.providers.servers.base import Asked, Reply
from tests.ai.providers.servers.openai import OpenAIServer

Sample = dict[str, Any]


def opening(answer: str) -> str:
    """The first words: a quote that is always there."""
    return " ".join(answer.split()[:6])


def sample_for(schema: Any, answer: str, *, level: int = 4, quote: str = "") -> Sample:
    """What a well-behaved model says: a level and a quote for all that the schema asks for."""
    quote = quote or opening(answer)
    about = schema["properties"]["keep"]["properties"]["dimension"]["enum"]
    return {
        "not_scored": "",
        "scores": {
            id_: {"level": level, "reason": f"You show it at level {level}.", "quote": quote}
            for id_ in schema["properties"]["scores"]["properties"]
        },
        "keep": {"text": "Keep the opening.", "dimension": about[0], "quote": quote},
        "change": {"text": "Say what came of it.", "dimension": about[-1], "quote": quote},
        "better": f"{answer} [say what came of it]",
    }


class ScoringServer(OpenAIServer):
    """`score` makes the document from the schema and the answer, call by call."""

    score: Callable[[Any, str], Any]

    def __init__(self) -> None:
        super().__init__()
        self.usage = {"prompt_tokens": 900, "completion_tokens": 300, "total_tokens": 1_200}
        self.score = sample_for

    def reply(self, asked: Asked) -> Reply:
        schema = asked.json["response_format"]["json_schema"]["schema"]
        document = self.score(schema, read_answer(asked))
        text = document if isinstance(document, str) else json.dumps(document)
        self.words = tuple(re.findall(r".{1,200}", text, re.DOTALL))
        return super().reply(asked)

    @property
    def prompts(self) -> list[str]:
        """All that the model was told, call by call."""
        return ["\n".join(m["content"] for m in asked.json["messages"]) for asked in self.asked]


def read_answer(asked: Asked) -> str:
    """The candidate's words, out of their fence."""
    message = asked.json["messages"][-1]["content"]
    lines = [line for line in message.splitlines() if line.startswith('{"answer"')]
    answer: str = json.loads(lines[0])["answer"]
    return answer


def only_answer(report):
    (answer,) = report.document["answers"]
    return answer


def scorer_of(report):
    return report.document["scorer"]


def dimension(answer, id_="relevance"):
    return next(one for one in answer["dimensions"] if one["id"] == id_)
