# SPDX-License-Identifier: EUPL-1.2
"""The product as a process of its own: the `beproefd` command with its own data folder, and a server on a free port."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECRET_KEY = "only-for-the-tests-and-never-for-a-site-that-people-use"
COMMAND = (sys.executable, "-c", "import sys; from beproefd.cli import main; sys.exit(main())")


def environment(**variables: str) -> dict[str, str]:
    """The surroundings of a process: ours without its Beproefd settings, plus these."""
    mine = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith("BEPROEFD_") and k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}
    }
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return mine | {"PYTHONPATH": os.pathsep.join(paths)} | variables


def beproefd(
    *arguments: str, timeout: float = 120, said: str = "", **variables: str
) -> "subprocess.CompletedProcess[str]":
    """Run one command to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(**variables),
        input=said,
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=ROOT,
        check=False,
    )


@dataclass(frozen=True)
class LiveSite:
    """A running site. `url` has no slash at the end."""

    url: str
    data_dir: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a `beproefd` command on the data of this site."""
        return beproefd(*arguments, **self.variables)


@contextmanager
def serve(data_dir: Path, *, demo_city: bool, **variables: str) -> Iterator[LiveSite]:
    """Serve the demo flag's site; with `demo_city` the demo city is built first."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    variables = {
        "BEPROEFD_DATA_DIR": str(data_dir),
        "BEPROEFD_DEMO": "true",
        "BEPROEFD_BASE_URL": url,
        "BEPROEFD_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "beproefd.settings",
    } | variables
    if demo_city:
        built = beproefd("demo", "--no-serve", **variables)
        if built.returncode:
            raise RuntimeError(f"beproefd demo --no-serve failed:\n{built.stdout}\n{built.stderr}")
    log = data_dir / "server.log"
    data_dir.mkdir(parents=True, exist_ok=True)
    with log.open("w") as sink:
        process = subprocess.Popen(
            [*COMMAND, "serve", "--bind", f"127.0.0.1:{port}", "--workers", "1"],
            env=environment(**variables),
            stdout=sink,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )
    try:
        _wait(process, url, log)
        yield LiveSite(url, data_dir, variables)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/.well-known/security.txt", timeout=5):  # noqa: S310 -- our own address
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise RuntimeError(f"the site did not start:\n{log.read_text()[-3000:]}")
