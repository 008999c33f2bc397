# SPDX-License-Identifier: EUPL-1.2
"""What another city could have shared: made up for the demo city, and marked so."""

from beproefd.discipline.portfolio.exchange import Entry, Figure

ELSEWHERE = {
    "municipality": "Gemeente Voorbeeldstad (demo)",
    "entries": (
        Entry(
            id="5c1d7f0a-51c9-4a54-9d0c-6f1f6b7c2a10",
            statement="Bewoners openen een brief eerder als er een voorkant in gewone taal op zit.",
            kind="desirable",
            target_group="Bewoners met schulden",
            outcome="works",
            learning="Demo: 31 van de 40 openden de brief binnen een week. Zonder voorkant waren dat er 19 van de 40.",
            tested_on="2026-05-12",
            published_on="2026-06-01",
            figures=(Figure("people", 80, "2026-05-12", "Demo: eigen telling"),),
        ),
        Entry(
            id="0e9a4a0e-3a0f-4b7e-8d55-1b7f2f2f9b21",
            statement="Ouders met weinig geld gebruiken een app om oppas te ruilen.",
            kind="feasible",
            target_group="Ouders met een laag inkomen",
            outcome="fails",
            learning="Demo: 3 van de 24 ouders ruilden. Een appgroep met een bekende van school werkte beter.",
            tested_on="2026-03-20",
            published_on="2026-04-02",
            figures=(Figure("people", 24, "2026-03-20", "Demo: eigen telling"),),
        ),
    ),
}
