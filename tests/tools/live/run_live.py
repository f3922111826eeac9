# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the integration targets against a live TMI server; see docs/docsite/rst/guide_contributing.rst.

    TMI_URL=https://tmi.example.com TMI_TOKEN=… run_live.py [TARGET …]

Every target gets models of its own, whose names begin with a prefix of this run. Whatever happens, they are deleted at
the end, and so that no other model can be meant, the targets are read first: each name in them has the prefix. Models
of other names that belong to the owner of the token must be the same afterwards.

Tokens come from the environment and go on in it. Should one stand in the output, it is blotted out and the run fails.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import yaml
from live_targets import TARGETS, Failure, chosen, say, unprefixed

ROOT = Path(__file__).resolve().parents[3]
COLLECTIONS = ROOT / ".cache" / "collections"
WORK = ROOT / ".cache" / "live"


MEMBERS = ("status", "owner", "modified_at", "threat_count", "diagram_count", "document_count", "source_count")


# ------------------------------------------------------------------------------------------------------ the server
class Server:
    """The least of a client: independent of the collection, which is what is tested."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        self.token = token
        self.context = ssl.create_default_context(cafile=os.environ.get("TMI_CA_PATH") or None)
        if os.environ.get("TMI_VALIDATE_CERTS", "").lower() in ("no", "off", "0", "false", "f", "n"):
            self.context.check_hostname, self.context.verify_mode = False, ssl.CERT_NONE

    def call(self, method: str, path: str) -> Any:
        """Return the answer to one request."""
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        try:
            context = self.context if self.url.startswith("https:") else None
            with urllib.request.urlopen(request, timeout=60, context=context) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise Failure(f"{method} {path} answered {error.code}") from None
        except OSError as error:
            raise Failure(f"{method} {path} failed: {error}") from None
        try:
            return json.loads(text) if text else None
        except ValueError:
            raise Failure(f"{method} {path}: no JSON came; is this the address of a TMI server?") from None

    def models(self) -> list[dict[str, Any]]:
        """Return all models, as the list has them."""
        found: list[dict[str, Any]] = []
        while True:
            page = self.call("GET", f"/threat_models?limit=100&offset={len(found)}")
            some = page["threat_models"] if isinstance(page, dict) else page
            found += some
            if len(some) < 100:
                return found

    def clean(self, prefix: str) -> list[str]:
        """Delete the models whose names begin with the prefix; return those that are still there."""
        if not prefix:
            raise ValueError("no prefix")
        for attempt in range(8):
            left = [model for model in self.models() if str(model.get("name", "")).startswith(prefix)]
            if not left:
                return []
            time.sleep(3 if attempt else 0)  # sessions that we do not host end by themselves, when nobody is in them
            for model in left:
                with contextlib.suppress(Failure):
                    path = f"/threat_models/{model['id']}"
                    for diagram in self.call("GET", path).get("diagrams") or []:
                        with contextlib.suppress(Failure):
                            self.call("DELETE", f"{path}/diagrams/{diagram['id']}/collaborate")
                    self.call("DELETE", path)
        return [model["name"] for model in left]


def others(server: Server, prefix: str, email: str) -> dict[str, Any]:
    """Return what tells a change of the models that are not of this run and belong to the owner of the token."""
    found = {}
    for model in server.models():
        owner = model.get("owner")
        owner = owner.get("email") if isinstance(owner, dict) else owner
        if not str(model.get("name", "")).startswith(prefix) and owner == email:
            found[model["id"]] = (model["name"], {name: model.get(name) for name in MEMBERS})
    return found


# ----------------------------------------------------------------------------------------------------- the targets


class Runner:
    """Runs targets, one after the other."""

    def __init__(self, server: Server, run: str, variables: dict[str, Any]) -> None:
        self.server = server
        self.run = run
        self.variables = variables
        self.leaked = False
        self.counts = {"ok": 0, "changed": 0, "skipped": 0, "failed": 0}
        self.secrets = [text for name in ("TMI_TOKEN", "TMI_TOKEN_2") if (text := os.environ.get(name))]

    def target(self, number: int, name: str) -> bool:
        """Run one target, and clean up after it."""
        prefix = f"tmi-test-{self.run}-{number} "
        folder = WORK / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "roles": [name]}
        own = {**self.variables, "tmi_prefix": prefix, "output_dir": str(folder)}
        (folder / "play.yml").write_text(yaml.safe_dump([{**play, "vars": own}], allow_unicode=True), "utf-8")
        started = time.monotonic()
        try:
            code = self.play(folder)
        finally:
            left = self.server.clean(prefix)
        say(f"{'ok' if code == 0 and not left else 'FAILED'}: {name}, {time.monotonic() - started:.0f} s")
        if left:
            say(f"FAILED: these models could not be deleted: {', '.join(left)}")
        for path in folder.rglob("*"):
            if path.is_file() and any(secret.encode() in path.read_bytes() for secret in self.secrets):
                self.leaked = True
                path.unlink()
                say(f"FAILED: a token stood in {path.name}")
        return code == 0 and not left

    def play(self, folder: Path) -> int:
        """Run the playbook of a target; show only what failed, all of it in play.log."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        kept.update(
            ANSIBLE_COLLECTIONS_PATH=str(COLLECTIONS),
            ANSIBLE_ROLES_PATH=str(TARGETS),
            ANSIBLE_LOCALHOST_WARNING="false",
            ANSIBLE_INVENTORY_UNPARSED_WARNING="false",
            ANSIBLE_NOCOLOR="true",
            ANSIBLE_RETRY_FILES_ENABLED="false",
            PYTHONDONTWRITEBYTECODE="1",
        )
        # Variables of the connection that would win over the token.
        for name in ("TMI_LOGIN_HINT", "TMI_REFRESH_TOKEN", "TMI_TOKEN_CACHE", "TMI_CLIENT_ID", "TMI_CLIENT_SECRET"):
            kept.pop(name, None)
        python = f"ansible_python_interpreter={sys.executable}"
        command = [sys.executable, "-m", "ansible.cli.playbook", "-i", "localhost,", "-e", python, "play.yml"]
        lines = []
        with subprocess.Popen(
            command,
            cwd=folder,
            env=kept,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as process:
            assert process.stdout is not None
            try:
                lines.extend(self.blotted(raw.decode(errors="replace")) for raw in process.stdout)
                process.wait()
            finally:  # interrupted: nothing may go on writing while it is cleaned up
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
                (folder / "person").unlink(missing_ok=True)  # who works in a diagram leaves
        (folder / "play.log").write_text("".join(lines), "utf-8")
        for verb in self.counts:
            found = re.search(rf"^localhost .*\b{verb}=(\d+)", "".join(lines), re.MULTILINE)
            self.counts[verb] += int(found[1]) if found else 0
        if process.returncode:
            at = next((i for i, line in enumerate(lines) if line.startswith(("[ERROR]", "fatal:", "failed:"))), 0)
            say("".join(line[:2000].rstrip() + "\n" for line in lines[max(at - 2, 0) :][:80]))
            say(f"All of it: {(folder / 'play.log').relative_to(ROOT)}")
        return process.returncode

    def blotted(self, line: str) -> str:
        """Return a line without tokens; one that had any fails the run."""
        for secret in self.secrets:
            if secret in line:
                self.leaked = True
                line = line.replace(secret, "********")
        return line


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("targets", nargs="*", help="names of targets (default: all)")
    options = parser.parse_args()
    url, token = os.environ.get("TMI_URL", "").strip(), os.environ.get("TMI_TOKEN", "").strip()
    if not (url and token):
        raise Failure(
            "Set TMI_URL to the address of a server and TMI_TOKEN to an access token for it; "
            "see docs/docsite/rst/guide_contributing.rst"
        )
    signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(143))  # so that what stands in `finally` is done

    targets = chosen(options.targets, two=bool(os.environ.get("TMI_TOKEN_2")))
    doubtful = list(unprefixed(targets))
    if doubtful:
        raise Failure("These tasks could mean a model that is not of this run:\n" + "\n".join(doubtful))
    server, run = Server(url, token), secrets.token_hex(4)
    me = server.call("GET", "/oauth2/userinfo")
    say(f"{url} as {me.get('email')}; names of models begin with tmi-test-{run}-")
    before = others(server, f"tmi-test-{run}-", me.get("email"))

    variables: dict[str, Any] = {"tmi_live": True}
    for name, variable in (("TMI_TEST_DOCUMENTS", "tmi_wiki"), ("TMI_TEST_SOURCES", "tmi_git")):
        default = {"tmi_wiki": "https://example.com", "tmi_git": "https://github.com"}[variable]
        variables[variable] = os.environ.get(name, "").rstrip("/") or default
    runner, started = Runner(server, run, variables), time.monotonic()
    try:
        failed = [name for number, name in enumerate(targets, 1) if not runner.target(number, name)]
    finally:
        left = server.clean(f"tmi-test-{run}-")
        if left:
            say(f"FAILED: Models are left: {', '.join(left)}")
    after = others(server, f"tmi-test-{run}-", me.get("email"))
    touched = [name for key, (name, _when) in {**after, **before}.items() if before.get(key) != after.get(key)]
    if touched:
        say(f"FAILED: Models that are not of this run have changed: {', '.join(touched)}")
    if runner.leaked:
        say("FAILED: a token stood in what was written (it was blotted out)")
    verdict = f"NOT all passed: {', '.join(failed)}" if failed else "all passed"
    say(
        f"Live: {len(targets)} targets, {runner.counts['ok']} tasks, {time.monotonic() - started:.0f} s, {verdict}; "
        f"{len(left)} models left"
    )
    return 1 if failed or touched or left or runner.leaked else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        say("Interrupted")
        sys.exit(130)
