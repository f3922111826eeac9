#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_definition
short_description: Manage whole threat models as code
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Brings threat models on the server into the state that files define. A definition holds a model with its documents,
    sources, diagrams with their cells, and threats. One task can manage any number of models.
  - All models are read and planned before the first write. If any file has a mistake, nothing is written, and all files
    with mistakes are reported together.
  - Objects that are not in a definition are not changed, so work of people in the web editor is kept. With O(prune) the
    module removes objects that a definition once created and no longer has.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
options:
  state:
    description:
      - V(present) creates missing objects and changes what differs.
      - V(absent) removes the models with everything in them. It fails for a model that was not made from the
        definition, unless O(force) is set, and for a model that people have open in a collaboration session.
    type: str
    choices: [present, absent]
    default: present
  src:
    description:
      - Definitions as YAML or JSON files, one model per file. Each entry is a file, a folder or a pattern such as
        V(models/*.yml). A folder stands for all its files that end in C(.yml), C(.yaml) or C(.json), without folders in
        it.
      - Ansible searches the paths as usual, in C(files) of the role or beside the play. Files are read on the
        controller, wherever the task runs.
      - Files are not templated. A text in a file that looks like a template is an error. Use O(overlay) for values from
        the play.
      - Files that are encrypted with Ansible Vault, as a whole or in single fields (C(!vault)), are decrypted with the
        passwords of the play. This works only for tasks that run on the controller without C(become) and C(async).
      - A number or a boolean without quotes in a text field is read as it is written, so C(version) V(1.10) stays
        V(1.10).
    type: list
    elements: str
  definition:
    description:
      - A definition, or a list of them, in the same form as in a file of O(src).
    type: raw
  overlay:
    description:
      - A part of a definition that is merged into each definition. Objects merge by key, even if they are written as
        lists. Any other value replaces, and V(null) removes. A key that V(null) removes must exist in at least one
        definition.
      - A new key that is similar to a key of a definition is reported in RV(threat_models[].notes).
      - A removed node takes its flows and its threats with it, which RV(threat_models[].notes) reports.
      - A removed object is no longer declared. O(prune) decides whether it is removed from the server.
    type: dict
  name_prefix:
    description:
      - Text before the name and the former name of each model, so that one server can have the same definitions several
        times.
      - A model remembers its prefix, so a C(key) does not find models with another prefix. It also does not find a
        model to which O(overlay) has given another name without a key.
    type: str
    default: ""
  prune:
    description:
      - Undeclared objects to remove. These are objects on the server that are not in the definition.
      - V(none) removes nothing.
      - V(managed) removes objects that a definition has created or taken over before, and cells that have a key.
        Objects that people have added are kept. A cell that they use is kept too and listed in RV(kept).
      - A definition takes over existing objects with its first change to the model.
      - V(all) removes everything that is not in the definition.
      - >-
        Only sections that the definition has are pruned. An empty section, such as C(threats: {}), removes all its
        objects. A missing section removes nothing.
      - Either one level for all, or a map from sections to levels. The sections are V(documents), V(sources) (or
        V(repositories)), V(assets), V(notes), V(diagrams), V(threats), and V(cells) for the cells of diagrams.
      - Metadata and authorization are never pruned.
      - The list of managed objects is in the metadata of the model under C(ansible_managed).
    type: raw
    default: none
  prune_limit:
    description:
      - Maximum number of objects and cells that O(prune) may remove in one run. A plan that would remove more fails
        before anything is written.
    type: int
    default: 20
  protect:
    description:
      - Objects that are never changed or removed, as patterns of section and name, for example V(threats/Legal *) or
        V(diagrams/*). Missing ones are created.
    type: list
    elements: str
    default: []
  force:
    description:
      - Remove a model with O(state=absent) even if nothing shows that it was made from this definition.
    type: bool
    default: false
  on_error:
    description:
      - Handling of the other models if one of them fails.
      - V(stop) starts no further models. Models in progress are finished.
      - V(continue) processes all other models. The task still fails at its end, and RV(threat_models[].error) has the
        error of each model.
    type: str
    choices: [stop, continue]
    default: stop
  parallel:
    description:
      - Number of models to process at once. Objects in one model are always written one after the other.
      - If an overloaded server refuses requests, fewer are sent at once, and more again after it has answered some.
    type: int
    default: 4
  on_twins:
    description:
      - >-
        What to do if several models have the name of a definition, or several objects of a model have the name (for
        threats, also the place) of an object of the definition. People can create such duplicates, and so could two
        runs of version 1.0.0 at the same time.
      - V(fail) fails before anything is written and names all of them.
      - >-
        V(remove) keeps one and removes the others. It keeps the one that a run created under its own id, otherwise one
        that is not empty, otherwise the oldest. Models that were not made from a definition of this C(key) are removed
        only with O(force). Removals count for O(prune_limit), and check mode lists them.
    type: str
    choices: [fail, remove]
    default: fail
    version_added: 1.1.0
  return_diagrams:
    description:
      - Maximum number of changed diagrams in RV(diagrams), which has them before and after the change, for pictures of
        a plan. Nothing more is read from the server for it.
      - Diagrams with more than 1000 cells are left out.
    type: int
    default: 0
    version_added: 1.1.0
  on_unsupported:
    description:
      - What to do with a field that this server does not have.
      - V(fail) fails before anything is written and names the field.
      - V(warn) ignores the field with a warning.
      - V(metadata) keeps the field as metadata of the object and reads it from there again. It fails for a field that
        cannot be kept in this way.
    type: str
    choices: [fail, warn, metadata]
    default: fail
  via:
    description:
      - How the cells of a diagram are written.
      - V(session) writes them through a collaboration session of the diagram, so that people who have it open see the
        changes at once. A session is opened or joined only if cells change, and never in check mode.
      - V(rest) replaces the diagram with one request.
      - V(auto) uses a session if one is open, and V(rest) otherwise.
    type: str
    choices: [auto, rest, session]
    default: auto
notes:
  - >-
    A definition begins with C(tmi_definition: 1), the version of the format. It continues with fields of the model.
    C(key) identifies the model in code. C(name) is its title (default C(key)). Other fields are C(description),
    C(framework), C(status), C(version), C(issue), C(owner), C(reviewer), C(project), C(confidential), C(access) (rows
    of C(user) or C(group), and C(role)) and C(metadata). All keys are listed in R(the reference of
    definitions,ansible_collections.tmi.tmi.docsite.guide_threat_models_as_code.reference), and there is a JSON Schema
    for editors, C(docs/schema/tmi_definition-1.json) in the collection.
  - >-
    Then come the sections C(assets), C(documents), C(sources) (or C(repositories)), C(notes), C(diagrams) and
    C(threats). Each is a map from a key to an object, or a list of objects with C(key) or C(name). The default name of
    an object is its key. Each takes C(id), C(was) (a former name) and C(metadata). If both an object with the former
    name and one with the new name exist, or if another object has the new name, the task fails before it writes.
  - >-
    Documents and sources take C(uri) and C(description), sources also C(type), C(ref) (a map with one of C(branch),
    C(tag) and C(commit)) and C(path). Assets take C(type), C(description), C(criticality), C(sensitivity) and
    C(classification), notes take C(content).
  - >-
    Diagrams take C(description), C(layout) and their cells as C(boundaries), C(nodes) and C(flows). Nodes have C(type)
    (V(actor), V(process), V(store), V(text)), C(label) and C(in), the key of the boundary around them. Flows have
    C(from), C(to) and C(label). C(a -> b: label) is a flow on one line. Nodes and flows take C(assets), a list of keys
    of assets. See M(tmi.tmi.tmi_diagram) for the rest.
  - >-
    Threats take C(at), the place of the threat as C(diagram) or C(diagram/cell), and the options of
    M(tmi.tmi.tmi_threat), among them C(types), C(severity), C(status), C(priority), C(mitigation), C(score), C(cwe),
    C(cvss) and C(refs). C(risk) holds C(likelihood) and C(impact), C(accept) holds C(by), C(until) and C(reason).
    C(controls) is a list of C(name) and C(implemented). It becomes a checklist below the mitigation.
  - >-
    C(base) makes a definition extend a model of the collection, given by its name, or a file, given by its path. C(use)
    copies one threat from either of them, for example V(web-12), V(web_application#web-12) or V(standards/web.yml#tls).
    Maps merge by key. Any other value replaces. V(null) removes.
  - >-
    An object that is removed from a base takes dependent objects with it, which are the flows of a node and the threats
    at a cell. RV(threat_models[].notes) lists them. They are no longer declared, but are kept on the server unless
    O(prune) removes them.
  - All files are checked before the first request, and up to ten mistakes are reported together with file and line. A
    file may have at most 8 MiB, 48 levels of nesting and 500000 values after its aliases are resolved.
  - >-
    C(defaults) holds fields for all objects of a kind, for example C(threat) with C(status). A field of an object
    overrides them.
  - >-
    A field set to V(null) is cleared, unless it removes a field of a base. A missing field is not changed.
  - >-
    Two threats with the same name are distinguished by C(at). If they also have the same place, the task fails, because
    a second run could not distinguish them.
  - YAML 1.1 reads V(on), V(off), V(yes) and V(no) as booleans. Such keys need quotes.
  - The result lists the models in the order of the files.
seealso:
  - module: tmi.tmi.tmi_threat_model
  - module: tmi.tmi.tmi_diagram
  - module: tmi.tmi.tmi_threat
  - module: tmi.tmi.tmi_info
"""

EXAMPLES = r"""
- name: Create or update all models of a folder
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    src: models/

- name: Show the effect of a change of two files
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    src:
      - models/checkout.yml
      - models/payments-*.yml
  check_mode: true
  diff: true

- name: Remove objects that were removed from the files, but nothing that people have added
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    src: models/
    prune: managed
    protect:
      - threats/Legal *

- name: Remove all threats that are not in the files, but nothing from diagrams
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    src: models/
    prune:
      threats: all
    prune_limit: 50

- name: Stop a pipeline if a plan removes something or adds a critical threat
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    src: models/
    prune: managed
  check_mode: true
  register: planned
  failed_when: >-
    planned is failed
    or planned.plan | selectattr('action', 'equalto', 'delete') | length > 0
    or planned.plan | selectattr('fields', 'defined') | map(attribute='fields')
    | selectattr('severity', 'defined') | map(attribute='severity.after') | select('equalto', 'critical') | length > 0

- name: Stop a pipeline if access would change or a trust boundary would be removed
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    src: models/
    prune: managed
  check_mode: true
  register: planned
  failed_when: >-
    planned is failed
    or planned.plan | selectattr('access', 'defined') | length > 0
    or planned.plan | selectattr('cell_changes', 'defined') | map(attribute='cell_changes') | flatten(1)
    | selectattr('kind', 'equalto', 'boundary') | selectattr('action', 'equalto', 'delete') | length > 0

- name: Keep the same models for two environments on one server
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    src: models/
    name_prefix: "{{ item.name }} "
    overlay:
      owner: "{{ item.owner }}"
      metadata:
        environment: "{{ item.name }}"
  loop:
    - name: test
      owner: ana@example.com
    - name: production
      owner: rob@example.com

- name: Define a model in the play and write its cells through a collaboration session
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    via: session
    definition:
      tmi_definition: 1
      key: checkout
      name: Checkout web shop
      framework: STRIDE
      access:
        - user: rob@example.com
          role: writer
      documents:
        adr12:
          name: Decision record 12
          uri: https://wiki.example.com/adr/12
      sources:
        api:
          uri: https://git.example.com/shop/checkout.git
          ref:
            branch: main
      diagrams:
        main:
          name: Checkout flow
          boundaries:
            internet: Internet
            core: Core network
          nodes:
            browser: {type: actor, label: Customer browser, in: internet}
            api: {type: process, label: Checkout API, in: core}
            ledger: {type: store, label: Ledger, in: core}
          flows:
            order: {from: browser, to: api, label: HTTPS}
            post: {from: api, to: ledger, label: Entry}
      defaults:
        threat:
          status: open
      threats:
        replay:
          name: Captured session token replayed
          at: main/order
          types: [Spoofing]
          severity: high
"""

RETURN = r"""
threat_models:
  description: The models, in the order of the definitions.
  returned: always, except for a failure before the plan was made
  type: list
  elements: dict
  contains:
    name:
      description: Name, with O(name_prefix).
      type: str
      sample: Checkout web shop
    id:
      description: Id of the model. V(null) in check mode if the model would be created.
      type: str
      sample: 0b8e3a0e-5a2f-4a57-9f0c-0f5a4b8c6d21
    file:
      description: File of the definition.
      type: str
      sample: models/checkout.yml
    changed:
      description: Whether anything in it has changed, or in check mode would change.
      type: bool
      sample: true
    error:
      description: Error of this model. Present only if it failed.
      type: str
      sample: "threat \"SQL injection\": the server refused it"
    done:
      description: Changes of this model that were written before a failure ended the task. Present only if there are
        any.
      type: list
      elements: str
      sample: ["created threat model \"Checkout web shop\""]
    notes:
      description: Objects that a removal in a definition has taken with it, such as the flows of a node. Present only
        if there are any.
      type: list
      elements: str
      sample: ["diagram \"main\": flow \"f_tune\" is removed with \"tuning_data\""]
    skipped:
      description: Whether this model was skipped because another one failed. Present only if so.
      type: bool
      sample: true
    created:
      description: Number of objects created, the model included.
      type: int
      sample: 17
    restored:
      description: Number of deleted objects that were restored. Always 0 on API v0, which does not keep deleted
        objects.
      type: int
      sample: 0
    updated:
      description: Number of objects changed, without restored ones.
      type: int
      sample: 1
    deleted:
      description: Number of objects removed.
      type: int
      sample: 0
sessions:
  description: Collaboration sessions that were used to write cells.
  returned: if there were any
  type: list
  elements: dict
  contains:
    diagram:
      description: Name of the diagram.
      type: str
      sample: Checkout flow
    operations:
      description: Number of cells written.
      type: int
      sample: 9
    session_ended_for:
      description: E-mail addresses of people who were in the session when the task, which had opened it, left and ended
        it.
      type: list
      elements: str
      sample: []
plan_format:
  description: The version of the form of RV(plan). A version that only adds members has the same number.
  returned: always, except for a failure before the plan was made
  type: int
  sample: 1
plan:
  description:
    - Changes that the task made, or in check mode would make, one entry per object. Unchanged objects have no entry.
    - The model comes first, then its objects in the order of writing.
    - C(docs/schema/tmi_plan-1.json) is its JSON Schema.
    - If models have failed, it is the plan of the failed models only.
  returned: always, except for a failure before the plan was made
  type: list
  elements: dict
  contains:
    action:
      description:
        - V(create), V(restore), V(update), V(delete), or V(none) for an object that is kept for the reason in
          RV(plan[].reason).
        - V(restore) restores a deleted object. RV(plan[].fields) are then the fields that differ from the deleted
          object.
      type: str
      sample: update
    kind:
      description: Kind of the object.
      type: str
      sample: threat
    path:
      description: Name of the model, and name of the object in it.
      type: list
      elements: str
      sample: [Checkout web shop, Captured session token replayed]
    id:
      description: Id of the object. Present only if the object existed before.
      type: str
      sample: 5c1cf1b8-9a57-4f6f-a50e-33ab6c2a7a30
    at:
      description: Place of a threat before the change, or of a new threat. Present only if it has one.
      type: str
      sample: Checkout flow/order
    details:
      description:
        - The most important values of a created or removed object, as texts. Also the id, if it is the only difference
          between two objects.
      type: list
      elements: str
      sample: [high, open]
    access:
      description: V(true) if the change is one of access, that is of C(authorization) or C(owner). Present only if so.
      type: bool
      sample: true
    fields:
      description:
        - Fields that change, with their values C(before) and C(after).
        - For created objects, present only in check mode or diff mode, because otherwise they would repeat the whole
          definition. The C(authorization) of a new model is always present.
      type: dict
      sample: {"severity": {"before": "medium", "after": "high"}}
    cells:
      description: Numbers of cells of a diagram that are C(added), C(changed) and C(removed). Present only if there are
        any.
      type: dict
      sample: {"added": 3, "changed": 1, "removed": 0}
    cell_changes:
      description:
        - Changes of the cells of a diagram, one entry per cell, in the order boundaries, nodes, flows. Present only if
          there are any.
        - For created diagrams, present only in check mode or diff mode.
      type: list
      elements: dict
      contains:
        action:
          description: V(create), V(update) or V(delete).
          type: str
          sample: update
        kind:
          description: V(boundary), V(node) or V(flow).
          type: str
          sample: flow
        name:
          description: Key of the cell, otherwise its label, otherwise its id. With the id if several cells have that
            name.
          type: str
          sample: order
        id:
          description: Id of the cell.
          type: str
          sample: 5e0b8a77-0c1b-5f52-8d7e-1a2b3c4d5e04
        key:
          description: Key of the cell. Present only if it has one.
          type: str
          sample: order
        label:
          description: Label of the cell, after the change. Present only if it has one.
          type: str
          sample: HTTPS
        type:
          description: Type of a node or boundary.
          type: str
          sample: store
        in:
          description: Name of the boundary around the cell. Present only if there is one.
          type: str
          sample: core
        from:
          description: Name of the cell at which a flow begins.
          type: str
          sample: browser
        to:
          description: Name of the cell at which a flow ends.
          type: str
          sample: api
        fields:
          description:
            - Fields that change, with their values C(before) and C(after), under the names of the definition. Places
              are C(x), C(y), C(width) and C(height).
            - For a new cell, all its fields except for those above and its place.
          type: dict
          sample: {"label": {"before": "HTTP", "after": "HTTPS"}}
    reason:
      description:
        - V(pruned) for an object that O(prune) removes, V(protected) for one that O(protect) keeps, V(unclear) for one
          that V(managed) keeps because several objects have its name and one of them is a person's.
        - If a model gets a new name because only its C(key) was found, or if only its key or its C(origin) changes,
          this says so. Otherwise it is missing.
      type: str
      sample: pruned
diagrams:
  description:
    - Diagrams whose cells the task changed, or in check mode would change, and created and removed diagrams, in the
      order of RV(plan) and at most O(return_diagrams).
    - P(tmi.tmi.tmi_plan_diagrams#filter) draws them.
  returned: if O(return_diagrams) is not 0
  type: list
  elements: dict
  contains:
    threat_model:
      description: Name of the model.
      type: str
      sample: Checkout web shop
    name:
      description: Name of the diagram, after the change.
      type: str
      sample: Checkout flow
    key:
      description: Key of the diagram in RV(diagrams[].before) and RV(diagrams[].after).
      type: str
      sample: main
    action:
      description: V(create), V(update) or V(delete).
      type: str
      sample: update
    before:
      description:
        - A definition of the model that has only its name and the diagram before the change. Without the diagram if it
          did not exist.
        - A cell has the same key here and in RV(diagrams[].after).
      type: dict
      sample: {"tmi_definition": 1, "name": "Checkout web shop"}
    after:
      description: The same after the change, as planned. Without the diagram if it is removed.
      type: dict
      sample:
        tmi_definition: 1
        name: Checkout web shop
        diagrams: {"main": {"name": "Checkout flow", "nodes": {"api": {"type": "process", "label": "API"}}}}
kept:
  description: Cells that O(prune) would have removed, but kept because people use them.
  returned: if there are any
  type: list
  elements: dict
  contains:
    threat_model:
      description: Name of the model.
      type: str
      sample: Checkout web shop
    diagram:
      description: Name of the diagram.
      type: str
      sample: Checkout flow
    cell:
      description: Key or label of the cell.
      type: str
      sample: ledger
    used_by:
      description: Keys or labels of the cells that need it.
      type: list
      elements: str
      sample: [Nightly export]
diff:
  description:
    - RV(plan) as text for people. It has every change. An object that is created or removed is one line.
    - Changes of access come first in a model and begin with C([access]).
    - A long text is shown around the change. A text of several lines is shown with its changed lines.
    - Ansible shows it with C(--diff).
  returned: in diff mode
  type: list
  elements: dict
  contains:
    prepared:
      description: >-
        The lines. They begin with C(+) for a created object, C(~) for a changed one, C(-) for a removed one, C(=) for a
        kept one, C(!) for a warning or a failure, and C(#) for a note. The last line counts.
      type: str
      sample: "~ threat model \"Checkout web shop\"\n    + threat \"Captured session token replayed\"\n"
stats:
  description: Counts of the requests that the task sent.
  returned: always
  type: dict
  contains:
    requests:
      description: Requests sent, repetitions included.
      type: int
      sample: 21
    retries:
      description: Requests that were repetitions.
      type: int
      sample: 0
    writes:
      description: >-
        Requests that could change data, and operations sent through sessions. Logins do not count. In check mode always
        V(0).
      type: int
      sample: 12
request_log:
  description:
    - All requests in order, each with status, time, size, number of the server, and waits before repetitions. It holds
      no headers, no bodies and no secrets.
    - On a local connection C(-vvv) shows these lines at once.
  returned: with C(-vvv), if the module is sent to another machine or runs with C(become) or C(async)
  type: list
  elements: str
  sample: ["GET /threat_models?limit=100&offset=0: 200, 12 ms, 5321 bytes"]
done:
  description:
    - Changes that were written before the failure, one line per object. Run the task again to write the rest.
    - RV(threat_models[].done) lists them for each model.
    - A line begins with C(perhaps) if the answer to a write was lost and the server could not be read afterwards.
  returned: failure, if something was written
  type: list
  elements: str
  sample: ["created threat model \"Checkout web shop\""]
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

from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import definition_module

MODULE = definition_module()


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
