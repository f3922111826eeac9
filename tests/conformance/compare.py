# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send the same generated requests to two TMI servers and say where their answers differ.

    compare.py URL [URL] [--api v1] [--count 5000] [--seed 1]

The first is taken for right, as a real server is; without a second the embedded server of this tree is started.
Requests come from the OpenAPI description of the generation, and go in conversations: each makes a threat model of its
own, sends some requests to it, and deletes it. A conversation ends with the first write that the two answer
differently, because from then on they hold different things. Differences of `accepted_differences.yaml` are counted
apart. The exit code is 1 if there are others.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml
from answers import Difference, Pairs, class_of, differences
from api_requests import MODEL, Api, kind_made
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schema_values import Ref
from sides import Answer, Request, Side

Json = Any
ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("TMI_SHARED") or ROOT.parent / "shared")
ACCEPTED = Path(__file__).with_name("accepted_differences.yaml")
DESCRIPTIONS = {"v0": "tmi-0.99.1-openapi.json", "v1": "tmi-1.8.22-openapi.json"}
LENGTH = 30  # of a conversation
SHOWN = 300


class Comparison:
    """Two servers, what was sent to them, and what came of it."""

    def __init__(self, urls: list[str], arguments: argparse.Namespace) -> None:
        run = secrets.token_hex(3)
        self._urls = (urls[0].rstrip("/"), urls[1].rstrip("/"))
        self._sides = [Side(url, arguments.api, run) for url in self._urls]
        self._users = tuple(f"cmp-{run}-{role}" for role in "owrx")
        self.api = Api(arguments.schema, arguments.api, (*self._users, "alice"))
        self._accepted = yaml.safe_load(ACCEPTED.read_text("utf-8")) or []
        self._log = arguments.log.open("w", encoding="utf-8") if arguments.log else None
        self._most = arguments.count
        self._seen: set[str] = set()  # Hypothesis likes to repeat itself
        self.sent = self.conversations = 0
        self.classes: Counter[str] = Counter()
        self.excused: Counter[str] = Counter()
        self.reasons: dict[str, str] = {}
        self.examples: dict[str, str] = {}
        for side in self._sides:
            side.send(Request("GET", "/config", ""))  # a real server shows some members of documents only after this
            for user in self.api.users:
                side.log_in(user)

    def close(self) -> None:
        """Close connections and files."""
        for side in self._sides:
            side.close()
        if self._log:
            self._log.close()

    def converse(self, requests: list[Request]) -> None:
        """Send one conversation to both servers."""
        if self.sent >= self._most or repr(requests) in self._seen:
            return
        self._seen.add(repr(requests))
        self.conversations += 1
        pairs = Pairs()
        for side in self._sides:
            side.ids = {}
        estate = self.api.estate(self.conversations)
        for request in estate:
            answers = self._both(request)
            found = differences(answers[0], answers[1], pairs, self._urls)
            if answers[0].status != 201 or found:
                self._count(request, found or [Difference("/status", answers[0].status, 201)], answers)
                return
        for request in requests:
            if self.sent >= self._most:
                break
            self.sent += 1
            answers = self._both(request)
            found = differences(answers[0], answers[1], pairs, self._urls)
            if found:
                self._count(request, found, answers)
                if request.method != "GET":
                    break
        self._both(Request("DELETE", "/threat_models/{threat_model_id}", "alice", {"threat_model_id": Ref(MODEL, 0)}))

    def _both(self, request: Request) -> list[Answer]:
        answers = [side.send(request) for side in self._sides]
        kind = kind_made(request)
        made = [answer.body.get("id") if isinstance(answer.body, dict) else None for answer in answers]
        if kind and all(answer.status == 201 for answer in answers) and all(isinstance(one, str) for one in made):
            for side, one in zip(self._sides, made, strict=True):
                side.ids.setdefault(kind, []).append(one)
        return answers

    def _count(self, request: Request, found: list[Difference], answers: list[Answer]) -> None:
        name = class_of(request.operation, found)
        example = self._example(request, found, answers)
        if self._log:
            self._log.write(f"{name}\n{example}\n\n")
        reason = next((one["reason"] for one in self._accepted if fnmatchcase(name, one["class"])), None)
        if reason is None:
            self.classes[name] += 1
            self.examples.setdefault(name, example)
        else:
            self.excused[name] += 1
            self.reasons[name] = reason

    def _example(self, request: Request, found: list[Difference], answers: list[Answer]) -> str:
        def short(value: Json) -> str:
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=True)
            return text if len(text) <= SHOWN else text[:SHOWN] + "…"

        first = self._sides[0]
        lines = [f"    {request.user or 'nobody'}: {request.method} {short(first.address(request))} {request.headers}"]
        if request.has_body:
            lines.append(f"    body {short(first.rendered(request.body))}")
        lines += [f"    {one.where}: {short(one.first)} / {short(one.second)}" for one in found[:4]]
        lines += [f"    {answer.status} {short(answer.body)}" for answer in answers]
        return "\n".join(lines)

    def report(self) -> int:
        """Print what was found and return the exit code."""
        for title, classes, more in (
            ("Differences", self.classes, self.examples),
            ("Accepted differences", self.excused, self.reasons),
        ):
            print(f"{title}, by class, worst first:")
            for name, count in classes.most_common():
                print(f"{count:5} {name}\n{more[name]}")
        different, excused = self.classes.total(), self.excused.total()
        share = 100 * max(0.0, 1 - (different + excused) / max(1, self.sent))
        print(
            f"{self.sent} requests in {self.conversations} conversations: {share:.2f} % equal, "
            f"{excused} with accepted differences, {different} with others in {len(self.classes)} classes"
        )
        return 1 if different else 0


@contextmanager
def embedded(api: str, hosts: str) -> Iterator[str]:
    """Run an embedded server and return its address; it ends with this process, however that ends."""
    command = [sys.executable, "-m", "tmi_sandbox", "serve", "--port=0", "--data=:memory:", "--until-input-ends"]
    command += [f"--api={api}", f"--allow-hosts={hosts}"]
    surroundings = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "roles" / "sandbox" / "files"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=surroundings
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
        process.stdin.close()


def conversations(api: Api, comparison: Comparison, number: int) -> None:
    """Have one run of Hypothesis make conversations, until enough was sent."""

    @seed(number)
    @settings(
        max_examples=50,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def run(data: st.DataObject) -> None:
        comparison.converse([api.request(data.draw) for _place in range(LENGTH)])

    run()


def main() -> int:
    """Parse the command line and compare."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("url", help="address of the server that is taken for right")
    parser.add_argument("other", nargs="?", help="address of the other one (an embedded server that is started)")
    parser.add_argument(
        "--allow-hosts",
        default="*.example.com,*.example.org,github.com",
        metavar="NAME,...",
        help="hosts that the first lets documents lie on, for the embedded server (%(default)s)",
    )
    parser.add_argument("--api", choices=sorted(DESCRIPTIONS), default="v1", help="API generation (%(default)s)")
    parser.add_argument(
        "--schema", type=Path, help="OpenAPI description (the one of the generation in ../shared/schema)"
    )
    parser.add_argument("--count", type=int, default=5000, help="how many requests to send (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the same number makes the same requests (%(default)s)")
    parser.add_argument("--log", type=Path, help="file for every difference, not just one of each class")
    arguments = parser.parse_args()
    arguments.schema = arguments.schema or SHARED / "schema" / DESCRIPTIONS[arguments.api]
    if not arguments.schema.is_file():
        parser.error(f"{arguments.schema} is not there; --schema or TMI_SHARED can name another place")
    with ExitStack() as stack:
        other = arguments.other or stack.enter_context(embedded(arguments.api, arguments.allow_hosts))
        comparison = Comparison([arguments.url, other], arguments)
        stack.callback(comparison.close)
        number = arguments.seed * 1000
        with suppress(KeyboardInterrupt):  # whoever has seen enough still gets the report
            while comparison.sent < arguments.count:
                before = comparison.sent
                conversations(comparison.api, comparison, number)
                if comparison.sent == before:
                    break
                number += 1
    return comparison.report()


if __name__ == "__main__":
    sys.exit(main())
