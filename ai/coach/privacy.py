"""What is never said back to a candidate: personal facts, contact details, abuse."""

import re

# Kept wide on purpose: a phrase that is wrongly held back costs one echo, the reverse costs trust.
PERSONAL = re.compile(
    r"""\b(?:
      (?:my|our)\ (?:\w+\ )?(?:wife|husband|partner|girlfriend|boyfriend|spouse|mother|father|mum
        |mom|dad
        |parents?|sons?|daughters?|kids?|child|children|baby|bab(?:y|ies)|brothers?|sisters?|family
        |grand\w+|uncle|aunt|cousin|health|body|illness|disease|condition|disabilit\w+|divorce
        |religion|faith|church|mosque|temple|synagogue|visa|country|nationality|accent|age|race
        |birthday|therap\w+|medication|diagnosis|surgery|operation|pregnancy)
      | pregnan\w+ | miscarriage | maternity | paternity | divorc\w+ | widow\w* | married | marriage
      | diagnosed\ with | depress\w+ | anxiety | adhd | autis\w+ | dyslexi\w+ | bipolar | epilep\w+
      | cancer | chemo\w* | diabet\w+ | hiv | aids | covid | burn-?out | burned\ out | disabled
      | disabilit\w+ | wheelchair | hospitali[sz]ed | illness | sick(?:ness)? | suicid\w+ | rehab
      | alcohol\w* | addict\w+ | miscarried | transgender | gay | lesbian | bisexual | queer | trans
      | muslim | christian | jew(?:ish)? | hindu | sikh | buddhist | catholic | protestant | atheist
      | islam\w* | immigrant | refugee | asylum | nationality | ethnic\w* | black | asian
      | (?:i\ am|i'm|i\ was|aged?|turned)\ \d\d | \d\d[ -]years?[ -]old | retire(?:d|ment)
      | born\ in | grew\ up\ in | native\ (?:of|to) | from\ (?-i:[A-Z])\w+ | salary | prison
        | convict\w+
      | arrested | political\ party | trade\ union | voted\ for | died | death | funeral
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
CONTACT = re.compile(r"\S@\S|https?:|www\.|\d[\d \-]{6,}\d")
ABUSE = re.compile(
    r"\b(?:f+u+c+k\w*|sh[i1]t\w*|bullshit|bitch\w*|bastard\w*|asshole\w*|arsehole\w*|cunt\w*"
    r"|dick(?:head)?"
    r"|idiots?|stupid\w*|morons?|dumb(?:ass)?|crap|piss\w*|wank\w*|slut\w*|whore\w*|retard\w*"
    r"|nigg\w*|fag\w*|useless (?:bot|thing|coach)|hate you|shut up|nazi\w*|rape\w*)\b",
    re.IGNORECASE,
)


def is_personal(text: str) -> bool:
    """Whether it touches family, health, age, origin, belief or a way to reach somebody."""
    return bool(PERSONAL.search(text) or CONTACT.search(text))


def is_abuse(text: str) -> bool:
    return bool(ABUSE.search(text))
