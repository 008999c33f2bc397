# SPDX-License-Identifier: EUPL-1.2
"""Measuring in a fresh process, so that nothing of an earlier size or database is warm."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def say(text):
    """On the way, beside the claims."""
    print(text, file=sys.stderr, flush=True)


def in_a_process(name, asked, **surroundings):
    """What `python -m benchmarks.NAME --measure ASKED` finds, with a data folder of its own."""
    with tempfile.TemporaryDirectory(prefix="beproefd-bench-") as folder:
        Path(folder, "static").mkdir()
        kept = {k: v for k, v in os.environ.items() if not k.startswith("BEPROEFD_") and k != "DATABASE_URL"}
        settings = {
            "DJANGO_SETTINGS_MODULE": "beproefd.settings",
            "BEPROEFD_DATA_DIR": folder,
            "BEPROEFD_SECRET_KEY": "only-for-measuring-and-never-for-a-site-that-people-use",
            "BEPROEFD_REQUIRE_MFA": "false",
            "BEPROEFD_EMAIL_URL": "dummymail://",
            "BEPROEFD_LOG_LEVEL": "ERROR",
        }
        run = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{name}", "--measure", json.dumps(asked)],
            env=kept | settings | surroundings,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
    if run.returncode:
        raise RuntimeError(f"measuring {asked} ended with code {run.returncode}")
    return json.loads(run.stdout)
