"""The document's format 1 is fixed: pages and exports read it for years."""

from jsonschema import Draft202012Validator

from tests.interviews.report.held import STRONG, WEAK, Said, hold_interview, webm

TEXT = {"type": "string", "minLength": 1}
SOME_TEXT = {"type": "string"}
NUMBER = {"type": "number"}
COUNT = {"type": "integer", "minimum": 0}
LEVEL = {"type": "integer", "minimum": 1, "maximum": 5}
MEAN = {"type": "number", "minimum": 1, "maximum": 5}


def exactly(**members):
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def many(item):
    return {"type": "array", "items": item}


def or_null(schema):
    return {"anyOf": [schema, {"type": "null"}]}


TIME = or_null({"type": "number", "minimum": 0})
QUOTE = exactly(text=TEXT, turn_id=TEXT, start_s=TIME, end_s=TIME)
ADVICE = or_null(exactly(text=TEXT, dimension=TEXT, quote=or_null(QUOTE)))
MEASURE = exactly(
    id=TEXT,
    name=TEXT,
    value=or_null(NUMBER),
    unit=TEXT,
    low=or_null(NUMBER),
    high=or_null(NUMBER),
    source=TEXT,
    note=SOME_TEXT,
)
PART = exactly(
    id=TEXT, name=TEXT, description=TEXT, is_found={"type": "boolean"}, quotes=many(QUOTE)
)
DIMENSION = exactly(
    id=TEXT,
    name=TEXT,
    level=or_null(LEVEL),
    reason=SOME_TEXT,
    anchor=or_null(TEXT),
    withheld=or_null(TEXT),
    quotes=many(QUOTE),
    samples=many(LEVEL),
    parts=many(PART),
)
TURN = exactly(
    turn_id=TEXT,
    sequence=COUNT,
    text=SOME_TEXT,
    duration_s=TIME,
    has_recording={"type": "boolean"},
    words=many(exactly(text=TEXT, start_s=NUMBER, end_s=NUMBER)),
)
ANSWER = exactly(
    position=COUNT,
    question=TEXT,
    question_id=COUNT,
    kind=TEXT,
    competency=TEXT,
    state=TEXT,
    text=SOME_TEXT,
    not_scored=or_null(exactly(code=TEXT, reason=TEXT)),
    scored_by=or_null(TEXT),
    level=or_null(MEAN),
    dimensions=many(DIMENSION),
    measures=many(MEASURE),
    fillers=many(exactly(turn_id=TEXT, text=TEXT, start_s=NUMBER)),
    pauses=many(exactly(turn_id=TEXT, start_s=NUMBER, end_s=NUMBER)),
    pace=many(exactly(turn_id=TEXT, start_s=NUMBER, words_per_minute=NUMBER)),
    keep=ADVICE,
    change=ADVICE,
    better=or_null(exactly(text=TEXT, gaps=many(TEXT), made_by=TEXT)),
    first_try=or_null(
        exactly(
            interview_id=TEXT,
            position=COUNT,
            level=or_null(MEAN),
            dimensions={"type": "object", "additionalProperties": or_null(LEVEL)},
        )
    ),
    turns=many(TURN),
)
DOCUMENT = exactly(
    format={"const": 1},
    interview=exactly(
        id=TEXT,
        role=TEXT,
        role_title=TEXT,
        level=TEXT,
        type=TEXT,
        started_at=or_null(TEXT),
        finished_at=or_null(TEXT),
    ),
    rubric=exactly(name=TEXT, version=COUNT, title=TEXT),
    scorer=exactly(
        kind={"enum": ["rules", "model"]}, name=TEXT, samples=COUNT, fallback_reason=or_null(TEXT)
    ),
    overall=exactly(level=or_null(MEAN), answers=COUNT, scored_answers=COUNT),
    keep=ADVICE,
    change=ADVICE,
    competencies=many(
        exactly(
            id=TEXT,
            name=TEXT,
            level=or_null(MEAN),
            reason=TEXT,
            anchor=or_null(TEXT),
            answers=many(COUNT),
            quotes=many(QUOTE),
        )
    ),
    answers=many(ANSWER),
    measures=many(MEASURE),
)
HESITANT = "Um, " + STRONG.replace("I listened", "uh, I listened")


def test_by_the_rules(owner, report_on):
    first = hold_interview(owner, Said(HESITANT, sound=webm()), [WEAK, STRONG], None, "", "yes")
    document = report_on(first).document
    Draft202012Validator(DOCUMENT).validate(document)
    assert document["answers"][0]["fillers"]
    again = hold_interview(owner, STRONG, retake_of=first.questions.first())
    document = report_on(again).document
    Draft202012Validator(DOCUMENT).validate(document)
    assert document["answers"][0]["first_try"]


def test_by_a_model(owner, scoring_model, report_on):
    document = report_on(hold_interview(owner, Said(STRONG, sound=webm()), WEAK)).document
    Draft202012Validator(DOCUMENT).validate(document)
    assert document["scorer"]["kind"] == "model"
    assert all(one["start_s"] is not None for one in document["competencies"][0]["quotes"])
