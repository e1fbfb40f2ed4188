import hashlib

import pytest

from ai.coach.bank import Kind, load_bank
from ai.coach.privacy import is_personal
from interviews.scoring.rubric import (
    HERE,
    LEVELS,
    Dimension,
    Part,
    RubricError,
    UnknownRubricError,
    all_rubrics,
    latest_rubric,
    load_rubric,
    read_rubric,
)

# A released rubric never changes: reports refer to it. A better one is a new file.
RELEASED = {
    "core-1.toml": "412bf69b3702a2e9e8406d38dd81f8264ceeed66b53e29356513f8ac71db3036",
}


def test_released_rubrics_are_as_they_were_released():
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in HERE.glob("*.toml")
    }

    assert found == RELEASED


def test_every_rubric_is_found_by_its_name_and_version():
    for rubric in all_rubrics():
        assert load_rubric(rubric.name, rubric.version) == rubric


def test_the_latest_has_the_highest_version():
    assert latest_rubric().version == max(r.version for r in all_rubrics() if r.name == "core")


@pytest.mark.parametrize(("name", "version"), [("core", 0), ("core", 99), ("nothing", 1)])
def test_an_unknown_rubric_is_refused(name: str, version: int):
    with pytest.raises(UnknownRubricError):
        load_rubric(name, version)


def test_every_competency_and_dimension_has_an_anchor_for_each_level():
    rubric = latest_rubric()

    assert set(rubric.competencies) == set(load_bank().competencies)
    assert set(rubric.dimensions) == set(Dimension)
    for scale in (*rubric.competencies.values(), *rubric.dimensions.values()):
        assert len({scale.anchor(level) for level in LEVELS}) == len(LEVELS)


def test_a_behavioural_answer_is_made_of_situation_task_action_and_result():
    parts = latest_rubric().kinds[Kind.BEHAVIOURAL].parts

    assert parts == (Part.SITUATION, Part.TASK, Part.ACTION, Part.RESULT)


def test_no_anchor_speaks_of_the_person_or_of_how_they_sound():
    words = ("accent", "fluen", "grammar", "pronunc", "vocabular", "confiden", "native", "voice",
             "enthusias", "culture", "appearance", "eye contact", "polite", "eloquen")  # fmt: skip
    rubric = latest_rubric()
    for scale in (*rubric.competencies.values(), *rubric.dimensions.values()):
        for anchor in scale.anchors:
            assert not any(word in anchor.lower() for word in words), anchor
            assert not is_personal(anchor), anchor


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("relevance = 20", "relevance = 30"),
        ("version = 1", "version = 2"),
        ("[competencies.analysis]", "[competencies.analyses]"),
        ('"States a conclusion with nothing it rests on.",', ""),
    ],
)
def test_a_broken_rubric_is_refused(tmp_path, old: str, new: str):
    text = (HERE / "core-1.toml").read_text()
    assert old in text
    path = tmp_path / "core-1.toml"
    path.write_text(text.replace(old, new))

    with pytest.raises(RubricError):
        read_rubric(path)
