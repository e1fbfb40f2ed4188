"""Words that mean much the same at work, so that an answer need not use the question's own."""

from ai.coach.language import stem

GROUP_LIST = """
mistake error wrong bug slip fault typo incorrect misread mixed forgot overlooked
disagree disagreement argued argument objected differently opinion conflict convinced debate opposed
angry upset furious shouted shouting screamed yelled complained annoyed frustrated rude unhappy
customer client guest caller buyer shopper user subscriber passenger visitor
patient resident service-user client
colleague coworker teammate co-worker workmate peer
manager boss supervisor lead director head
late delay delayed deadline overdue slip slipped miss missed behind
priority prioritise urgent important order first deadline postpone
learn learned studied course taught tutorial practised training trained read documentation
persuade convince convinced pitch evidence sceptical reluctant agreed buy-in
setback failed failure rejected lost cancelled disappointed fell
change changed switch transition migration new reorganisation restructure
unclear ambiguous vague confusing understand clarify
outage incident down crash crashed broke broken alarm alert failure
bug defect error crash cause root reproduce
slow latency seconds performance fast speed quick timeout
database query index table sql rows
test tests testing tested coverage regression
deploy release rollout ship launch shipped deployed released
server host machine cluster node container
review reviewer comments pull-request merge
money cash payment pay budget cost price spend expensive cheap
invoice bill receipt accrual ledger entry booking journal
reconcile match matched compare difference
pupil student child children learner class kids
lesson class teach teaching taught explained exercise worksheet
parent guardian mother father carer
medicine medication drug dose tablet pill prescription
worse deteriorate breathing oxygen pressure pulse blood pale confused sleepy fever temperature
fall fell floor
refuse refused declined rejected no
gift tip money present
report reported tell told inform informed escalate escalated
model classifier regression forest network prediction predict
data dataset table column rows records figures numbers
analysis analysed analyzed looked dug investigated
chart dashboard graph plot report
metric measure kpi number rate
feature function functionality request roadmap
user users usability participants people
design wireframe prototype mockup layout figma screen
engineer developer dev programmer
launch release rollout
price expensive cost budget discount cheaper
sale deal contract signed closed won
lead prospect pipeline quota target
forecast predict estimate
project plan schedule milestone timeline gantt
supplier vendor delivery parts contractor
risk danger threat issue
sponsor client stakeholder steering
rule law regulation policy guideline
citizen resident applicant public people
form application document paperwork
complaint complained feedback unhappy
refund return money voucher
wait waiting queue hold
shift ward night handover
calm calmed quiet listened soothed
dementia confused memory frightened
help helped support assist assisted
proud pride achievement best
like enjoy love interest attracts fun satisfying
backup restore restored recovery
password secret credential key token rotate
disk space storage full log
automate automated script scripted
pipeline ci build jobs
call on-call pager night woke
accessible accessibility screen-reader keyboard contrast blind
animation heavy performance slow phone
state store component props context
page screen site website form button
team group together crew squad
lead led leader leading
feedback criticism comment review remarks
check checked verify verified double-check proofread inspect
estimate estimated guess hours days effort
explain explained simple picture analogy example
improve improvement better increase increased faster
honest honesty lie lying truth promise transparent
quit leave stay left leaving churn
research interview interviewed survey tested observed
hide hidden trick dark cancel unsubscribe
stop stopped cancel cancelled kill end
safe safety harm danger hurt injury
overfit overfitting validation train generalise memorise
precision recall false positive negative
drift degrade monitor accuracy
sell sold selling sale sales buy bought order ordered customer
teach taught learn learnt learned
write wrote written
build built building
lose lost losing
find found noticed spotted discovered
tell told said explained
break broke broken
fall fell falling
pay paid paying
lead led leading
give gave given
choose chose chosen decided decide decision
drive drove driven
speak spoke spoken talk talked
draw drew drawn sketch sketched
hide hid hidden
fight fought
bring brought
keep kept
think thought
grow grew grown growth
leave left quit cancelled
hear heard listened
see saw seen watched looked
feel felt
meet met
understand understood
difficult hard tough complicated
quickly fast soon nights weeks days
proud pleased
help helped helping assist alone myself himself herself themselves
outside extra unasked
notice noticed saw strange different suddenly
small little tiny
plan planned planning
automate automated script cron
improve improved better faster easier
decision decided changed kept stopped
built build made wrote developed trained
hardest hard difficult tricky strange weird
struggle struggled stuck confused lost searched
win won signed
weak low under
upset crying cried shouted screaming angry worried afraid scared frightened
missing empty null blank gaps
median average mean outlier skewed
experiment ab a-b variant control significance
"""


def _groups() -> dict[str, frozenset[str]]:
    """For each stem the groups it belongs to, each named by its first word."""
    found: dict[str, set[str]] = {}
    for n, line in enumerate(GROUP_LIST.strip().splitlines()):
        for word in line.split():
            found.setdefault(stem(word), set()).add(f"{n} {line.split()[0]}")
    return {key: frozenset(names) for key, names in found.items()}


GROUPS = _groups()
