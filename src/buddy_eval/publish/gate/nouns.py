"""The words of counts of people: numbers, who is counted, what people do, and what only looks so."""

from __future__ import annotations

import re

from buddy_eval.publish.gate.form import Form
from buddy_eval.publish.gate.numbers import NUMBER, number

FREE = r"(?<![\w.,:/£%-])(?<!hundred and )(?<!thousand and )"  # where a number begins
# What ends like somebody and is nobody; organisations and the team's own people among them.
NOBODY = (
    r"(?!(?:numb|remind|newslett|post|quart|chapt|newspap|pap|lett|answ|ord|fold|pow|matt|regist|clust|paramet|comput"
    r"|oth|anoth|furth|lat|lay|ti|identifi|barri|enabl|report|trust|transf|part|support|receiv|wint|summ|corn|off|filt"
    r"|research|review|outli|interview|cod|rat|observ|partn|provid|commission|fund|suppli|employ|insur|ulc|canc|fev"
    r"|cathet|disord|lev|driv|trigg|cent|mark|track|stick|serv|print|scann|encount|charact|chart|head|foot|slid|adapt"
    r"|contain|cov|bind|riv|tow|shelt|semest|met|lit|trail|dispens|stretch|lock|bann|fly|point|blist|multipli|modifi"
    r"|classifi|cylind|buff|bord|ladd|consid|deliv|ref|pref|diff|suff|ent|rememb|discov|gath|wond|empow|fost|rend"
    r"|administ|recov|timet|plast|poly|count|hold|wrapp|transcrib|read)ers?\b"
    r"|(?:auth|fact|err|indicat|sect|vect|denominat|numerat|comparat|behavi|col|descript|maj|min|pri|fl|do|moderat"
    r"|ventilat|incubat|generat|calculat|mirr|corrid|predict|mediat|stress|estimat|regulat|detect|sens|monit|project"
    r"|simulat|defibrillat|process|connect|tum|harb|fav|lab|hum|val|mot|evaluat|facilitat|translat|contribut"
    r"|distract)ors?\b"
    r"|\w*lists?\b|(?:cons|pers|ins|res|ex|ass|subs|tw|wr)ists?\b|(?:disa|a)grees?\b|threes?\b"
    r"|(?:commit|guaran)tees?\b|coffees?\b|degrees?\b|(?:med|merid|statistic)ians?\b)"
)
# Nouns of people, by their endings or as they are, in the singular.
SOMEBODY = (
    rf"(?:{NOBODY}(?:\w{{2,}}(?:er|or)|\w{{3,}}(?:ist|ician|ee)|\w*(?:titian|guardian|librarian|veterinarian))"
    r"|(?:consult|assist|attend|account|inform|applic|complain|claim|registr|particip|occup|ten|serv|migr|inhabit)ant"
    r"|(?:in|out)?patient|resident|student|respondent|adolescent|president|client|agent|parent|recipient|superintendent"
    r"|person|individual|professional|official|executive|representative|operative|relative|adult|teenager|child|infant"
    r"|(?:under)?graduate|candidate|delegate|advocate|associate|magistrate|colleague|friend|widow|boy|girl|expert"
    r"|champion|steward|apprentice|volunteer|clerk|lead|chaplain|priest|imam|paramedic|medic|physio|locum|intern|nurse"
    r"|matron|sister|registrar|surgeon|chef|cook|(?-i:GP|HCA|HCSW|SHO|ODP|CNS|ANP|RN|RMN|NED|CEO|COO|CFO|CNO|FY?[12]))"
)
OFFICE = r"(?:(?:non|co|vice|ex)-)?"
ONE_PERSON = (
    rf"(?:{OFFICE}{SOMEBODY}|(?:chair|trades|fire|ombuds|lay)?(?:wo)?man|midwife|secretary|deputy|orderly|(?:co|vice)-chair"
    r"|member of \w+)"
)
PERSON = (
    rf"(?:{OFFICE}(?=\w++(?:(?<=s)|(?<=people)|(?<=staff)|(?<=men)|(?<=ren)))(?:{SOMEBODY}s|people|staff"
    rf"|(?:chair|trades|fire|lay)?(?:wo)?men|midwives|chairs|deputies|secretaries|orderlies"
    rf"|children|babies|filipinos|(?:fe)?males|resignations|retirements|dismissals|suspensions|deaths|redundancies"
    rf"|{NOBODY}\w{{3,}}ians|(?:members|heads) of \w+))"
)
# What people are told by: their sex, age or ethnic group.
GROUP = (
    r"(?:(?:fe)?males?|men|women|non-binary|transgender|disabled|white|black|asian|(?:aged? )?(?:under|over) \d\ds?)"
)
THING = (
    r"(?:waves?|boards?|questions?|pairs?|trusts?|months?|years?|weeks?|days?|hours?|units?|items?|themes?|codes?"
    r"|terms?"
    r"|passages?|ratings?|sides?|sites?|wards?|answers?|interviews?|points?|stars?|sections?|tables?|figures?"
    r"|indicators?"
    r"|organisations?|hospitals?|transcripts?|coders?|lexicon|codebook|headings?|cells?|rows?|columns?|files?|tests?"
    r"|visits?|meetings?|plans?|documents?|reports?|actions?|beds?|recommendations?)"
)
LABEL = (
    r"(?:waves?|bands?|grades?|levels?|tiers?|stages?|phases?|groups?|sites?|wards?|years?|rounds?|cohorts?|types?"
    r"|sections?"
    r"|tables?|figures?|questions?|items?|themes?|days?|weeks?|months?|units?|steps?|pages?|parts?|chapters?|score of"
    r"|afc|slides?|q|version|priorit(?:y|ies)|principles?|scenarios?|sheets?|categor(?:y|ies)|class(?:es)?|domains?"
    r"|objectives?"
    r"|(?-i:Visits?|Teams?|Rooms?|Bays?|Clinics?|Theatres?|Blocks?|Buildings?|Regions?|Areas?|Strands?|Workstreams?"
    r"|Pillars?)"
    r"|(?-i:Goals?|Aims?|Targets?|Standards?|Cases?|Examples?|Vignettes?|Pathways?|Shifts?|Quarters?|Lots?)"
    r"|recommendations?|appendi(?:x|ces)|annex(?:es)?|box(?:es)?|notes?|options?|models?|zones?|floors?|modules?"
    r"|sessions?|top)"
)
# Things that are counted themselves: ward managers, board members and site staff are people.
THINGS = rf"(?<![\w-]){THING}\b(?!-| (?:[\w-]+ )?(?:{PERSON}|{ONE_PERSON})\b)"
NO_ADJECTIVE = (
    r"(?!(?:an?|the|these|those|of|to|and|or|but|nor|per|by|in|out|at|on|for|with|from|than|what|who|which|how|where"
    r"|did|do|does|said|say|was|were"
    r"|is|are|had|have|has|that|between|after|before|during|among|about|over|under|into|without|within|through|until"
    r"|since"
    r"|against|as|hundred|thousand|million|dozen|score|times?|minutes|hours|days|weeks|months|years|each"
    r"|every)(?![\w&-]))"
)
GRADED = r"(?:band|grade|level|year|tier|stage|afc) \d\w? "  # two Band 6 nurses
ADJECTIVE = rf"[(\u2018\u201c'\"]?{NO_ADJECTIVE}[a-z][a-z&-]*\d?(?:['\u2019]s|[)\u2019\u201d'\"]|(?<!s),)? "
ADJECTIVES = rf"(?:(?:(?:of )?(?:the|our|their|these|those) )?(?:{GRADED}|{ADJECTIVE}){{0,4}}?)"
# What people alone do, or what is done to them.
DID = (
    r"(?:answered|agreed|disagreed|said|responded|replied|declined|refused|felt|thought|mentioned|raised|took part"
    r"|wrote|spoke|objected|complained|resigned|retired|withdrew|dropped out|abstained|voted|attended|preferred"
    r"|wanted|wished"
    r"|hoped|feared|believed|doubted|recalled|criticised|praised|cried|wept|insisted|admitted|volunteered|knew"
    r"|identified (?:as|themselves)|described themselves|would (?:recommend|come|like|rather|prefer|stay)"
    r"|skipped|left (?:it|this|the \w+) blank|had (?:resigned|retired|thought|considered|felt|heard)"
    r"|(?:did|would|could) not(?=[.,;]|$)|(?:did|would|could|had) not (?:answer|agree|reply|respond|say|know|want"
    r"|wish|recommend|feel|think|attend)"
    r"|(?:were|was|had been) (?:interviewed|asked|invited|dismissed|suspended|disciplined|bullied|harassed|assaulted"
    r"|undecided|unsure|off sick|in tears|on (?:\w+ ){0,2}leave))"
)
ACTS = r"\w{2,}ed|said|told|felt|thought|wrote|spoke|left|did|found|saw|went|took|gave|knew|kept|heard|put|met|came"
PAST = rf"(?:was|were|had|{ACTS})"
# What people have, or what their number is a rate of: "3 staff posts", "two chief executives a year".
HEAD = (
    r"(?:rule|threshold|limit|posts?|vacanc(?:y|ies)|shifts?|rooms?|roles?|grades?|bays?|stations?|rotas?|meetings?"
    r"|banks?|handbooks?|portals?|pools?|surveys?|groups?|networks?|forums?|councils?|grants?|homes|hours|days|weeks"
    r"|months|years"
    r"|(?:a|per|each|every) (?:year|month|week|day|shift|night|ward|bed|bay|site|trust|pair|team|visit|session)"
    rf"(?! (?:had|{DID})\b))"
)
# People and what is said of them, as a line of a list begins: "- Nurses who left: 3".
ENTRY = (
    rf"(?:^|[-*•;] ){ADJECTIVES}{PERSON}(?= (?:who|whose|with|without|from|in|on|at|of|{PAST})\b"
    r"[^|]{0,80}?[:=] ?\w+\)?[;.]?(?:$|\s[-*•]))[^|.;:=(\d]{0,60}"
)
LOWER = Form(
    r"\b(?:at least|(?<!no )more than|over|above|minimum of|or more|every|each"
    r"|(?<!fewer )(?<!less )(?<!more )(?<!other )than)$"
)
HIDDEN = Form(r"not shown|not published|withh[eo]ld|hidden|suppress|rule|rounded|(?:is|are|be) (?:left out|joined)")
CASE = Form(r"(?:^|[.;:] )(?:where|if|when|under the rule)\b[^.;]*$")
# What holds of any group, and tells the size of none: "each ward has two nurses", "every trust should name two leads".
NORM = Form(
    r"(?:\b(?:each|every|any) (?:\w+ ){1,3}?(?:has|names?|needs?|keeps?|gets?|sends?|appoints?|with)\b[^.;|]{0,40}?"
    r"|\b(?:should|must|ought to|needs? to)(?: \w+){0,3}|(?:^|[.:] )(?:name|appoint|agree|send|ask|have"
    r"|set))(?: \w+)?$"
)
# "Since wave 2, 3 more nurses": what a sentence begins with labels nothing behind its comma.
BEGUN = Form(rf"(?:^|[.;|] ?)(?:in|since|after|by|at|during|from|until|before|for|on) (?:the )?{LABEL} {NUMBER},$")
LABELLED = Form(rf"\b{LABEL}(?: {NUMBER}(?: to|,| and| or)?)*$")
ENDS = rf"(?:who|on|in|at|from|and|but|for|within|with|by|did|do|would|could|will|have|has|are|is|{PAST}|{DID})\b"
AHEAD = Form(rf"\s(?:[\w-]+ )?{THING}\b(?:(?<=s)|(?! {PERSON}\b))")
WHICH = re.compile(r"\b(?:the|our|each|every) (?:\w+(?:er|st|nd|rd|th)|next) $")  # "the smaller site 4 nurses"


def things(text: str) -> bool:
    """Whether what is counted, in the text behind a number, are things: "site managers" are none."""
    return AHEAD.match(text) is not None


def on_scale(match: re.Match[str]) -> bool:
    """Whether a figure is a step of a scale that is read out: 1 discussed, 2 agreed, 3 in place."""
    n = number(match["n"])
    before, after = match.string[: match.start()], match.string[match.end() :]
    return bool(
        re.search(rf"\b{n - 1} [a-z ]+,? (?:and |or )?$", before)
        and re.match(rf"[a-z ]*,? (?:and |or )?{n + 1}\b", after)
    )


def labelled(match: re.Match[str]) -> bool:
    """Whether a figure is the name of something (Wave 2, Band 6) or begins a line of a list."""
    before = match.string[: match.start()].rstrip()
    label = None if BEGUN.search(before) else LABELLED.search(before)
    return label is not None and WHICH.search(before[: label.start()]) is None


def small(match: re.Match[str], least: int, group: str = "n") -> bool:
    """Whether a number is one of few, and neither a label, a lower bound nor part of a rule."""
    before = match.string[: match.start(group)].rstrip()
    rule = LOWER.search(before) or NORM.search(before) or (CASE.search(before) and HIDDEN.search(match.string))
    return 0 < number(match[group]) < least and not rule and LABELLED.search(before) is None
