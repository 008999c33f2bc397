# SPDX-License-Identifier: EUPL-1.2
"""What the three teams of the demo believed, tried and saw. Observations are made up; desk research carries its source.

Days count from today: -14 is two weeks ago.
"""

from datetime import date

DESK = {"source": "desk", "strength": 3}
HVA = {
    "source_title": "Van Geuns, Van de Weijden en Van der Wolk, Pilot Sparen Loont (Hogeschool van Amsterdam, oktober 2017)",
    "source_url": (
        "https://amsterdamuas.com/kc-fdmci/subsites/nl/kmr/publicaties/publicaties-algemeen/"
        "armoede-interventies/pilot-sparen-loont.html"
    ),
    "seen_on": date(2017, 10, 1),
    **DESK,
}
GOEDHART = {
    "source_title": (
        "Goedhart, Broerse, Kattouw en Dedding (2019), ‘Just having a computer doesn’t make sense’, New Media & Society"
    ),
    "source_url": "https://doi.org/10.1177/1461444819846059",
    "seen_on": date(2019, 5, 1),
    **DESK,
}

# key: what is written about an idea. Assumptions are called by their key inside the list.
WORK = {
    "Sparen Loont": {
        "hours": {"owner3": (24, [(24, 2), (24, 3), (24, 3), (16, 2), (24, 2), (24, 3)])},
        "groups": ["Mensen die net uit de schulden zijn", "Werkenden met een laag inkomen"],
        "assumptions": {
            "begin": {
                "statement": "Mensen die net uit de schulden zijn, voelen zich zeker genoeg om te beginnen met sparen.",
                "kind": "desirable",
                "importance": 5,
                "belief": 3,
                "group": "Mensen die net uit de schulden zijn",
            },
            "maatje": {
                "statement": "Een maatje dat elke week meekijkt, helpt mensen om vol te houden.",
                "kind": "desirable",
                "importance": 4,
                "belief": 3,
                "group": "Mensen die net uit de schulden zijn",
            },
            "bank": {
                "statement": "Een bank wil een rekening met een klein beginbedrag geven.",
                "kind": "partner",
                "importance": 3,
                "belief": 3,
            },
        },
        "tests": [
            {
                "plan": -47,
                "start": -44,
                "days_between": 3,
                "about": {"begin": True},
                "question": "Beginnen mensen uit zichzelf met sparen?",
                "method": "buddy",
                "who": "Huishoudens die net klaar zijn met de schuldsanering (demo)",
                "group": "Mensen die net uit de schulden zijn",
                "measure": "zet in de eerste maand zelf geld opzij",
                "right_from": 5,
                "hope_for": 8,
                "stakes": "middle",
                "cost_cents": 60_000,
                "effort_days": 4,
                "duration_days": 28,
                "outcomes": [False, True, False, False, False, False, False],
                "places": ("Bijlmer",),
                "note": "Demo: durft nog niet, want het inkomen is elke maand anders.",
            },
        ],
        "evidence": [
            HVA
            | {
                "text": (
                    "Bijna alle deelnemers voelden zich te onzeker over hun inkomen om te gaan sparen. "
                    "Ze hadden behoefte aan steun."
                ),
                "people": 40,
                "about": {"begin": "contradicts"},
            },
            HVA
            | {
                "text": "Het maatje was welkom en nuttig.",
                "people": 40,
                "about": {"maatje": "supports"},
            },
        ],
        "canvas": [
            {
                "values": {
                    "problem": "Wie net uit de schulden is, heeft geen buffer. Eén tegenvaller en de schulden zijn terug.",
                    "target_group": "Mensen die net uit de schuldsanering komen.",
                    "solution": "Een spaarrekening met een klein begin, en een maatje dat elke week meekijkt.",
                    "value": "Mensen bouwen een buffer op en krijgen grip.",
                    "means": "Spaarrekening van een bank, studenten als maatje, overzicht op papier.",
                    "costs": "Begeleiding van de maatjes, een klein beginbedrag.",
                    "risks": "Mensen hebben niets over om te sparen.",
                },
            },
        ],
        "learning": [
            {
                "on": -21,
                "believed": "Mensen die net uit de schulden zijn, kunnen beginnen met sparen.",
                "observed": (
                    "Bijna iedereen voelde zich te onzeker over het inkomen om te sparen. Wat wel hielp, was het maatje."
                ),
                "learned": "De behoefte is steun na de schulden. Sparen komt pas daarna.",
                "therefore": "We veranderen van koers: van sparen naar nazorg met een maatje.",
                "decision": "pivot",
                "about": ["begin", "maatje"],
                "pivot": {
                    "title": "Nazorg met een maatje",
                    "solution": (
                        "Een maatje helpt een half jaar na de schulden: post, afspraken en rust. Sparen mag, maar hoeft niet."
                    ),
                    "value": "Mensen staan er niet alleen voor en komen niet opnieuw in de schulden.",
                },
            },
        ],
        "published": [
            {
                "about": "begin",
                "statement": "Mensen die net uit de schulden zijn, voelen zich zeker genoeg om te beginnen met sparen.",
                "learning": (
                    "Zij voelden zich te onzeker over hun inkomen. Ze hadden steun nodig; sparen komt daarna. "
                    "Een maatje was wel welkom."
                ),
                "target_group": "Mensen die net uit de schulden zijn",
            },
        ],
    },
    "IAMconnected": {
        "hours": {
            "owner": (32, [(32, 2), (32, 2), (24, 2), (32, 3), (32, 2), (32, 2)]),
            "colleague": (16, [(16, 2), (16, 3), (16, 2), (16, 2), (16, 2), (16, 2)]),
            "colleague2": (16, [(8, 2), (16, 2), (16, 3), (16, 2), (12, 2), (16, 2)]),
        },
        "partners": [
            {
                "on": -36,
                "organisation": "Bibliotheek in de buurt (demo)",
                "contact_role": "Hoofd van de vestiging",
                "need": "Elke week een tafel en koffie.",
                "gain": "Nieuwe bezoekers die terugkomen.",
                "trust": 3,
                "timing": "now",
            },
        ],
        "objections": [
            {
                "on": -34,
                "kind": "exists",
                "text": "Er zijn al cursussen in de bibliotheek. Waarom nog iets?",
                "reply": "Een cursus begint bij de computer. Wij beginnen bij wat iemand zelf wil.",
                "because": ["apparaat"],
                "decision": "We gaan naast de cursus zitten en niet ernaast staan: zelfde tafel, eigen vraag.",
                "first_action": "Een keer meekijken bij de cursus.",
            },
        ],
        "gates": [
            {
                "on": -9,
                "plan": "Acht weken met twaalf paren in één buurt in West (demo).",
                "budget_cents": 250_000,
                "reasons": "Demo: mensen komen terug, en het team weet wat het nog moet uitzoeken.",
            },
        ],
        "groups": ["65-plussers met weinig geld", "Mensen met een licht verstandelijke beperking"],
        "assumptions": {
            "apparaat": {
                "statement": "Een apparaat is genoeg: wie een laptop krijgt, redt zich daarna online.",
                "kind": "desirable",
                "importance": 5,
                "belief": 4,
            },
            "wil": {
                "statement": "Mensen komen als de eerste vraag is wat zij zelf online willen doen.",
                "kind": "desirable",
                "importance": 5,
                "belief": 3,
                "group": "65-plussers met weinig geld",
            },
            "student": {
                "statement": "Een student en een oudere vormen een paar dat elkaar acht weken blijft zien.",
                "kind": "feasible",
                "importance": 4,
                "belief": 3,
                "group": "65-plussers met weinig geld",
            },
            "bibliotheek": {
                "statement": "De bibliotheek geeft elke week een plek en een kopje koffie.",
                "kind": "partner",
                "importance": 3,
                "belief": 4,
            },
        },
        "tests": [
            {
                "plan": -46,
                "start": -42,
                "days_between": 1.5,
                "about": {"wil": True},
                "question": "Komen mensen terug als we eerst vragen wat zij willen?",
                "method": "field",
                "who": "Bezoekers van een buurthuis in West (demo)",
                "group": "65-plussers met weinig geld",
                "measure": "komt de week erna terug",
                "right_from": 5,
                "hope_for": 8,
                "stakes": "middle",
                "cost_cents": 15_000,
                "effort_days": 2,
                "duration_days": 14,
                "outcomes": [True, True, False, True, True, True, True, True, True, True],
                "places": ("Landlust",),
                "note": "Demo: wil met de kleinkinderen beeldbellen.",
            },
            {
                "plan": -27,
                "start": -26,
                "days_between": 2,
                "about": {"student": True},
                "question": "Blijft een paar elkaar zien?",
                "method": "buddy",
                "who": "Paren van student en oudere (demo)",
                "group": "65-plussers met weinig geld",
                "measure": "heeft in week drie nog afgesproken",
                "right_from": 5,
                "hope_for": 8,
                "stakes": "middle",
                "cost_cents": 20_000,
                "effort_days": 3,
                "duration_days": 21,
                "outcomes": [True, False, True, True, True, True, True, True, True],
                "places": ("Landlust",),
                "note": "",
            },
            {
                "plan": -9,
                "start": -8,
                "days_between": 3,
                "about": {"bibliotheek": True},
                "question": "Wil een bibliotheek elke week een plek geven?",
                "method": "partner",
                "who": "Vestigingen van de bibliotheek (demo)",
                "group": "65-plussers met weinig geld",
                "measure": "zegt ja op een vaste tafel, elke week",
                "right_from": 5,
                "hope_for": 9,
                "stakes": "small",
                "cost_cents": 0,
                "effort_days": 1,
                "duration_days": 14,
                "outcomes": [True, True],
                "note": "Demo: wil het een maand proberen.",
            },
        ],
        "evidence": [
            GOEDHART
            | {
                "text": (
                    "Alleen een apparaat uitdelen is niet genoeg. Oefenen moet passen in het dagelijks leven en bij "
                    "plekken waar mensen al komen."
                ),
                "people": 1,
                "about": {"apparaat": "contradicts"},
            },
        ],
        "canvas": [
            {
                "values": {
                    "problem": "Wie niet online is, mist post, korting en contact.",
                    "target_group": "Amsterdammers met weinig geld die zich online niet redden.",
                    "solution": "Een student helpt een oudere met wat die zelf online wil.",
                    "value": "Mensen durven meer en hebben iemand om te bellen.",
                    "means": "Studenten, bibliotheek, opgeknapte laptops.",
                    "costs": "Begeleiding, koffie, laptops.",
                    "risks": "Na acht weken valt de hulp weg.",
                },
            },
            {
                "on": -35,
                "values": {
                    "solution": (
                        "Een student helpt een oudere met wat die zelf online wil, op een plek waar mensen al komen."
                    ),
                    "means": "Studenten, de tafel in de bibliotheek of het buurthuis, opgeknapte laptops.",
                },
                "explanation": "Een laptop alleen helpt niet: de plek en de helper gaan voor.",
                "because": ["apparaat"],
            },
        ],
        "learning": [
            {
                "on": -36,
                "believed": "Wie een laptop krijgt, redt zich.",
                "observed": "Onderzoek laat zien dat alleen een apparaat niet genoeg is.",
                "learned": "Het gaat om iemand die helpt, op een plek waar je al komt.",
                "therefore": "We beginnen bij wat iemand wil, en de laptop komt daarna.",
                "decision": "continue",
                "about": ["apparaat"],
            },
            {
                "on": -27,
                "believed": "Mensen komen terug als we eerst vragen wat zij willen.",
                "observed": "De meeste bezoekers kwamen de week erna terug (demo).",
                "learned": "De eigen vraag trekt. Of een paar het acht weken volhoudt, weten we nog niet.",
                "therefore": "We houden de eerste vraag en kijken nu of een paar elkaar blijft zien.",
                "decision": "continue",
                "about": ["wil"],
            },
            {
                "on": -10,
                "believed": "Een student en een oudere blijven elkaar acht weken zien.",
                "observed": "In week drie hadden de meeste paren nog afgesproken (demo).",
                "learned": "Drie weken lukt. Of acht weken lukt, weten we pas in de proef.",
                "therefore": "We vragen om een kleine proef in één buurt, en zoeken een vaste plek.",
                "decision": "continue",
                "about": ["student"],
            },
        ],
        "overrides": [
            {
                "on": -36,
                "about": "apparaat",
                "status": "refuted",
                "reason": (
                    "Goedhart en anderen (2019) onderzochten dit in Amsterdam: alleen een apparaat is niet genoeg. "
                    "We gaan dit niet nog een keer uitproberen met bewoners."
                ),
            },
        ],
        "cycles": [
            {
                "on": -31,
                "goal": "Is een laptop genoeg?",
                "answer": "Nee. Een helper en een bekende plek gaan voor.",
                "skills": {
                    "owner": (
                        ["asking", "evidence"],
                        "Ik vroeg eerst wat iemand wilde, en hield mijn eigen plan even voor me.",
                    ),
                    "colleague": (["network"], "Mijn buurvrouw kende iemand van het buurthuis."),
                },
            },
            {
                "on": -20,
                "goal": "Komen mensen terug?",
                "answer": "Ja, de meeste wel, als de eerste vraag van henzelf is.",
                "skills": {"owner": (["small"], "Een tafel en koffie was genoeg om te beginnen.")},
            },
            {
                "on": -8,
                "goal": "Blijft een paar elkaar zien?",
                "answer": "Drie weken wel. Acht weken moet de proef laten zien.",
            },
        ],
        "published": [
            {
                "about": "apparaat",
                "statement": "Een apparaat is genoeg: wie een laptop krijgt, redt zich daarna online.",
                "learning": (
                    "Nee. Onderzoek in Amsterdam laat zien dat oefenen moet passen in het dagelijks leven, op een plek waar "
                    "mensen al komen."
                ),
                "target_group": "Bewoners met weinig geld",
            },
            {
                "about": "wil",
                "statement": "Mensen komen als de eerste vraag is wat zij zelf online willen doen.",
                "learning": "De meeste bezoekers kwamen de week erna terug. Begin dus bij de vraag van de bewoner.",
                "target_group": "65-plussers met weinig geld",
            },
        ],
    },
    "Tommi€": {
        "hours": {"owner2": (16, [(16, 3), (24, 3), (24, 4), (24, 4), (32, 4), (24, 4)])},
        "screens": [
            {
                "on": -33,
                "about": {
                    "title": "Zoveel mag vandaag",
                    "task": "Kijk wat je vandaag mag uitgeven.",
                    "question": "Wat vind je hiervan?",
                },
                "rows": [
                    {
                        "title": "Welkom",
                        "text": "Dit is jouw geld voor vandaag.",
                        "buttons": [("Verder", "euro")],
                    },
                    {
                        "title": "Vandaag",
                        "text": "€ 12. Dit mag je vandaag uitgeven.",
                        "alt": "Een briefje van tien euro en een munt van twee euro.",
                        "buttons": [("Ik snap het", "yes"), ("Ik snap het niet", "question")],
                    },
                ],
            },
        ],
        "groups": ["Mensen met een licht verstandelijke beperking"],
        "assumptions": {
            "dag": {
                "statement": "Wie elke dag ziet wat er nog uit mag, houdt aan het eind van de week geld over.",
                "kind": "desirable",
                "importance": 5,
                "belief": 3,
                "group": "Mensen met een licht verstandelijke beperking",
            },
            "scherm": {
                "statement": "Mensen begrijpen het scherm ‘zoveel mag ik vandaag uitgeven’ zonder uitleg.",
                "kind": "feasible",
                "importance": 5,
                "belief": 3,
                "group": "Mensen met een licht verstandelijke beperking",
            },
            "mag": {
                "statement": "Een helper mag meekijken zonder dat het als toezicht voelt.",
                "kind": "lawful",
                "importance": 4,
                "belief": 3,
                "group": "Mensen met een licht verstandelijke beperking",
            },
        },
        "tests": [
            {
                "plan": -46,
                "start": -12,
                "days_between": 2,
                "about": {"scherm": True},
                "question": "Kan iemand van het scherm aflezen wat er vandaag uit mag?",
                "method": "paper",
                "who": "Bewoners die zelf hun geld doen, via een woonvorm in Noord (demo)",
                "group": "Mensen met een licht verstandelijke beperking",
                "measure": "noemt zonder hulp het goede bedrag",
                "right_from": 6,
                "hope_for": 9,
                "stakes": "large",
                "cost_cents": 10_000,
                "effort_days": 2,
                "duration_days": 7,
                "outcomes": [True, True, True, False, True],
                "places": ("Molenwijk",),
                "note": "Demo: wees meteen het getal aan.",
            },
        ],
        "evidence": [
            {
                "text": "Demo: twee bewoners zeiden dat ze liever euro's zien dan een balk.",
                "source": "target",
                "strength": 1,
                "people": 2,
                "group": "Mensen met een licht verstandelijke beperking",
                "place": "Molenwijk",
                "seen_on": None,
                "on": -40,
                "about": {"scherm": "unclear"},
            },
        ],
        "canvas": [
            {
                "values": {
                    "problem": "Wie moeilijk rekent, weet niet wat er vandaag uit mag.",
                    "target_group": "Mensen met een licht verstandelijke beperking die zelf hun geld doen.",
                    "solution": "Eén scherm met één bedrag: zoveel mag vandaag uit.",
                    "value": "Meer rust, minder rood staan, zelf kiezen.",
                    "means": "Bestaande bankrekening, hulp van een begeleider, Snap de brief.",
                    "costs": "Bouwen van één scherm, tijd van begeleiders.",
                    "risks": "Mensen durven hun bankgegevens niet te delen.",
                },
            },
        ],
        "learning": [
            {
                "on": -38,
                "believed": "Een balk laat snel zien hoeveel er nog uit mag.",
                "observed": "Twee bewoners zagen liever euro's dan een balk (demo).",
                "learned": "Een bedrag zegt meer dan een balk. Twee mensen is nog weinig.",
                "therefore": "We tekenen een scherm met één bedrag en laten dat aan meer mensen zien.",
                "decision": "continue",
                "about": ["scherm"],
            },
        ],
        "cycles": [
            {
                "on": -30,
                "goal": "Wat wil iemand op het scherm zien?",
                "answer": "Een bedrag in euro's. We weten nog niet of iedereen het leest.",
                "skills": {"owner2": (["asking"], "Ik liet het papier zien en zei even niets.")},
            },
        ],
    },
}
