#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_files
short_description: Write a folder of reports, definitions or other texts
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Writes many texts into one folder, and only those that differ from the files in it. One task for a folder is many
    times as fast as one M(ansible.builtin.copy) for each file.
  - P(tmi.tmi.tmi_as_files#filter) makes the texts, such as reports of all models or their definitions.
  - Each file is written in one step. A reader gets the old or the new file, also if the run is killed.
  - Other files in the folder are never changed. No file is removed without O(prune).
  - The files are written where the task runs, which may be another machine, such as a web server. The module connects
    to no TMI server.
extends_documentation_fragment:
  - tmi.tmi._attributes.files
options:
  dest:
    description:
      - The folder. It is created if it is missing, with its missing parents. All users who can read the files can
        enter a new folder. An existing one keeps its mode.
    type: path
    required: true
  files:
    description:
      - The files, a map of names to texts. A name has no slash and does not begin with a dot.
    type: dict
    required: true
  mode:
    description:
      - Mode of the files in octal digits. The default is for their owner only, because reports describe weaknesses of
        systems.
    type: raw
    default: "0600"
  part:
    description:
      - A name for these files if other tasks write other files into the same folder. O(prune) then removes only files
        of this part, whose list is C(.tmi_files.) and this name.
    type: str
    default: ""
    version_added: 1.1.0
  prune:
    description:
      - Whether to remove files that earlier tasks wrote and O(files) does not have, for example the report of a removed
        model.
      - For this, the folder gets a list of its files, C(.tmi_files). So only files from tasks since the first one
        with this option are removed. A file that was changed since is kept, with a warning.
    type: bool
    default: false
seealso:
  - plugin: tmi.tmi.tmi_as_files
    plugin_type: filter
  - module: tmi.tmi.tmi_definition_info
"""

EXAMPLES = r"""
- name: Read all models
  tmi.tmi.tmi_definition_info:
    url: https://tmi.example.com
  register: export

- name: Write a report of each model, an index, and a table of all threats
  tmi.tmi.tmi_files:
    dest: reports
    files: "{{ export.definitions | tmi.tmi.tmi_as_files(['html', 'csv']) }}"

- name: Write the models as definitions, and remove the files of removed models
  tmi.tmi.tmi_files:
    dest: exported
    files: "{{ export.definitions | tmi.tmi.tmi_as_files('definition') }}"
    mode: "0644"
    prune: true
"""

RETURN = r"""
dest:
  description: The folder, as an absolute path.
  returned: success
  type: str
  sample: /srv/reports
written:
  description: Names of the files that were created or changed, or would be in check mode.
  returned: success
  type: list
  elements: str
  sample: [checkout.html, index.html]
unchanged:
  description: Names of the files that were as O(files) and O(mode) want them.
  returned: success
  type: list
  elements: str
  sample: [payments.html]
  version_added: 1.1.0
removed:
  description: Names of the files that were removed, or would be in check mode.
  returned: success
  type: list
  elements: str
  sample: [old-shop.html]
kept:
  description: Names of files that O(prune) kept, because they were changed since they were written.
  returned: success
  type: list
  elements: str
  sample: []
diff:
  description: Before and after of each file that changes, in diff mode. Large files are left out.
  returned: success
  type: list
  elements: dict
  sample: [{"before_header": "/srv/reports/a.md", "after_header": "/srv/reports/a.md", "before": "", "after": "# A\n"}]
done:
  description:
    - Changes that were written before the failure. RV(ignore:changed) is then V(true). A second run writes the rest.
  returned: failure, if something was written
  type: list
  elements: str
  sample: [created index.html]
error:
  description:
    - The failure in a form for programs. All members are present. A member without a value is empty.
    - Missing only if Ansible fails before it calls the module, for example because it cannot resolve a template.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - Kind of the failure, from a closed list. The guide on failures explains each code.
      type: str
      choices:
        - invalid_input
        - not_found
        - ambiguous
        - unsupported
        - authentication_failed
        - permission_denied
        - conflict
        - rate_limited
        - rejected
        - server_error
        - wrong_answer
        - name_unknown
        - connection_refused
        - unreachable
        - connection_lost
        - timeout
        - tls
        - proxy
        - missing_library
        - unexpected
      sample: permission_denied
    where:
      description: The wrong option, or the wrong place in a definition with file and line.
      type: str
      sample: ""
    status:
      description: HTTP status. V(0) if there was no answer.
      type: int
      sample: 403
    server_code:
      description: The server's own code for the failure.
      type: str
      sample: forbidden
    message:
      description: The server's message.
      type: str
      sample: You don't have sufficient permissions to perform this action
    details:
      description: Details, if the server gave any.
      type: raw
      sample: null
    request_id:
      description: Id of the request in the server's log, if the server gave one.
      type: str
      sample: 7b3f9a1e
    method:
      description: Method of the failed request.
      type: str
      sample: POST
    path:
      description: Path of the failed request, as the API defines it.
      type: str
      sample: /threat_models
    url:
      description: Full address of the failed request, without its query.
      type: str
      sample: https://tmi.example.com/threat_models
"""

from ansible_collections.tmi.tmi.plugins.module_utils._modules.files import files_module

MODULE = files_module()


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
