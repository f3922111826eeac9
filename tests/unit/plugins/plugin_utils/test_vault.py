# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts of Ansible Vault are read with the passwords of the play, and with no others."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._vault import decrypting


def secrets(*passwords: str) -> list[tuple[str, Any]]:
    return [("default", VaultSecret(password.encode())) for password in passwords]


def encrypted(content: bytes, password: str = "sesame") -> str:
    return str(VaultLib(secrets(password)).encrypt(content).decode())


def loader(*passwords: str) -> DataLoader:
    found = DataLoader()
    found.set_vault_secrets(secrets(*passwords))
    return found


def test_any_of_the_passwords_opens_a_text() -> None:
    text = encrypted("Zürich: geheim".encode())
    assert decrypting(loader("wrong", "sesame"))(text) == "Zürich: geheim"
    assert decrypting(loader("sesame"))("  %s\n" % text.strip()) == "Zürich: geheim"


@pytest.mark.parametrize(
    ("passwords", "text", "message"),
    [
        ((), encrypted(b"x"), "give its password, as with --ask-vault-pass"),
        (("wrong",), encrypted(b"hush"), "none of the play's vault passwords decrypts it"),
        (("sesame",), "$ANSIBLE_VAULT;1.1;AES256\nno hex", "none of the play's vault passwords decrypts it"),
        (("sesame",), "hush", "none of the play's vault passwords decrypts it"),
        (("sesame",), encrypted(b"\xff\xfe"), "the decrypted text is not UTF-8"),
    ],
)
def test_what_cannot_be_opened_is_a_sentence(passwords: tuple[str, ...], text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        decrypting(loader(*passwords))(text)
    assert "hush" not in str(caught.value)
