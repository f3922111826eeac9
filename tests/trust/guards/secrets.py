# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What replaces the guards of promises about secrets and files; only the standard library may be imported here."""

from __future__ import annotations

import fcntl
import os


def shown(_original):
    """Let results with tokens be shown."""

    def censored(result, _secret_results):
        return result

    return censored


def allowed(_original):
    """Let modules with tokens in their result run as background jobs."""

    def check_foreground(*_arguments):
        return None

    return check_foreground


def as_they_are(_original):
    """Leave secrets in the environment."""

    def sendable(args, environment):
        return dict(args), dict(environment)

    return sendable


def in_clear(_original):
    """Tell questions to a server apart by all options as they are."""

    def fingerprint(options):
        return repr(options)

    return fingerprint


def without_end(_original):
    """Wait for a lock as long as it takes."""

    def lock(self, name, _seconds):
        file = os.open(self.place(name), os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        return file

    return lock


def by_umask(_original):
    """Make folders as the umask has them."""

    def make(folder):
        os.makedirs(folder, mode=0o700, exist_ok=True)

    return make


def unseen(_original):
    """Look at nothing."""

    def check(*_arguments):
        return None

    return check


FOLDER = "ansible_collections.tmi.tmi.plugins.module_utils._files.private_folder:"
PLUGINS = "ansible_collections.tmi.tmi.plugins."
OFF = {
    PLUGINS + "plugin_utils._action:censored": shown,
    PLUGINS + "plugin_utils._action:check_foreground": allowed,
    PLUGINS + "plugin_utils._action:sendable": as_they_are,
    PLUGINS + "plugin_utils._inventory.source:fingerprint": in_clear,
    FOLDER + "PrivateFolder._lock": without_end,
    FOLDER + "make_folders": by_umask,
    FOLDER + "PrivateFolder._check": unseen,
    FOLDER + "PrivateFolder._check_file": unseen,
}
