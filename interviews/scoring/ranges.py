"""What each measure is called, the range it is read against, and where that range comes from."""

from dataclasses import dataclass

OUR_RULE = "our own rule of thumb"


@dataclass(frozen=True, slots=True)
class Range:
    """`low` and `high` bound the usual; None where that side has no bound."""

    id: str
    name: str
    unit: str
    low: float | None
    high: float | None
    source: str


RANGES = {
    row.id: row
    for row in (
        Range(
            "words_per_minute", "Pace", "words/min", 120, 180,
            "English conversation is about 150 (National Center for Voice and Speech); writers on "
            "radio recommend 160 to 180 (Rodero 2012, Text & Talk 32:391); the lower end is our "
            "own rule of thumb",
        ),
        Range(
            "pauses", "Pauses of 0.7 s or more", "count/min", None, 12,
            "pauses over 1 s are usual in unprepared speech (Campione and Véronis 2002, Speech "
            "Prosody, 199); the count is our own rule of thumb",
        ),
        Range(
            "pause_total_s", "Time in pauses of 0.7 s or more", "s", None, None,
            "no range: it grows with the answer",
        ),
        Range(
            "long_pauses", "Pauses of 2 s or more", "count/min", None, 2, OUR_RULE,
        ),
        Range(
            "longest_pause_s", "Longest pause", "s", None, 4,
            "listeners find pauses of about 4 s hard to follow (Lundholm Fors 2015, University of "
            "Gothenburg)",
        ),
        Range(
            "length_words", "Length in words", "words", 100, 350,
            "from one to two minutes at the usual pace; our own rule of thumb",
        ),
        Range(
            "length_s", "Length", "s", 45, 150,
            "career advisers commonly say one to two minutes; the margin on both sides is our own "
            "rule of thumb",
        ),
        Range(
            "time_to_start_s", "Time to start", "s", None, 10,
            "our own rule of thumb. In small talk a reply comes after about 0.2 s (Stivers and "
            "others 2009, PNAS 106:10587), but thinking before an answer is welcome",
        ),
        Range(
            "fillers_per_minute", "Fillers", "count/min", None, 6,
            "'um' and 'uh' are one word in 50 to 70 of conversation, 2 to 3 a minute (Enfield "
            "2017, How We Talk); disfluencies of all kinds are about 6 in 100 words (Lickley 2017, "
            "Disfluency in typical and stuttered speech)",
        ),
        Range("hedges_per_100_words", "Hedges", "per 100 words", None, 3, OUR_RULE),
        Range("repeated_phrases", "Repeated phrases", "count", None, 2, OUR_RULE),
        Range("i_share", "'I' against 'we'", "% 'I'", 50, None, OUR_RULE),
        Range("numbers", "Figures given", "count", 1, None, OUR_RULE),
        Range(
            "talk_share", "Talk ratio", "% of the words", 60, 90,
            "hiring guides advise that the candidate speaks 75 to 80 % of the time; that it is "
            "counted in words, and the margin, are our own rule of thumb",
        ),
    )
}  # fmt: skip
