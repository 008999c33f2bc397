# SPDX-License-Identifier: EUPL-1.2
"""Is the log whole, and do the rows it is about still say what it recorded?"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps

from .chain import digests, link
from .models import Audited, Entry, Head


@dataclass(frozen=True)
class Verification:
    """The outcome of a check of the whole log. `problem` is empty when all is well."""

    entries: int
    subjects: int
    head: str
    problem: str = ""
    sequence: int | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.problem


def verify(progress: Callable[[int], None] = lambda _count: None) -> Verification:
    """Walk the chain from the first entry and compare every audited row with its last entry; stop at the first break.

    The chain is walked up to the head as it was at the start, so the check can run while people work.
    """
    head = Head.objects.filter(pk=1).first()
    end = head.sequence if head else Entry.objects.count()
    previous, count = "0" * 64, 0
    last: dict[str, tuple[int, str]] = {}
    for entry in Entry.objects.filter(sequence__lte=end).order_by("sequence").iterator(chunk_size=2000):
        count += 1
        if entry.sequence != count:
            return Verification(count - 1, len(last), previous, f"entry {count} is missing", count)
        if entry.previous_hash != previous:
            return Verification(
                count, len(last), previous, "it does not follow from the entry before it", entry.sequence
            )
        if entry.hash != link(entry):
            return Verification(
                count, len(last), previous, "its contents were changed after it was written", entry.sequence
            )
        previous = entry.hash
        last[entry.subject] = (entry.sequence, entry.after)
        if count % 2000 == 0:
            progress(count)
    if (head.sequence, head.hash) != (count, previous) if head else count:
        return Verification(count, len(last), previous, "entries were cut off the end of the log", count + 1)
    problem, sequence = _compare_rows(last, end)
    return Verification(count, len(last), previous, problem, sequence)


def _compare_rows(last: dict[str, tuple[int, str]], end: int) -> tuple[str, int | None]:
    """The earliest entry whose row no longer matches, or a row the log has never seen."""
    logged: dict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
    for subject, entry in last.items():
        label, _, pk = subject.rpartition(":")
        logged[label][pk] = entry
    breaks: list[tuple[int, str, str]] = []
    unknown: list[tuple[str, str]] = []
    for model in apps.get_models():
        if not issubclass(model, Audited):
            continue
        label = model._meta.label_lower  # noqa: SLF001 -- Django's documented meta API
        now = {str(pk): value for pk, value in digests(model).items()}
        for pk, (sequence, after) in logged.get(label, {}).items():
            if now.get(pk, "") != after:
                what = "was changed" if pk in now else "was removed"
                breaks.append((sequence, f"{label}:{pk}", f"{label}:{pk} {what} outside the product after this entry"))
        unseen = sorted(now.keys() - logged.get(label, {}).keys())
        unknown += [(f"{label}:{pk}", f"{label}:{pk} was added outside the product") for pk in unseen]
    # What changed through the product while the check ran has a newer entry, and is left to the next check.
    newer = set(Entry.objects.filter(sequence__gt=end).values_list("subject", flat=True))
    broken = sorted((sequence, problem) for sequence, subject, problem in breaks if subject not in newer)
    if broken:
        return broken[0][1], broken[0][0]
    strange = [problem for subject, problem in unknown if subject not in newer]
    return (strange[0] if strange else ""), None
