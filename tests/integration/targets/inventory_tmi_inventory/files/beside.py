# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run commands beside one another and print what each has said, as JSON: ``beside.py '[[COMMAND, …], …]'``."""

from __future__ import annotations

import json
import subprocess
import sys


def main(commands):
    """Start them all, then wait; the first that fails gives the exit code."""
    running = [
        subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)
        for argv in commands
    ]
    sys.stdout.write(json.dumps([process.communicate()[0] for process in running]))
    return next((process.returncode for process in running if process.returncode), 0)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
