# SPDX-License-Identifier: EUPL-1.2
"""The build refuses to make a package without the style sheets and the Dutch texts, which no checkout holds."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist
from setuptools.errors import SetupError

PACKAGE = Path(__file__).resolve().parent / "src" / "beproefd"
MADE = ("ui/static/ui/vendor/components.css", "locale/nl/LC_MESSAGES/django.mo")


def refuse_half_a_package() -> None:
    """Stop with what is missing and how to make it."""
    missing = [name for name in MADE if not (PACKAGE / name).exists()]
    if missing:
        raise SetupError(f"Not built: {' and '.join(missing)} are missing. `make wheel` makes them first.")


class Wheel(build_py):
    """The package; `make setup` installs an editable one before the files are made."""

    def run(self) -> None:
        """Check, then build."""
        if not self.editable_mode:
            refuse_half_a_package()
        super().run()


class Source(sdist):
    """The source with the made files in it."""

    def run(self) -> None:
        """Check, then pack."""
        refuse_half_a_package()
        super().run()


setup(cmdclass={"build_py": Wheel, "sdist": Source})
