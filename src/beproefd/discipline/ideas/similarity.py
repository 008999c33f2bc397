# SPDX-License-Identifier: EUPL-1.2
"""How much texts look alike: works offline, in Dutch, with its long compounds.

Parts of words (3 to 5 letters) weighted by how rare they are (TF-IDF), compared by the angle between the texts. So
“spaarrekening” looks like “sparen met een rekening”, which whole words would miss.
"""

from collections.abc import Sequence

from sklearn.feature_extraction.text import TfidfVectorizer

# The commonest Dutch and English words say nothing about what a text is about.
_EMPTY = frozenset(
    [
        "de",
        "het",
        "een",
        "en",
        "van",
        "in",
        "is",
        "dat",
        "op",
        "te",
        "voor",
        "met",
        "die",
        "niet",
        "zijn",
        "aan",
        "er",
        "om",
        "ook",
        "als",
        "bij",
        "maar",
        "dan",
        "nog",
        "naar",
        "hun",
        "ze",
        "we",
        "wij",
        "je",
        "jij",
        "zij",
        "hij",
        "of",
        "door",
        "over",
        "uit",
        "kan",
        "kunnen",
        "wordt",
        "worden",
        "heeft",
        "hebben",
        "deze",
        "dit",
        "wat",
        "wie",
        "hoe",
        "meer",
        "al",
        "tot",
        "geen",
        "the",
        "a",
        "an",
        "and",
        "of",
        "in",
        "is",
        "that",
        "to",
        "for",
        "with",
        "on",
        "not",
        "are",
        "as",
        "at",
        "by",
        "or",
        "from",
        "this",
        "it",
        "be",
        "can",
        "we",
        "they",
    ]
)


def _plain(text: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
    return " ".join(word for word in words if word not in _EMPTY)


def likeness(text: str, others: Sequence[str]) -> list[float]:
    """Cosine likeness (0 to 1) of `text` to each of `others`; zeros when there is nothing to compare."""
    texts = [_plain(other) for other in others]
    wanted = _plain(text)
    if not wanted or not any(texts):
        return [0.0] * len(texts)
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform([wanted, *texts])
    return [float(value) for value in (vectors[1:] @ vectors[0].T).toarray().ravel()]
