"""The parts of a good answer, and the patterns by which each is found in a candidate's words.

The patterns look for form (who acted, in which tense, with what consequence), not for topics, so
they hold across roles and for unpunctuated transcripts. They expect text in lower case: matching
without regard to case would take three times as long.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Element(StrEnum):
    """What an answer can have or lack. `DETAIL` and `FOCUS`: long enough, and short enough."""

    RELEVANCE = "relevance"
    DETAIL = "detail"
    EXAMPLE = "example"
    SITUATION = "situation"
    TASK = "task"
    ACTION = "action"
    RESULT = "result"
    NUMBER = "number"
    REASON = "reason"
    REFLECTION = "reflection"
    FOCUS = "focus"


@dataclass(frozen=True, slots=True)
class Span:
    """Where in the answer something was found: `answer[start:end]`, and those words."""

    start: int
    end: int
    text: str


IRREGULAR_PAST = (
    "led|built|rebuilt|wrote|rewrote|made|took|ran|set|found|spoke|told|met|gave|brought|chose|began"
    "|kept|taught|drew|sent|went|got|held|put|cut|split|broke|bought|sold|won|lost|left|showed"
    "|drove|grew|caught|came|dealt|did|fought|rang|sat|stood|threw|understood|withdrew|read|redid"
    "|paid|let|hid|shut|swept|woke|became|spent|lent|laid|overcame|undertook|fed|stuck|sought|hung"
)
# "-ed" words after "I" that say what somebody felt, was or watched, not what they did.
NOT_ACTION = (
    "need|feed|speed|seed|wanted|needed|liked|loved|hated|hoped|expected|believed|graduated|studied"
    "|worked|used to|lived|moved to|learned|realised|realized|seemed|happened|enjoyed|preferred"
    "|wondered"
    "|worried|missed|joined|participated|attended|noticed|succeed|proceed|exceed|indeed|applied to"
    "|lost|failed|fell|tired|bored|interested|excited|scared|stressed|involved|supposed|got along"
)
PAST = rf"(?!(?:{NOT_ACTION})\b)(?:{IRREGULAR_PAST}|[a-z\-]{{2,20}}ed)"
ADVERBS = (
    r"(?:[ ](?:um|uh|like|also|then|first|just|even|once|soon|never|myself|personally|had|have|both"
    r"|[a-z]{2,14}ly))*"
)

I_DID = re.compile(rf"\bi(?:'ve)?{ADVERBS}[ ]{PAST}\b")
WE_DID = re.compile(
    rf"\b(?:we|my team|our team|the team|everyone|they)(?:'ve)?{ADVERBS}[ ]{PAST}\b"
)
# A résumé's style: "Reduced costs by a third. Led four people."
BARE_DID = re.compile(rf"(?:\A|[.;!?\n][ ]*){PAST}\b")
MY_PART = re.compile(r"\bmy (?:own )?(?:part|contribution)(?: in it)? was\b")

WOULD = re.compile(
    r"\b(?:(?:i|we|one)(?:'d|'ll| would| could| should| will| might)|you(?:'d| would| should))"
    r"(?: (?:also|first|then|probably"
    r"|always|just|never|not|try to|have to|need to|want to|[a-z]{2,14}ly))* [a-z]{2,}",
)
# "I sat down, asked her and waited": further verbs of the same telling.
CHAINED = re.compile(rf"(?:, (?:and |then )?| and (?:then )?){PAST}\b")
# Anything told as past, by whomever.
TOLD = re.compile(
    rf"\b(?:(?:i|we|he|she|they|it|who|which|there|that)(?:'ve)?{ADVERBS}[ ]"
    rf"(?:was|were|had|worked|used|moved|helped|noticed|learned|{PAST})"
    r"|(?:was|were|had)[ ][a-z]+)\b",
)
HABIT = re.compile(
    r"\b(?:(?:i|we|you|they) )?(?:usually|generally|typically|normally|in general|tend to"
    r"|most of the time|whenever"
    r"|as a rule|every time|i always|i try to|i like to|i believe|i make sure|i am (?:very "
    r"|really )?"
    r"(?:good|great|someone|a)|i'm (?:very |really )?(?:good|great|someone|a)"
    r"|it is important|it's important)\b[^.!?\n]{0,60}",
)
STEPS = re.compile(
    r"\b(?:first(?:ly)?|then|next|after that|finally|start (?:by|with)|step (?:one|two|1|2))\b",
)

AGO = (
    r"(?:a[ ]few|a[ ]couple[ ]of|one|two|three|four|five|some|several|\d+)"
    r"[ ](?:years?|months?|weeks?|days?)"
)
EPISODE = re.compile(
    rf"""\b(?:
      (?:last|this|the\ other|that)\ (?:year|month|week|summer|spring|autumn|winter|quarter|semester
        |term|january|february|march|april|may|june|july|august|september|october|november|december
        |christmas|night|monday|friday)
      | {AGO}\ ago | in\ (?:19|20)\d\d | in\ (?:january|february|march|april|june|july|august
        |september|october|november|december) | yesterday | recently
      | one\ (?:time|day|night|shift|morning|afternoon|evening|client|customer|patient|project|case
        |pupil|student|resident|guest|colleague|summer|week|of\ (?:my|our|the))
      | once | at\ my\ (?:last|previous|former|current|old|first) | in\ my\ (?:last|previous|former
        |current|old|first|second|third|final) | when\ i\ (?:was|worked|joined|started|did|had
          |volunteered)
      | while\ i\ was | there\ was\ (?:a|an|this|one|some) | (?:we|i)\ had\ (?:a|an|this|one|two|to)
      | (?:at|in)\ (?:university|uni|college|school|high\ school) | i\ remember
      | back\ (?:in|when|at) | during\ (?:my|the|a|our|an)
      | on\ (?:one|my\ last|a\ recent)
    )\b""",
    re.VERBOSE,
)
# "At Acme": the one pattern that needs the capital letters.
AT_PLACE = re.compile(r"\b[Aa]t [A-Z]\w+")
TASK = re.compile(
    r"\b(?:my (?:job|role|task|goal|responsibility|assignment) (?:was|were)"
    r"|(?:i|we) (?:was|were) (?:responsible|asked|told|assigned|in charge|supposed|leading"
    r"|expected)"
    r"|(?:i|we) (?:had|needed) to|the (?:goal|aim|task|target|deadline|idea) was|it was my job"
    r"|in charge of|i was the (?:lead|one|only))\b",
)

OUTCOME = re.compile(
    r"\b(?:as a result|in the end|at the end|eventually|resulted in|led to|leading to|the result"
    r"|the outcome|which meant|that meant|so now|since then|after that[ ,]+(?:the|we|it|they"
    r"|nobody|no one)"
    r"|ever since|from then on|ended up|turned out|it (?:worked|went|paid off|failed|helped|passed)"
    r"|(?:did not|didn't) work|still (?:use|uses|used|in use|runs|running)|(?:on|ahead of"
    r"|before) (?:time"
    r"|schedule|the deadline|deadline)|by the deadline|under budget|thanked|was (?:happy|satisfied"
    r"|pleased|grateful|solved|fixed|resolved|approved|accepted|stable|fine|safe|back)"
    r"|were (?:happy|satisfied|pleased|grateful|able)|no (?:more|longer|further|complaints"
    r"|errors))\b",
)
CHANGED = re.compile(
    r"\b(?:reduced|increased"
    r"|improved|cut"
    r"|dropped|fell|rose|grew|gained|saved|doubled|tripled|halved|went (?:from|down|up|live"
    r"|well"
    r"|through)|came (?:back|down)|finished|completed|passed|won|lost|renewed|signed|closed"
    r"|launched"
    r"|shipped|delivered|released|recovered|agreed|stopped|adopted|approved|accepted|prevented"
    r"|avoided"
    r"|achieved|reached|exceeded|succeeded|restored|resolved|solved|fixed|shortened"
    r"|calmed|stayed"
    r"|went away|disappeared|settled|promoted|rescued|survived)\b",
)
# What others did once the candidate was done: "he took them himself".
THEY_DID = re.compile(
    r"(?<!while )(?<!when )(?<!that )\b(?:he|she|they|everyone|everybody|nobody|no one)"
    rf"{ADVERBS}[ ](?:was|were|could|{PAST})\b"
)
REFLECTED = re.compile(
    r"\b(?:(?:i|it|that|we|this) (?:have |also |really )?(?:learned|learnt|realised|realized"
    r"|taught)"
    r"|taught (?:me|us)|lesson|in hindsight|looking back|next time|(?:do|done"
    r"|did) (?:it )?differently"
    r"|since then[ ,]+i|from then on[ ,]+i|now i (?:always|never)|these days i|if i (?:did"
    r"|had) (?:it|to)"
    r"|i should have|i wish i|i regret|i've learned|what i took)\b",
)
REASONED = re.compile(
    r"\b(?:because|since|so that|in order to|the reason|which is why|that's why|that is why"
    r"|trade-?offs?"
    r"|rather than|instead of|to avoid|to prevent|due to|therefore|it depends|depends on|compared"
    r"|advantage|downside|drawback|otherwise|(?<=, )so|whereas|but (?:it|that|then)"
    r"|the risk"
    r"|to make sure|to see (?:if|whether|what)|to find out|which (?:means|makes|lets|avoids)"
    r"|this (?:means|way)|as (?:it|this|that|they|the)|to (?:keep|reduce|protect|understand))\b",
)
DRAWN = re.compile(
    r"\bi(?:'m| am|'ve| have)?(?: (?:always|really|just|also|have|been|particularly|especially"
    r"|truly))*"
    r" (?:enjoy|love|like|care|interested|fascinated|drawn|curious|passionate|proud|excited"
    r"|admire|value)"
    r"\w*\b",
)

NUMBER = re.compile(
    r"""(?<![\w.])(?:[$€£][ ]?)?\d[\d,.]*(?:k|m|x|ms)?\b
    | \b(?:two|three|four|five|six)(?=[ ](?:hours?|minutes?|seconds?|days?|weeks?|months?|times
      |percent|per|points?|hundred|thousand|million)\b)
    | \b(?:seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty
      |fifty
      |sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|dozens?|half|halved|doubled
        |tripled
      |twice|a[ ]third|a[ ]quarter)\b""",
    re.VERBOSE,
)
UNIT = re.compile(r"[ ]?%|[ ](?:percent|per cent|[a-z]+)")
YEAR = re.compile(r"(?:19|20)\d\d\.?\Z")
AGE_OR_SERVICE = re.compile(r"[ -]?(?:(?:years?|months?|weeks?|days?) ago|years?\b|of us\b)")
NAMED_BY_NUMBER = re.compile(
    r"\b(?:python|java|angular|vue|php|http|version|covid|phase|chapter|band|room|ward|route|grade"
    r"|year|level|part|step|option|windows|section|class)[ \-]\Z",
)


def quantities(text: str) -> Iterator[Span]:
    """Figures that measure something, with their unit: no years, versions, ages or service."""
    for match in NUMBER.finditer(text):
        if YEAR.match(match.group()) or AGE_OR_SERVICE.match(text, match.end()):
            continue
        if NAMED_BY_NUMBER.search(text, max(0, match.start() - 12), match.start()):
            continue
        unit = UNIT.match(text, match.end())
        end = unit.end() if unit else match.end()
        yield Span(match.start(), end, text[match.start() : end])
