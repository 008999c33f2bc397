# SPDX-License-Identifier: EUPL-1.2
"""The portfolio board."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from beproefd.ground.accounts.rules import is_coach, is_manager
from beproefd.ui.charts import Chart, Placed, placed

from ..forms import BoardForm
from ..levels import GATES
from ..queries.board import Board, board_challenges
from ..queries.board import board as read_board
from ..queries.gates import gate_tasks, review_tasks

SHOWN = 40  # ideas in the picture; the table holds them all


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Every idea that is worked out: how far, how risky still, and what an answer costs."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    challenges = board_challenges(request.user)
    chosen = next((one for one in challenges if one.slug == request.GET.get("uitdaging")), None)
    shown = read_board(request.user, chosen)
    return render(
        request,
        "portfolio/board.html",
        {
            "title": _("Portfolio"),
            "board": shown,
            "chart": _picture(shown),
            "form": BoardForm(initial={"uitdaging": chosen.slug if chosen else ""}, challenges=challenges),
            "chosen": chosen,
            "challenges": challenges,
            "steers": (is_manager | is_coach)(request.user),
            "review_tasks": review_tasks(request.user),
            "gate_tasks": gate_tasks(request.user),
            "stages": [_("No gate passed yet"), *(gate.name for gate in GATES)],
            "more": sum(line.is_going for line in shown.lines) > SHOWN,
        },
    )


def _picture(shown: Board) -> Chart | None:
    """Stage against remaining risk, for the ideas that are worked out now."""
    going = [line for line in shown.lines if line.is_going][:SHOWN]
    if not going:
        return None
    stages = [_("No gate passed yet"), *(str(gate.name) for gate in GATES)]
    return placed(
        [Placed(line.idea.title, line.stage, line.risk or 0) for line in going],
        stages=stages,
        caption=_("How far is each idea, and how much risk is left?"),
        axis=_("Risk that is left (right: more)"),
        name=_("Idea"),
        stage=_("Gate passed"),
    )
