# SPDX-License-Identifier: EUPL-1.2
"""What the demo city says, in Dutch. Facts carry their source; people, criteria, scores and three ideas are made up."""

from datetime import date

CHALLENGE = {
    "title": "Armoede radicaal bestrijden in Amsterdam",
    "mission": (
        "Hoe kunnen we de autonomie, betrokkenheid en competentie vergroten van de 1 op de 5 Amsterdammers "
        "onder de armoedegrens, en zo armoede radicaal bestrijden?"
    ),
    "target_group": (
        "Amsterdammers met weinig geld. In 2016 sprak de stad met mensen met een licht verstandelijke beperking in de "
        "Molenwijk (Noord), werkenden met een laag inkomen in de Bijlmer (Zuidoost) en jongeren in de Indische Buurt (Oost)."
    ),
    "target_number": 100_000,
    "target_number_source": "de Volkskrant, ‘Zijn zij de redding voor de armen van Amsterdam?’ (huishoudens)",
    "target_number_date": date(2016, 7, 12),
    "outcome_words": ["autonomie", "betrokkenheid", "competentie"],
    "areas": "Molenwijk\nBijlmer\nIndische Buurt",
    "out_of_scope": "Hogere uitkeringen en landelijke wetten: daar beslist de stad niet over.",
    "owner": "Programmamanager van de demo-gemeente (demo)",
    "mandate": (
        "Demo: drie teams krijgen twee maanden tijd om hun idee met de doelgroep te toetsen. "
        "Daarna beslist de stad over proeven in buurten."
    ),
}

STIMULI = [
    {
        "kind": "figure",
        "title": "83 miljoen euro per jaar",
        "body": (
            "Zo veel gaf Amsterdam uit tegen armoede, zonder te weten of dat geld terechtkwam waar de nood het grootst is."
        ),
        "source": "de Volkskrant, ‘Zijn zij de redding voor de armen van Amsterdam?’",
        "source_url": ("https://www.volkskrant.nl/economie/zijn-zij-de-redding-voor-de-armen-van-amsterdam~b1e5f7e1/"),
        "source_date": date(2016, 7, 12),
    },
    {
        "kind": "figure",
        "title": "17% van de huishoudens",
        "body": (
            "Ongeveer 73.400 Amsterdamse huishoudens hadden in 2021 een laag inkomen en weinig vermogen. In Zuidoost ongeveer "
            "25%, in Noord 21%, in Nieuw-West 20%."
        ),
        "source": "AT5 over de Armoedemonitor van Amsterdam",
        "source_url": "https://www.at5.nl/artikelen/223866",
        "source_date": None,
    },
    {
        "kind": "case",
        "title": "Snap de brief",
        "body": (
            "Je maakt een foto van een brief die je niet begrijpt. Een helper belt je binnen een dag terug. "
            "In 2016 werd dit in Amsterdam geprobeerd."
        ),
        "source": "Overheidsexpertise, ‘Proef met app Snap de brief’ (2016)",
        "source_url": (
            "https://overheidsexpertise.nl/overheid-communicatie/25-actueel/313-proef-met-app-snap-de-brief"
        ),
        "source_date": None,
    },
    {
        "kind": "lesson",
        "title": "Een computer alleen helpt niet",
        "body": (
            "Onderzoek in Amsterdam: apparaten uitdelen is niet genoeg. Leren moet een plek hebben in het dagelijks leven en in "
            "diensten die er al zijn."
        ),
        "source": "Goedhart, Broerse, Kattouw en Dedding, ‘Just having a computer doesn't make sense’ (2019)",
        "source_url": "https://doi.org/10.1177/1461444819846059",
        "source_date": None,
    },
    {
        "kind": "existing",
        "title": "Stadspas",
        "body": (
            "Ongeveer 117.000 mensen hebben recht op een Stadspas, en er zijn 29 regelingen. Werkenden met weinig geld worden "
            "bijna niet bereikt."
        ),
        "source": "Het Parool en MUG Magazine over de Stadspas",
        "source_url": "https://mugmagazine.nl/massaal-gebruik-stadspas-voor-minima",
        "source_date": None,
    },
    {
        "kind": "existing",
        "title": "Informatiepunt Digitale Overheid",
        "body": "In bibliotheken kan iedereen gratis hulp krijgen met de digitale overheid. Eind 2021 waren er ongeveer 400.",
        "source": "KB, nationale bibliotheek, over digitale inclusie",
        "source_url": "https://www.kb.nl/over-ons/expertises/digitale-inclusie",
        "source_date": None,
    },
    {
        "kind": "technology",
        "title": "Huishoudboekje",
        "body": (
            "In Utrecht regelt een digitaal huishoudboekje de vaste lasten van bewoners. In 2020 deden ongeveer 100 mensen mee."
        ),
        "source": "VNG Realisatie, ‘Het Huishoudboekje voor alle gemeenten’ (2020)",
        "source_url": "https://publicaties.vngrealisatie.nl/2020/e-magazine/9/het-huishoudboekje-voor-alle-gemeenten/",
        "source_date": None,
    },
    {
        "kind": "lesson",
        "title": "Nieuw hoeft niet",
        "body": ("Een sterke nieuwe mix van diensten, producten en verdienmodellen die er al zijn, kan radicaal zijn."),
        "source": "Deloitte, ‘Innoveren voor radicale armoedebestrijding’ (FutureGov Amsterdam)",
        "source_url": (
            "https://www2.deloitte.com/nl/nl/pages/publieke-sector/articles/"
            "govlab-innoveren-voor-radicale-armoedebestrijding.html"
        ),
        "source_date": None,
    },
]

CRITERIA = [
    {
        "kind": "knock_out",
        "name": "Mag het?",
        "question": "Past het idee binnen de wet en is het eerlijk voor bewoners?",
        "weight": 0,
        "anchors": {
            0: "het kan niet zonder de wet of het vertrouwen te schenden.",
            1: "zo, of met kleine aanpassingen.",
        },
    },
    {
        "kind": "weighted",
        "name": "Waarde voor bewoners",
        "question": "Groeit de autonomie, betrokkenheid of competentie van mensen met weinig geld?",
        "weight": 40,
        "anchors": {
            1: "Bewoners merken er niets van.",
            2: "Een beetje gemak, weinig meer grip.",
            3: "Duidelijk meer grip voor een deel van de groep.",
            4: "Veel meer grip voor de meeste deelnemers.",
            5: "Het leven van deelnemers verandert blijvend.",
        },
    },
    {
        "kind": "weighted",
        "name": "Haalbaar",
        "question": "Kan een team dit binnen twee maanden met bewoners uitproberen?",
        "weight": 25,
        "anchors": {
            1: "Niet uit te proberen.",
            2: "Alleen met veel geld of nieuwe regels.",
            3: "Uit te proberen, met hulp die nog gezocht moet worden.",
            4: "Uit te proberen met partners die al meedoen.",
            5: "Morgen uit te proberen.",
        },
    },
    {
        "kind": "weighted",
        "name": "Bereik",
        "question": "Bereikt het mensen die nu niets of weinig krijgen?",
        "weight": 20,
        "anchors": {
            1: "Alleen wie al geholpen wordt.",
            2: "Vooral wie al geholpen wordt.",
            3: "Ook een deel van de mensen buiten beeld.",
            4: "Vooral mensen buiten beeld.",
            5: "Juist de mensen die niemand bereikt.",
        },
    },
    {
        "kind": "weighted",
        "name": "Slimme mix",
        "question": "Bouwt het voort op wat er al is, in een nieuwe mix?",
        "weight": 15,
        "anchors": {
            1: "Begint helemaal opnieuw.",
            2: "Kent wat er is, gebruikt het niet.",
            3: "Gebruikt één bestaande dienst.",
            4: "Combineert diensten en partners.",
            5: "Een mix die niemand nog heeft, van delen die bewezen werken.",
        },
    },
]

IDEAS = [
    {
        "title": "IAMconnected",
        "problem": "Wie weinig geld heeft, is vaak niet online of kan het niet goed. Zo val je buiten een wereld die digitaal wordt.",
        "solution": (
            "Alle bewoners met een laag inkomen krijgen internet en leren ermee omgaan. We beginnen met wat iemand zelf online "
            "wil doen, samen met een student die leert helpen."
        ),
        "value": "Mensen voelen zich zekerder, doen meer zelf en doen meer mee.",
        "building_blocks": "Studenten, bibliotheken, gebruikte laptops, buurthuizen.",
        "kind": "knowledge",
        "organisation": "Demo Hogeschool",
        "sparks": ["Een computer alleen helpt niet", "Informatiepunt Digitale Overheid"],
        "is_demo": False,
    },
    {
        "title": "Tommi€",
        "problem": "Geld regelen is lastig voor mensen met een licht verstandelijke beperking. Anderen nemen het dan over.",
        "solution": (
            "Hulp bij geld die eenvoudig is en die je zelf in de hand hebt: je ziet wat je vandaag kunt uitgeven, in beelden, "
            "met een helper die je zelf kiest."
        ),
        "value": "Mensen voelen dat ze zelf over hun geld gaan en redden zich beter.",
        "building_blocks": "Huishoudboekje, begeleiders in de wijk, beeldtaal.",
        "kind": "startup",
        "organisation": "Demo Start-up",
        "sparks": ["Huishoudboekje", "Snap de brief"],
        "is_demo": False,
    },
    {
        "title": "Sparen Loont",
        "problem": "Wie elke maand tekortkomt, spaart niet. Een kapotte wasmachine is dan meteen een schuld.",
        "solution": (
            "Sparen met een lage drempel: een rekening met een klein begin, een maatje dat elke week meekijkt en een "
            "overzicht op papier of op de telefoon."
        ),
        "value": "Mensen kijken verder vooruit en hebben een kleine buffer.",
        "building_blocks": "Een gewone spaarrekening, vrijwilligers die student zijn, schuldhulp.",
        "kind": "knowledge",
        "organisation": "Demo Universiteit",
        "sparks": ["Nieuw hoeft niet"],
        "is_demo": False,
    },
    {
        "title": "Klusruil in de straat",
        "problem": "Kleine klussen kosten geld dat er niet is. Handige buren zijn er wel, maar niemand kent ze.",
        "solution": "Een bord in de wasserette en een appgroep: jij repareert mijn fiets, ik pas op jouw kind.",
        "value": "Buren leren elkaar kennen en besparen geld.",
        "building_blocks": "Buurthuizen, wasserettes, bestaande appgroepen.",
        "kind": "resident",
        "organisation": "",
        "sparks": [],
        "is_demo": True,
    },
    {
        "title": "Brief in gewone taal",
        "problem": "Brieven van de gemeente zijn moeilijk. Mensen leggen ze weg en missen geld waar ze recht op hebben.",
        "solution": "Elke brief krijgt een voorkant van tien regels in gewone taal, met één ding dat je moet doen.",
        "value": "Mensen doen op tijd wat nodig is en missen minder.",
        "building_blocks": "Bestaande brieven, taalvrijwilligers.",
        "kind": "municipality",
        "organisation": "Demo Gemeente",
        "sparks": ["Snap de brief", "Stadspas"],
        "is_demo": True,
    },
    {
        "title": "Korting aan de kassa",
        "problem": "Regelingen vragen formulieren. Werkenden met weinig geld vragen ze niet aan.",
        "solution": "De kassa in de supermarkt herkent de Stadspas en geeft meteen korting op gezond eten.",
        "value": "Meer mensen gebruiken waar ze recht op hebben, zonder formulier.",
        "building_blocks": "Stadspas, kassasystemen van winkels.",
        "kind": "company",
        "organisation": "Demo Winkelketen",
        "sparks": ["Stadspas"],
        "is_demo": True,
    },
]

PEOPLE = {
    "manager": (
        "Marit (demo)",
        "Demo Gemeente",
        ["manager"],
        "Leidt het programma: zet de uitdaging op en begeleidt de jury.",
    ),
    "owner": ("Otis (demo)", "Demo Hogeschool", ["team"], "Heeft een idee en dient het in, met een team."),
    "juror": ("Jamila (demo)", "Demo Woningcorporatie", ["juror"], "Zit in de jury en beoordeelt ideeën."),
    "coach": ("Cor (demo)", "Demo Adviesbureau", ["coach"], "Begeleidt de winnende teams."),
    "administrator": ("Ada (demo)", "Demo Gemeente", ["administrator"], "Beheert accounts en leest het logboek."),
}

JURORS = [  # key, name, organisation, expertise, kind of seat
    ("juror", "Jamila (demo)", "Demo Woningcorporatie", "Wonen en schulden", "member"),
    ("juror2", "Bram (demo)", "Demo Universiteit", "Onderzoek naar armoede", "member"),
    ("juror3", "Soraya (demo)", "Demo Bibliotheek", "Taal en digitale vaardigheden", "member"),
    ("juror4", "Wim (demo)", "Demo Bank", "Geldzaken", "member"),
    ("juror5", "Yara (demo)", "Demo Welzijn", "Werk in de wijk", "member"),
    ("expert", "Dirk (demo)", "", "Leefde zelf jaren van een uitkering", "experience"),
    ("alternate", "Nora (demo)", "Demo Fonds", "Geld voor nieuwe ideeën", "alternate"),
]

OWNERS = {  # idea title -> account that owns it
    "IAMconnected": ("owner", "Otis (demo)", "Demo Hogeschool"),
    "Tommi€": ("owner2", "Tess (demo)", "Demo Start-up"),
    "Sparen Loont": ("owner3", "Samir (demo)", "Demo Universiteit"),
    "Klusruil in de straat": ("owner4", "Karin (demo)", ""),
    "Brief in gewone taal": ("owner5", "Bas (demo)", "Demo Gemeente"),
    "Korting aan de kassa": ("owner6", "Kim (demo)", "Demo Winkelketen"),
}

COLLEAGUES = [  # key, name, organisation, kind, the idea they work on
    ("colleague", "Noor (demo)", "Demo Hogeschool", "knowledge", "IAMconnected"),
    ("colleague2", "Hakim (demo)", "Demo Buurthuis", "company", "IAMconnected"),
]

QUALITY = {  # made-up scores per weighted criterion, in the order above
    "IAMconnected": (4, 4, 4, 4),
    "Tommi€": (5, 3, 4, 4),
    "Sparen Loont": (4, 4, 3, 4),
    "Klusruil in de straat": (3, 4, 3, 2),
    "Brief in gewone taal": (3, 5, 3, 3),
    "Korting aan de kassa": (3, 2, 4, 4),
}
LENIENCY = {"juror": 0, "juror2": -1, "juror3": 0, "juror4": 0, "juror5": 1, "expert": 0, "alternate": 0}
