# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding and reading definition files; every mistake names its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document, find_files, load_file
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError


def write(folder: Path, text: str, name: str = "shop.yml") -> str:
    """Write a file and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def refusal(path: str) -> str:
    """Return the message with which a file is refused."""
    with pytest.raises(InputError) as caught:
        load_file(path)
    return str(caught.value)


class TestFinding:
    def test_a_folder_gives_its_yaml_and_json_in_order_but_nothing_below(self, tmp_path: Path) -> None:
        for name in ("b.yaml", "a.yml", "c.json", "README.md", "d.yml.orig"):
            write(tmp_path, "", name)
        (tmp_path / "below").mkdir()
        write(tmp_path / "below", "", "e.yml")
        assert [Path(p).name for p in find_files([str(tmp_path)])] == ["a.yml", "b.yaml", "c.json"]

    def test_a_glob_gives_files_only(self, tmp_path: Path) -> None:
        write(tmp_path, "", "shop-1.yml")
        write(tmp_path, "", "shop-2.yml")
        (tmp_path / "shop-3.yml").mkdir()
        assert [Path(p).name for p in find_files([str(tmp_path / "shop-*.yml")])] == ["shop-1.yml", "shop-2.yml"]

    def test_what_several_sources_name_is_read_once_where_it_was_named_first(self, tmp_path: Path) -> None:
        last, first = write(tmp_path, "", "z.yml"), write(tmp_path, "", "a.yml")
        assert find_files([last, str(tmp_path), str(tmp_path / "*.yml")]) == [last, first]

    @pytest.mark.parametrize("name", ["missing.yml", "missing/", "missing-*.yml", "."])
    def test_a_source_that_names_nothing_is_an_error_even_beside_one_that_does(self, tmp_path: Path, name: str) -> None:
        there = write(tmp_path, "", "there.txt")
        with pytest.raises(InputError, match="src") as caught:
            find_files([there, str(tmp_path / name)])
        assert str(tmp_path / name) in str(caught.value)


class TestReading:
    def test_yaml(self, tmp_path: Path) -> None:
        path = write(tmp_path, "tmi_definition: 1\nname: Shop\nmetadata: {tier: 1}\n")
        found = load_file(path)
        assert (found.where, found.data["name"], found.data["metadata"]) == (path, "Shop", {"tier": "1"})

    def test_json(self, tmp_path: Path) -> None:
        assert load_file(write(tmp_path, '{"tmi_definition": 1, "name": "Shop"}', "shop.json")).data["name"] == "Shop"

    def test_dates_stay_the_texts_that_they_are(self, tmp_path: Path) -> None:
        found = load_file(
            write(tmp_path, "tmi_definition: 1\nmetadata: {until: 2026-12-31, at: 2026-12-31T10:00:00Z}\n")
        )
        assert found.data["metadata"] == {"until": "2026-12-31", "at": "2026-12-31T10:00:00Z"}

    def test_anchors_and_merge_keys(self, tmp_path: Path) -> None:
        text = "tmi_definition: 1\nthreats:\n  a: &a {severity: high}\n  b: {<<: *a, severity: low, status: open}\n"
        assert load_file(write(tmp_path, text)).data["threats"]["b"] == {"severity": "low", "status": "open"}

    def test_templates_are_no_code_in_texts_that_may_show_some(self, tmp_path: Path) -> None:
        text = "tmi_definition: 1\ndescription: Writes {{ lookup(1) }}\nnotes: {n: {content: '{{ lookup(1) }}'}}\n"
        found = load_file(write(tmp_path, text)).data
        assert (found["description"], found["notes"]["n"]["content"]) == ("Writes {{ lookup(1) }}", "{{ lookup(1) }}")


class TestMistakes:
    def test_no_yaml_names_the_line(self, tmp_path: Path) -> None:
        path = write(tmp_path, "tmi_definition: 1\nname: Shop\n  key: shop\n")
        assert refusal(path).startswith(path + ":3: is not YAML: ")

    def test_a_key_that_appears_twice_names_the_line_of_the_second(self, tmp_path: Path) -> None:
        path = write(tmp_path, "tmi_definition: 1\nthreats:\n  a: {severity: high}\n  b: {severity: high}\n  a: {}\n")
        assert refusal(path) == path + ":5: is not YAML: key 'a' appears twice"

    def test_keys_that_are_booleans_are_reported_one_by_one(self, tmp_path: Path) -> None:
        path = write(tmp_path, "tmi_definition: 1\nthreats:\n  on: {}\n  yes: {}\n")
        first, *lines = refusal(path).splitlines()
        assert first == "2 mistakes:"
        assert [line.split(" YAML reads")[0] for line in lines] == [path + ":3: on:", path + ":4: yes:"]
        assert all(line.endswith("put it in quotes") for line in lines)

    @pytest.mark.parametrize("tag", ["!!python/object/apply:os.getcwd []", "!!set {a}", "!!binary YQ==", "!Custom {}"])
    def test_tags_are_not_executed(self, tmp_path: Path, tag: str) -> None:
        path = write(tmp_path, "tmi_definition: 1\nname: %s\n" % tag)
        assert refusal(path).startswith(path + ":2: is not YAML: ")

    def test_no_json(self, tmp_path: Path) -> None:
        path = write(tmp_path, '{"tmi_definition": 1,\n"name": }', "shop.json")
        message = refusal(path)
        assert message.startswith(path)
        assert "shop.json:2: " in message

    def test_a_file_that_is_no_text(self, tmp_path: Path) -> None:
        path = tmp_path / "shop.yml"
        path.write_bytes(b"tmi_definition: 1\nname: \xff\n")
        assert refusal(str(path)).startswith("%s:2: is not UTF-8" % path)

    def test_a_file_that_is_gone(self, tmp_path: Path) -> None:
        path = str(tmp_path / "shop.yml")
        assert refusal(path) == path + ": cannot be read: No such file or directory"

    @pytest.mark.parametrize("data", [None, [], "Shop", 1])
    def test_no_map_is_no_definition(self, data: object) -> None:
        with pytest.raises(InputError, match=r"^here: is not a definition: .*tmi_definition: 1"):
            document(data, "here")

    @pytest.mark.parametrize("data", [{}, {"tmi_definition": 2}, {"tmi_definition": "1"}, {"name": "Shop"}])
    def test_the_version_of_the_format_must_be_given(self, data: object) -> None:
        with pytest.raises(InputError, match=r"^here( tmi_definition)?: needs tmi_definition: 1"):
            document(data, "here")
