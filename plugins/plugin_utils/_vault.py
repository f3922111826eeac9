# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Decrypts texts of Ansible Vault with the passwords of the play."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleError

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError


def decrypting(loader: Any) -> Callable[[str], str]:
    """Return a function that decrypts a text with the secrets of Ansible's data loader, or raises InputError."""

    def decrypt(text: str) -> str:
        vault = loader._vault
        if not vault.secrets:
            raise InputError("is encrypted with Ansible Vault: give its password, as with --ask-vault-pass")
        try:
            return str(vault.decrypt(text.strip().encode()).decode())
        except UnicodeDecodeError:
            raise InputError("is encrypted with Ansible Vault, and the decrypted text is not UTF-8") from None
        except (AnsibleError, ValueError):  # their messages may repeat the text
            raise InputError(
                "is encrypted with Ansible Vault, and none of the play's vault passwords decrypts it"
            ) from None

    return decrypt
