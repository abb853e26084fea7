"""Sentences that must not leave, in forty kinds, and honest ones that must; written before the rules that they measure.

All names, numbers and addresses are invented. The study knows PEOPLE, and PLACES with what kind of name each is.
"""

from __future__ import annotations

PEOPLE = (
    "Siobhán O'Rourke",
    "Zoë Ashworth-Patel",
    "Quentin Marlowe",
    "Nguyễn Thị Hương",
    "Jürgen Müller",
    "Ama Boateng",
    "Anneliese van der Berg",
    "Tamsin Ng",
    "Øystein Løvdal",
    "Mark Price",
)
PLACES = {
    "SYN01": "a pair",
    "SYN01-R1": "a participant's pseudonym",
    "ZA7": "a trust's code",
    "Marram Coast": "a trust",
    "SYN01-R1-w1": "an interview",
}
SAID = (
    "we closed the ward on the Tuesday because nobody from the other side had come",
    "honestly their finance director never once answered a single letter of mine",
)

MARKERS: dict[str, tuple[str, ...]] = {
    "a full name": (
        "Thanks to Quentin Marlowe.",
        "Ama Boateng led it.",
        "Interview by Mark Price, May.",
        "Anneliese van der Berg",
    ),
    "a name without its accents": (
        "Siobhan O'Rourke agreed.",
        "Jurgen Muller wrote.",
        "Nguyen Thi Huong",
        "Oystein Lovdal came.",
    ),
    "a name in lower case": ("asked quentin marlowe", "by ama boateng", "note: marlowe to check", "cc boateng"),
    "a name in capitals": ("QUENTIN MARLOWE", "BOATENG, A.", "SIOBHÁN O'ROURKE", "Dr MÜLLER"),
    "a surname alone": ("As Marlowe put it.", "Dr Boateng's view.", "the Müller review", "Løvdal disagreed."),
    "part of a double name": ("Ms Ashworth spoke.", "Zoë Patel spoke.", "Mrs Patel's ward", "Z. Ashworth"),
    "a double name joined otherwise": ("Zoe Ashworth Patel", "Ashworth–Patel", "AshworthPatel", "Ashworth/Patel"),
    "a first name alone": ("Siobhán said no.", "Ask Quentin first.", "Tamsin's idea", "with Anneliese"),
    "the surname first": ("Marlowe, Quentin", "Boateng Ama", "Müller, Jürgen", "O'Rourke Siobhán"),
    "initials and surname": ("T. Ng agreed.", "T Ng", "Ng, T.", "Q. Marlowe"),
    "look-alike letters": ("Qu\u0435ntin M\u0430rlowe", "M\u0430rl\u043ewe", "Bo\u0430teng", "\u0391ma Boat\u0435ng"),
    "invisible marks in a name": ("Mar\u200blowe", "Boa\u2060teng", "Quen\u00adtin Mar\u034flowe", "M\u200d\u00fcller"),
    "wide or styled letters": ("\uff2darlowe", "\U0001d40carlowe", "\uff22oat\uff45ng", "\u24c2arlowe"),
    "figures for letters": ("Mar1owe", "B0ateng", "Qu3ntin Marl0we", "Ashw0rth"),
    "an apostrophe left out": ("ORourke", "O\u2019Rourke", "O Rourke", "orourke"),
    "a pseudonym": ("SYN01-R1 agreed", "syn01 r1 agreed", "SYN01R1", "SYN 01 R1"),
    "a pair": ("most in SYN01", "SYN 01 again", "syn-01 again", "SYN_01"),
    "a trust's code": ("at ZA7", "ZA 7 again", "za7", "ZA-7"),
    "a trust's name": ("in Marram Coast", "MARRAM COAST", "marram coast nhs trust", "Marram-Coast"),
    "a file of an interview": ("SYN01-R1-w1.txt", "syn01_r1_w1", "SYN01 R1 W1", "see SYN01-R1-w1"),
    "an e-mail address": (
        "q.m@nhs.example",
        "q.m [at] nhs.example",
        "q.m(at)nhs(dot)example",
        "q.m at nhs dot example",
    ),
    "a telephone number": ("+44 (0)20 7946 0958", "0044 (0) 20 7946 0958", "(020) 7946 0958", "07700.900.123"),
    "a mobile number": ("07700 900 123", "07700-900-123", "+447700900123", "07700 900123 ext 4"),
    "an NHS number": ("943.476.5919", "943-476-5919", "9434765919", "943 476-5919"),
    "an NHS number in odd forms": ("943–476–5919", "NHS no 943  476  5919", "94347 65919", "943/476/5919"),
    "a National Insurance number": ("QQ 12 34 56 C".replace("QQ", "AB"), "AB-12-34-56-C", "ab123456c", "AB123456C"),
    "a postcode": ("LS1 4AP", "ls1 4ap", "LS14AP", "SW1A 1AA"),
    "a number in a register": ("GMC 7654321", "NMC PIN 98I1234E", "hospital number A123456", "MRN: 00123456"),
    "a day of birth": ("born 12/03/1961", "DOB 1961-03-12", "date of birth: 12 March 1961", "d.o.b. 12.03.61"),
    "a secret": ("password: Tr0ub4dor&3", "AKIAIOSFODNN7EXAMPLE", "token=abcd1234efgh", "ghp_abcdefghij1234567890"),
    "a file path": ("/home/qm/raw.csv", r"C:\Users\qm\raw.csv", "C:/Users/qm/raw.csv", r"\\server\share\qm"),
    "an address of a computer": (
        "10.42.17.200",
        "192.168.0.12",
        "fe80::1ff:fe23:4567:890a",
        "2001:db8:0:0:8:800:200c:417a",
    ),
    "a link to a private place": (
        "https://x.sharepoint.com/sites/a",
        "https://teams.microsoft.com/l/x",
        "https://docs.google.com/d/1x",
        "@qmarlowe77",
    ),
    "a count in words": (
        "Three nurses said so.",
        "only two consultants agreed",
        "four of the midwives",
        "Just one director objected.",
    ),
    "a count in figures": (
        "3 senior nurses left",
        "5 physiotherapists",
        "2 of our managers",
        "6 chief executives said",
    ),
    "a count of a whole": (
        "3 out of 25 agreed",
        "3 of 26 people",
        "4/30 staff",
        "three of the twenty-six interviewees",
    ),
    "a count behind a share": ("12% of 25 people", "3 (12%) said so", "12% (3) said so", "20% (n = 25) said so"),
    "an n below the rule": ("n = 4", "(n=3)", "N = 5 respondents", "Nurses (n 6)"),
    "a count after its noun": ("Nurses: 3", "doctors (2)", "Number of managers: 4", "respondents = 5"),
    "words that somebody said": (
        "nobody from the other side had come",
        "we closed the ward on the",
        "never once answered a single letter",
        "One wrote: “their finance director never once answered”.",
    ),
}

HONEST: tuple[str, ...] = tuple(
    """
Wave 2 respondents were asked again in spring.
Band 6 nurses and above were invited.
Bands 5 to 7 staff were not asked.
The ward has 24/7 staff.
About 1 in 4 people left a comment.
Findings rest on n = 4 trusts.
Groups of fewer than 5 people are not shown.
Counts of 1 to 7 people are withheld.
See section 2.4.1.3 of the protocol.
ISBN 978-0-306-40615-7
ISBN 0-306-40615-2
ISSN 2049-3630
doi 10.1136/bmjqs-2019-010101
Two thirds of staff agreed.
Three quarters of nurses agreed.
Four in five staff answered.
One participant put it in these words.
Eight pairs of trusts took part.
Two boards answered every question.
Three themes stood out.
The survey has 32 items on a five-point scale.
Seven of eight pairs improved.
3 of 8 pairs improved.
3 of 17 questions were left open.
The 95% interval runs from 0.05 to 0.57.
p = 0.031 over 8 pairs
Krippendorff's alpha was 0.82.
Table 3 shows staff by side.
Figure 2: people by wave
Page 3 of 26
Question 4 asks managers about trust.
Item 7 respondents could skip.
Year 2 students were not asked.
Level 3 patients are cared for elsewhere.
Tier 4 staff have left.
Grade 5 doctors were on the rota.
Phase 2 participants came from both sides.
25 nurses were interviewed.
About 10 directors took part.
10 to 15 people answered on each side.
n = 120
n = 26 interviews
At least 3 people stand behind every quote.
More than 5 people agreed on each side.
A minimum of 3 people is needed.
No nurses were asked.
Price rises in April mattered.
They mark progress every month.
Marking was done twice.
The price of staying was high.
A coast path is not a trust.
Berg means mountain in German.
Version 1.2.3 of the codebook was used.
Python 3.12 and pandas 3.0.1 were used.
The study ran from 2024-04-01 to 2025-03-31.
On 12 March 2025 both boards met.
The meeting lasted 2 hours with 40 staff.
Support lasted 18 months.
The trusts have 5,000 to 12,000 staff.
Over 1,200 answers were given in wave 1.
There were 1,226 answers in all.
A 4 hour standard holds for A&E.
95% of people should wait less than 4 hours.
Vacancy rates fell by 2.3 points.
Two waves, a year apart, asked different people.
Counts are rounded to the nearest 5.
Other counts of people are rounded to 5.
The rule withholds fewer than 8 people.
Fewer than 10 answers: withheld
Small counts of staff are hidden.
The codebook has five themes and 34 codes.
Each code has 2 to 6 terms.
Coders agreed in 9 of 10 passages.
Two coders read every interview.
One in three staff had heard of it.
2/3 of staff had heard of it.
Half of the respondents agreed.
A third of managers agreed.
Most people raised trust.
Nobody mentioned money.
Ten people or more stand behind each figure.
Six months later the boards met again.
The three chief themes are listed below.
Five years of support ended.
Seven days a week staff were on site.
7-day services need staff.
The 6-month review asked staff about workload.
A two-person team cannot do this.
Three-year plans were signed.
The four nations differ.
Both sides said that trust grew.
Both chief executives met monthly.
Team of the Year 2023 nurses
CQC rated 3 trusts as good.
NHS England named 14 trusts in 2019.
Section 3 managers should read first
Chapter 2. Staff and leaders
1. Nurses raised workload.
2. Managers raised money.
Theme 3: staff and culture
Step 4: people sign the form
Group 2 participants had no partner.
Site 1 staff answered on paper.
Ward 7 staff moved.
Unit 5 nurses moved to the new wing.
Stage 3 patients were not counted.
Type 1 departments saw more people.
Day 1 patients were counted in full.
Week 6 respondents got a letter.
Agenda for Change band 8 managers took part.
AfC 7 nurses took part.
The score of 3 means that people neither agree nor disagree.
Scores run from 1 to 5; people choose one.
Boards rate themselves from 0 to 4.
Ratings of 3 or 4 count as in place.
Boards (n = 5) answered.
The boards: 3 of 16 had no plan.
Trusts with a signal: 3 (38%)
Questions answered: 4 (24%)
12% of 25 items were left out.
4 out of 5 stars
Read more at www.england.nhs.uk.
See https://www.gov.uk/guidance for more.
The buddy arrived in week 3.
Regression to the mean may explain it.
The t test has 7 degrees of freedom.
Fisher's exact test was used.
The Wilson interval is given.
Jeffreys' intervals are given.
Phone calls were rare.
Write to the team through its web page.
Passwords were never shared.
The secret of success was time.
A token gesture was not enough.
Use the key: dark blue is the supporter.
Trust was mutual, and it took time.
The supporter sent two directors' handbooks.
Weekly calls, monthly visits, yearly reviews.
The supporting trust seconded experienced staff.
Differences below 0.2 are small.
Results of 2 pairs are not published.
Lines of identity: x = y.
The ratio was 3:1 in favour.
Scale from -2 to 2
Numbers: 10.5, 11.2, 12.8
0.123 0.456 0.789
Total 1 234 567 attendances
Rows 2019 2020 2021 2022
Licence: OGL v3
Commit 1a476a1, data 4399770
Made by buddy_eval 0.1.0, code 3f2a9c1b7d00, data 9b1c2d3e4f50.
""".strip().splitlines()
)
