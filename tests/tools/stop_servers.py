# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stop every embedded server of a state folder: stop_servers.py FOLDER. Any Python from 3.11 on will do."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "roles" / "sandbox" / "files"))

from tmi_sandbox.daemon import stop_all
from tmi_sandbox.pid_file import SandboxError

if __name__ == "__main__":
    try:
        stopped = stop_all(Path(sys.argv[1]).absolute())
    except SandboxError as problem:
        sys.exit(f"{sys.argv[1]}: {problem}")
    print("\n".join(f"Stopped the server at {url}." for url in stopped) or "No server of this folder runs.")
