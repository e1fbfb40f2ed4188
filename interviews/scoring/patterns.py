"""The patterns by which evidence is found, beyond the coach's own (`ai/coach/elements.py`).

Like those they look for form rather than topic and expect lower case, `NAME` excepted.
"""

import re

from ai.coach.language import FUNCTION_WORDS, stem

ACT_VERBS = (
    "ask|call|check|tell|talk|speak|explain|show|write|read|look|listen|find|fix|test|try"
    "|measure|compare|start|begin|take|give|bring|get|go|make|build|draw|send|plan|split|cut"
    "|stop|move|set|put|keep|open|close|run|log|note|document|record|report|escalate|inform"
    "|warn|thank|apologi[sz]e|offer|suggest|propose|agree|refuse|decide|choose|pick"
    "|prioriti[sz]e|sort|list|count|estimate|divide|delegate|help|support|teach|train|learn"
    "|practi[sc]e|prepare|review|walk|sit|stay|meet|visit|interview|observe|watch|search|verify"
    "|validate|reproduce|isolate|roll|restart|deploy|monitor|alert|profile|trace|query|join"
    "|filter|plot|clean|drop|replace|impute|reconcile|match|book|accrue|approve|reject|pay"
    "|negotiate|pitch|sell|follow|qualify|forecast|assess|treat|wash|lift|turn|raise|hand"
    "|repeat|confirm|clarify|sketch|prototype|design|label|group|focus|remove|add|use|work with"
    "|feed|change|adjust|reduce|limit|double|figure|push|pull|pair|share|hold|let|leave|wait"
    "|sleep|press|count|weigh|map|rank|score|discuss|consult|contact|involve|invite|accept|say"
    "|do|see if|see whether|think about|think through|make sure"
)
I_DO = re.compile(
    rf"\bi (?:(?:then|also|always|first|usually|just|now|simply|normally|even|immediately"
    rf"|quickly) ){{0,2}}"
    rf"(?:{ACT_VERBS})\b(?! (?:it )?(?:is|would|was)\b)",
)
YOU_DO = re.compile(
    rf"\b(?:you|we|one) (?:(?:then|also|always|first|just|can|could|have to"
    rf"|need to) ){{0,2}}(?:{ACT_VERBS})\b"
)
# "First check the log. Call the doctor, then write it down."
IMPERATIVE = re.compile(
    rf"(?:(?:\A|[.;!?\n:])[ ]*(?:(?:first|second|third|then|next|after that|finally|and|so"
    rf"|step \w+),?[ ]+)*"
    rf"|\b(?:first|then|next|second|third|finally|after that),?[ ]+)(?:{ACT_VERBS})\b",
)
TASK = re.compile(
    r"\b(?:i was (?:the|a|an|on|leading|managing|running|looking after|in|new|covering"
    r"|working as)"
    r"|i(?:'d| had) (?:been )?(?:asked|told|promised|to )|my (?:manager|boss|lead|director"
    r"|teacher|supervisor)"
    r" (?:asked|told|wanted|gave)|we (?:wanted|were (?:trying|supposed|meant|due)) |(?:was"
    r"|were) due\b"
    r"|(?:was|were) (?:mine|my (?:job|responsibility))|(?:they|she|he) (?:asked|wanted|needed) me"
    r"|deadline (?:was|of)|it (?:was|fell) (?:up )?to me|as the (?:only|lead|team|project|head"
    r"|charge|senior|new)"
    r"|the (?:question|brief|plan|promise|order|request) was)\b",
)
RESULT = re.compile(
    r"\b(?:so (?:we|they|he|she|it|the \w+) (?:\w+ )?(?:got|was|were|could|can|had|stayed|came"
    r"|signed|kept|made|went|took|paid|did)"
    r"|(?:now|today) (?:the|it|they|we|she|he|every|all)|by the end|afterwards"
    r"|after(?:ward)? (?:that|this)|from that day"
    r"|in the (?:following|next) (?:week|month|quarter|year|term)|(?:a|one|two|three"
    r"|six) (?:days?|weeks?|months?|years?) later"
    r"|(?:the )?(?:next|following) (?:day|week|month|morning|year|quarter|shift)"
    r"|final(?:ly|\s+result)|ended (?:in|with|at)|it turned out|never (?:happened|came"
    r"|came back) again|without (?:a|any|further) (?:\w+ )?"
    r"(?:error|complaint|incident|problem|issue|delay)s?|made it|got (?:better|worse|it|the|her"
    r"|his|their|through|back|approved|accepted)"
    r"|(?:went|came) (?:from|back|home|out|on time)|(?:is|are|was|were) (?:now|still) "
    r"|has (?:not|never|been)"
    r"|works? (?:now|since)|it worked|that worked|did not work|didn't work|no one (?:has|had"
    r"|noticed)|nobody (?:has|had|was)"
    r"|happy with|said (?:thank|it was)|thanked|complained|gave (?:me|us) (?:a|the|good)|(?:was"
    r"|were|got) (?:cancelled|saved|hired|used|"
    r"rolled out|copied|published|refused|rejected|dropped|late|early|on time)|result(?:ed"
    r"|s)?\b)\b",
)
# Told near the end, of anybody but the candidate: what became of it.
ENDED = re.compile(
    r"\b(?:it|that|this|he|she|they|we|there|nobody|everyone|the \w+(?: \w+)?|[a-z]{3,}s"
    r"|by (?:easter|summer|autumn|winter|spring|\w+day))[ ]"
    r"(?:\w+ly[ ])?(?:is now|are now|was|were|had|have had|came|went|got|ran|runs|found|gave"
    r"|made|took|paid|stayed|said|told|wrote|use|uses|carry|carries|opened|turned|dropped|asked"
    r"|called|became|rose|fell|[a-z]{3,}ed)\b",
)
# "I always check the whole list now", "I ask first": the last words of a story about oneself.
HABIT_SINCE = re.compile(
    rf"\b(?:i (?:always |never |now )?(?:{ACT_VERBS})\b[^.!?\n]{{0,60}}\b(?:now|before|first"
    rf"|since|again)|now i|since then)\b",
)
REACTION = re.compile(
    r"\b(?:thanked|apologi[sz]ed|smiled|laughed|asked (?:me|us) (?:to|for)|said (?:that|it|thank"
    r"|she|he|they|yes|no)"
    r"|told me|wrote (?:me|us|back)|came back|stayed|renewed|agreed|signed|accepted|approved"
    r"|complained|left|cried|praised"
    r"|(?:is|are|was|were) still (?:using|used|in use|running|there|here)|copied|adopted|use it"
    r"|uses it)\b",
)
STATE = re.compile(
    r"\b(?:on time|in time|before (?:the|noon|friday|monday|opening)|no (?:more |further "
    r"|new )?(?:complaints?|errors?|incidents?|tickets?|losses|data|falls?)"
    r"|zero|none of|every(?:one|body|thing)? (?:\w+ )?(?:passed|got|was|signed|had)"
    r"|all (?:of )?(?:the|them|our)|still (?:use|uses|used|runs|in)|never again"
    r"|since then|ever since)\b",
)
REFLECTION = re.compile(
    r"\b(?:what i (?:take|took|learned|learnt)|i (?:now|still) (?:always|never|ask|check|do"
    r"|write|keep|try|start|use|make|call|test)|now i|since that (?:day|time|week)"
    r"|since then|(?:i|we) (?:would|should) (?:have|now|do) |(?:it|that|this) (?:showed|shows"
    r"|taught|made) (?:me|us)|my (?:lesson|mistake was|learning)"
    r"|the (?:lesson|learning|takeaway)|today i (?:would|do)|(?:i|we) (?:changed|change) (?:how"
    r"|the way|my|our)|next time|i understood that|i know now"
    r"|looking back|if i could|would do (?:it )?(?:again|differently|the same|earlier)"
    r"|ever since i|from that (?:day|moment|point)"
    r"|it(?:'s| is) why i|that(?:'s| is) (?:when|why) i|i could have|i did wrong"
    r"|was wrong of me)\b",
)
REASON = re.compile(
    r"\b(?:so (?:they|we|he|she|it|i|people|nobody|the|you) (?:can|could|don't|do not|know|knows"
    r"|knew|did not|would)|that way|for (?:that|this) reason|because of|the point is"
    r"|what matters (?:is|to me)|(?:is|was|are) (?:better|safer|cheaper|faster|worse|riskier"
    r"|more important) than|more (?:important|urgent|useful) (?:than|to)"
    r"|matters (?:more|most|because)|why\b|means that|that means|which (?:is|means|would|keeps"
    r"|gives|costs)|in case|or else|if not|unless|by doing|it lets|this lets|lets me"
    r"|the reason)\b",
)
ORDER = re.compile(
    r"\b(?:before (?:i|we|any|that|the|touching|doing|anything)|after(?:wards| i| that| the"
    r"|ward)|once (?:i|we|that|the|it|they|she|he)|only then|straight away|right away"
    r"|immediately"
    r"|meanwhile|at the same time|the first thing|second(?:ly)?|third(?:ly)?|last(?:ly)?"
    r"|in the end|to (?:start|begin) with|later|while (?:i|the|that|it|they)|as soon as|until)\b",
)
CHECK = re.compile(
    r"\b(?:if (?:it|that|they|he|she|not|the|there|nothing|none|i|we|this|so|still)|whether"
    r"|follow(?:ed|ing)? up|check(?:ing)? (?:back|again|in|that|whether|if|how)|make sure"
    r"|see (?:if|whether|how)"
    r"|otherwise|in case|monitor|watch(?:ing)?|review (?:it|how|after)|confirm|verify|test (?:it"
    r"|that|whether|if)|come back|after (?:a|one|two|\d+) (?:days?|weeks?|hours?|minutes?)"
    r"|keep an eye|ask (?:her|him|them) (?:if|how|whether)"
    r"|compare|measure|until (?:it|they|she|he|the)|afterwards (?:i|we))\b",
)
LIMIT = re.compile(
    r"\b(?:but (?:it|that|not|the|they|only|if|you|this|then|a|every|when)|however|although"
    r"|though|unless|except|the (?:cost|price|catch|limit|downside|drawback|risk|danger"
    r"|trade-?off)|costs?\b|not (?:always|every|for|when|if|enough|only)"
    r"|depends|does not (?:work|help|mean|tell|show|scale)|doesn't (?:work|help|mean|tell|show"
    r"|scale)|trade-?offs?|too (?:many|much|long|slow|small|large|late|few|big)"
    r"|on the other hand|the other side|instead|rather than|whereas"
    r"|can(?:not|'t) (?:tell|see|be|show)|never\b|avoid|limits?|wrong when|fails? (?:when|if)"
    r"|only (?:when|if|for|works?))\b",
)
CASE = re.compile(
    r"\b(?:for example|for instance|e\.g|such as|say (?:a|you|we|the|somebody|someone)|imagine"
    r"|suppose|in (?:my|our) (?:last|current|old|first|second|third|studies|thesis|team|shop"
    r"|ward|school|project|office|job|class)"
    r"|at my|we (?:had|have) a|i (?:had|have) a|i (?:once|recently)|once (?:i|we)|last (?:year"
    r"|month|week|term|spring|summer|autumn|winter)|when i (?:was|worked|did|started|had)|in one"
    r"|one (?:time|project|customer|patient|case|day|resident|pupil|user|team)"
    r"|like when|the (?:first|last) time|in practice (?:i|we)|where i work(?:ed)?|i(?:'ve"
    r"| have) (?:seen|done|used|had|met|worked)|take (?:a|the|an))\b",
)
CLAIM = re.compile(
    r"\b(?:i (?:want|would like|'d like|would love|hope|need|prefer|choose|chose|would (?:rather"
    r"|refuse|choose|pick|need|want|not)|will not|look for|am looking for|find)|i'd (?:like|love"
    r"|rather|refuse|pick|want|need|choose)|(?:attracts|draws|drives|interests|fascinates"
    r"|motivates|keeps|drew|brought|made|pleases|bothers) me"
    r"|what (?:i|keeps|drives|draws|drew|made|attracts|makes) |for me|to me|my (?:goal|aim"
    r"|reason|favou?rite|dream|next step)|the (?:best|good|nice|worst) (?:part|thing|side|bit"
    r"|days?)|i'm (?:proud|looking|drawn|here)|i am (?:proud|looking|drawn|here)"
    r"|should expect|ought to|i(?:'m| am) most proud|is (?:one|somebody|someone|a (?:place"
    r"|person|manager|team|school)) (?:who|that|where))\b",
)
DECIDED = re.compile(
    r"\b(?:decid\w+|chose|choose|insist\w*|propos\w+|suggest\w*|my (?:idea|call|decision"
    r"|suggestion|plan)|instead of|rather than|because i|so i|i realised|i realized|i noticed"
    r"|i saw that|i thought|i asked|i refused|i knew|i wanted"
    r"|myself|on my own|alone)\b",
)
SAID = re.compile(
    r"""(?:\b(?:said|asked|told|tell|ask|say|explained|explain|replied|answered|wrote|write"
    r"|called)[ ](?:\w+[ ]){0,3}?(?:that|if|whether|what|why|how|to|me|him|her|them|us|:|,|")"
    r"|["][^"\n]{4,}["])""",
)
NAME = re.compile(
    r"(?<=[a-z,][ ])(?:[A-Z][a-z]+(?:[A-Z]\w*)?|[A-Z]{2,}[\w\-]*)\b|\b[A-Za-z]+\d+\w*\b"
    r"|\b\d+[A-Za-z]+\b|\b[A-Z]{2,5}s?\b",
)
NOT_NAMES_LIST = """
i i'm i've i'd i'll ok am pm english january february march april may june july august september
october november december monday tuesday wednesday thursday friday saturday sunday christmas easter
"""
NOT_NAMES = FUNCTION_WORDS | frozenset(NOT_NAMES_LIST.split())
HOLLOW = re.compile(
    r"\b(?:(?:communication|teamwork|quality|honesty|trust|safety|customers?|people|data"
    r"|the customer|planning|respect|learning) (?:is|are) (?:very |so |the |really |always "
    r"|extremely )*(?:key|important|everything|essential|crucial|first|king|vital"
    r"|most important)"
    r"|(?:very|so|really|extremely|most|super) important|hard[- ]?work(?:er|ing)|team ?player"
    r"|passionate about|give (?:my|a) (?:best|hundred|110|100)|110 ?%|think outside the box"
    r"|go the extra mile|people person|fast learner|quick learner"
    r"|detail[- ]oriented|results?[- ]driven|at the end of the day|best practices?|synerg\w+"
    r"|win[- ]win|holistic\w*|best of my (?:abilities|ability)|no matter what|always (?:stay"
    r"|remain|be|keep) (?:calm|positive|professional|focused)|never give up"
    r"|on a daily basis|in today's world|i am (?:very |really |a )?(?:good|great|excellent"
    r"|strong|passionate|dedicated|motivated|reliable|flexible|organi[sz]ed)|i'm (?:very "
    r"|really |a )?(?:good|great|excellent|strong|passionate|dedicated|motivated|reliable"
    r"|flexible|organi[sz]ed)"
    r"|(?:always|all) (?:\w+ )?(?:together|as a team)|leverag\w+|stakeholder alignment|alignment"
    r"|value[- ]add|proactive\w*|it is what it is|good communication|positive attitude"
    r"|comfort zone|every day is different|make a difference)\b",
)
# What can be said of anything: duties of everybody, intensifiers, praise, and vague amounts.
EMPTY = re.compile(
    r"\b(?:(?:you|one|we|they|people|everybody|everyone) (?:have|has|need|needs|must|should|can"
    r"|can't|cannot|don't|want)|you've got to|you'd need|you (?:always|also|just|really|then)"
    r"|has to be|need to be|should be"
    r"|very|really|super|extremely|absolutely|totally|always|never|definitely|of course"
    r"|in general|generally|naturally|certainly|exactly|obviously|quite|so much|so many"
    r"|everything|everywhere|nowadays|these days|more and more|all the time|whole|in the end"
    r"|at the end of the day"
    r"|important|importance|essential|crucial|fundamental|passion|passionate|love|exciting"
    r"|fascinat\w+|interesting|challeng\w+|motivat\w+|success\w*|satisf\w+|professional\w*"
    r"|quality|strong|great|good|best|huge|responsib\w+|communicat\w+|structured|holistic|trust"
    r"|respect|experience|creative|flexible|modern"
    r"|many|different|several|various|a lot|lots|some|others|things|something|anything|somehow"
    r"|somebody|someone|kind of|sort of|and so on|etc|whatever|or so|stuff|topic|aspect|people"
    r"|i(?: think|'d say| would say| believe| find| guess| mean|'m convinced| feel)|i'm (?:a|an"
    r"|very|the|somebody|someone|good|not|quite)|i am (?:a|an|very|the|good|not))\b",
)
# What happened rather than what is: verbs of telling that are common and irregular.
EVENT = re.compile(
    r"\b(?:was|were|had|did|said|told|asked|went|got|came|put|took|made|found|saw|gave|rang"
    r"|wrote|sat|stood|cut|fell|knew|kept|left|let|ran|lost|won|paid|built|drew|led|bought"
    r"|brought|thought)\b",
)
CONDITION = re.compile(r"\b(?:if|unless|until|before|after|once|while|when)\b")
VAGUE_WORDS = """
able ability achieve action actually agree always answer approach area aspect attitude aware basic
basically believe best better big bring business calm care career carefully case certain challenge
challenging change clear clearly collaborate collaboration colleague come communicate
communication company complete consider constantly correct create culture daily deal decide
decision dedicated deliver depend detail develop development different difficult difficulty
effective efficient effort employee ensure environment essential everyone everything exactly
example excellent experience expectation extra fact factor feel flexible focus follow full future
general generally goal great grow growth handle hard help helpful high honest honestly hope idea
ideal impact important importance improve improvement include individual information innovation
interest interested interesting involve issue job keep key kind knowledge large lead leader
leadership learn level life listen literally little live long look main maintain manage management
manager matter mean meaning method mindset moment motivate motivated motivation nature necessary
new nice normal often opportunity organisation organization organized overall part particular
passion passionate perfect perform performance person personal personally plan point positive
possible potential practice prepared pressure priority proactive problem process professional
progress project provide purpose quality question quickly ready real reason regular related
relationship reliable require respect respond responsibility responsible result right role set
share significant simple situation skill skills small solution solve special specific stakeholder
standard start stay step strategy strength strong success successful suggest support sure task
team teamwork technology thing think together topic touch true trust try type understand
understanding unique use useful usual usually valuable value various view vision want whole work
workplace world worry basis passionately thoroughly proper properly certainly definitely obviously
absolutely deeply truly highly extremely super awesome amazing passion dynamic synergy holistic
leverage alignment align empower excellence driven committed commitment dedication hardworking
busy today tomorrow stuff bit lots plenty kinda sort gonna yeah okay okay basically literally etc
talk say tell ask
"""
VAGUE = frozenset(stem(word) for word in VAGUE_WORDS.split())
