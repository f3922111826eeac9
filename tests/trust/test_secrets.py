# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret reaches a result, a log or a file: whole playbooks at -vvv, and all that they show and leave behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.tmi.tmi.tests.harness.server import PROVIDERS

HERE = Path(__file__).resolve().parent
PROMISE = "No secret reaches a result, a log or a file"
PLUGINS = "ansible_collections.tmi.tmi.plugins."
#: Seconds after which a playbook counts as one that hangs.
LONGEST = 600
#: The first one is what the sample takes, and the proof that the test can fail.
WAYS: dict[str, dict[str, Any]] = {
    "connection-become": {"connection": "talkative", "become": True, "pipelining": True},
    "connection": {"connection": "talkative"},
    "become": {"become": True, "pipelining": True},
    "worker": {},
}
#: What holds secrets because it was asked to, and is private; also the folder in which core has what it sends, which
#: background jobs remove some seconds after their end.
PRIVATE = ("private", "cache", "facts.json", "kept.json", "remote")

Run = Callable[..., str]


def sentinels(server: Any) -> dict[str, str]:
    """Return a secret of each kind; those that the server must accept are true ones."""
    names = ("wrong_token", "client_secret", "refresh_token", "password", "proxy", "code", "file_token")
    return {"token": server.log_in("bob")["access_token"], **{name: f"S3-{name}-{uuid.uuid4()}" for name in names}}


@pytest.fixture
def folder() -> Iterator[Path]:
    """Return a folder whose path is short, for core has sockets below it."""
    with tempfile.TemporaryDirectory(prefix="tmi-") as made:
        yield Path(made)


@pytest.fixture
def run(server: Any, folder: Path) -> Run:
    """Return what runs a playbook in a home of its own, and returns all that it showed."""

    def play(name: str, way: dict[str, Any], secrets: dict[str, str], *arguments: str) -> str:
        facts = {"way": way, "secrets": secrets, "url": server.url, "folder": str(folder)}
        facts.update(kept=str(folder / "kept.json"), provider=PROVIDERS[server.api])
        (folder / "facts.json").write_text(json.dumps(facts))
        home = folder / "home"
        home.mkdir(exist_ok=True)
        env = {name: value for name, value in os.environ.items() if not name.startswith("TMI_") or "TRUST" in name}
        env.update(HOME=str(home), TMPDIR=str(home), ANSIBLE_LOG_PATH=str(folder / "log"), ANSIBLE_NOCOLOR="1")
        env.update(ANSIBLE_CONNECTION_PLUGINS=str(HERE / "plugins" / "connection"))
        env.update(ANSIBLE_BECOME_PLUGINS=str(HERE / "plugins" / "become"), ANSIBLE_INJECT_INVOCATION="1")
        env.update(ANSIBLE_ASYNC_DIR=str(folder / "jobs"), ANSIBLE_REMOTE_TMP=str(folder / "remote"))
        env.update(ANSIBLE_CACHE_PLUGIN="jsonfile", ANSIBLE_CACHE_PLUGIN_CONNECTION=str(folder / "facts"))
        shown = subprocess.run(
            [Path(sys.executable).with_name("ansible-playbook"), HERE / "playbooks" / name, "-i", "localhost,", "-vvv"]
            + ["--diff", "-e", f"@{folder / 'facts.json'}", *arguments],
            env=env,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=LONGEST,
        )
        text = shown.stdout + shown.stderr
        assert shown.returncode == 0, text
        assert "Traceback" not in text, text
        return text

    return play


def leaks(text: str, folder: Path, secrets: dict[str, str]) -> list[str]:
    """Return where secrets are found: in what was shown, and in files that are not there to hold them."""
    places = {"output": text}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).parts[0] not in PRIVATE:
            places[str(path.relative_to(folder))] = path.read_text("utf-8", errors="replace")
    lines = [(place, line) for place, text in places.items() for line in text.splitlines()]
    return [f"{name} in {place}: {line[:200]}" for place, line in lines for name in secrets if secrets[name] in line]


def write_files(folder: Path, secrets: dict[str, str]) -> None:
    """Write the files that tasks read secrets from."""
    (folder / "private").mkdir(mode=0o700)
    contents = {
        "good.env": f"TMI_TOKEN={secrets['token']}\n",
        "refused.env": f"TMI_TOKEN={secrets['file_token']}\n",
        "broken.env": f"TMI_TOKEN={secrets['file_token']} x\n",
    }
    for name, content in contents.items():
        (folder / "private" / name).write_text(content)
        (folder / "private" / name).chmod(0o600)


def sweep(run: Run, server: Any, folder: Path, way: str, record: Callable[[str, object], None]) -> None:
    """Run the playbook of all secrets in one way, and look for them."""
    server.clear()
    secrets = sentinels(server)
    write_files(folder, secrets)
    text = run("secrets.yml", WAYS[way], secrets)
    secrets["access"], secrets["refresh"] = json.loads((folder / "kept.json").read_text())
    for number, entry in enumerate(json.loads((folder / "cache" / "tokens.json").read_text())["entries"].values()):
        secrets.update({f"cached {name} {number}": entry[name] for name in ("access_token", "refresh_token")})
    found = leaks(text, folder, secrets)
    record("cases", len(secrets))
    assert not found, "\n".join(found)


@pytest.mark.promise(PROMISE, sample=1, guard=PLUGINS + "plugin_utils._action:censored")
@pytest.mark.parametrize("way", WAYS)
def test_playbooks_show_no_secret(
    run: Run, server: Any, folder: Path, way: str, record_property: Callable[[str, object], None]
) -> None:
    sweep(run, server, folder, way, record_property)


@pytest.mark.promise(PROMISE, sample=1, guard=PLUGINS + "plugin_utils._action:sendable")
@pytest.mark.parametrize("way", ["connection"])
def test_environments_show_no_secret(
    run: Run, server: Any, folder: Path, way: str, record_property: Callable[[str, object], None]
) -> None:
    server.clear()
    secrets = sentinels(server)
    write_files(folder, secrets)
    text = run("secrets_environment.yml", WAYS[way], secrets)
    found = leaks(text, folder, secrets)
    record_property("cases", 5)
    assert not found, "\n".join(found)


@pytest.mark.promise(PROMISE, sample=1, guard=PLUGINS + "plugin_utils._action:check_foreground")
@pytest.mark.parametrize("poll", [0, 1])
def test_background_jobs_show_no_secret(run: Run, server: Any, folder: Path, poll: int) -> None:
    server.clear()
    secrets = sentinels(server)
    text = run("secrets_background.yml", {"poll": poll}, secrets)
    assert not leaks(text, folder, secrets)
    assert "Leave async and poll out" in text


@pytest.mark.promise(PROMISE, sample=1, guard=PLUGINS + "plugin_utils._inventory.source:fingerprint")
def test_a_cached_inventory_holds_no_secret(server: Any, folder: Path) -> None:
    server.clear()
    secrets = sentinels(server)
    source = {"plugin": "tmi.tmi.tmi_inventory", "url": server.url, "token": secrets["token"], "cache": True}
    source.update(cache_plugin="ansible.builtin.jsonfile", cache_connection=str(folder / "cached"))
    (folder / "private").mkdir()
    (folder / "private" / "models.tmi.yml").write_text(yaml.safe_dump(source))
    shown = subprocess.run(
        [Path(sys.executable).with_name("ansible-inventory"), "-i", folder / "private" / "models.tmi.yml", "--list"]
        + ["-vvvv"],
        env={**os.environ, "HOME": str(folder / "home"), "ANSIBLE_INVENTORY_ENABLED": "tmi.tmi.tmi_inventory"},
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
    )
    assert shown.returncode == 0, shown.stderr
    assert list((folder / "cached").iterdir())
    assert not leaks(shown.stdout + shown.stderr, folder, secrets)
