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
  - Makes threat models on the server what files say they are. A model comes with its documents, sources, diagrams with
    their cells, and threats. Any number of models can be given in one task.
  - All models are read and planned before the first write. A mistake in the last file leaves the server untouched, and
    all files with mistakes are named at once.
  - What is not in a definition is left alone, so that what people add in the web editor stays. With O(prune) the module
    removes what a definition once made and does not have any more.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
options:
  state:
    description:
      - V(present) creates what is not there and changes what differs.
      - V(absent) removes the models with all that is in them. A model that was not made from the definition is refused
        unless O(force) is set, and so is one that people have open in a collaboration session.
    type: str
    choices: [present, absent]
    default: present
  src:
    description:
      - Definitions as files of YAML or JSON, one model a file. Each entry is a file, a folder or a pattern like
        V(models/*.yml). Of a folder all files that end in C(.yml), C(.yaml) or C(.json) are taken, but none of the
        folders in it.
      - Paths are looked for as Ansible does, in C(files) of the role or beside the play. Files are read on the
        controller, wherever the task runs.
      - They are read by the module, not by Ansible. Nothing in them is templated, and what looks like a template is an
        error. O(overlay) brings values of the play in.
      - Files that are encrypted with Ansible Vault, as a whole or in single fields (C(!vault)), are decrypted with the
        passwords that the play has. That is done on the controller, for tasks that run there without C(become) and
        C(async).
      - A number or a boolean without quotes is the text that is written where a field is a text, so C(version) V(1.10)
        is V(1.10).
    type: list
    elements: str
  definition:
    description:
      - A definition, or a list of them, in the same form as in a file of O(src).
    type: raw
  overlay:
    description:
      - A piece of a definition that is laid over each of them. Objects merge by key, also where they are written as
        lists. Anything else replaces, and V(null) removes. A key that V(null) removes must be in at least one of the
        definitions.
      - A new key that nearly is one of a definition is told in RV(threat_models[].notes).
      - With a node go its flows and the threats at it, which RV(threat_models[].notes) tells.
      - What is removed is no longer wanted. Whether it is removed from the server says O(prune).
    type: dict
  name_prefix:
    description:
      - Put before the name and the former name of each model, so that the same definitions can be on one server
        several times.
      - A model remembers it, so that its C(key) finds no model of another prefix. Nor does it find one to which
        O(overlay) has given another name without a key.
    type: str
    default: ""
  prune:
    description:
      - What to remove of what is on the server but not in the definition.
      - V(none) removes nothing.
      - V(managed) removes what a definition has made or taken over before, and cells that bear a key. What people have
        added stays, and a cell that they use for something stays too, and is listed in RV(kept).
      - A definition takes over what is on the server already with the first change that it makes to the model.
      - V(all) removes everything that is not in the definition.
      - >-
        Only sections that the definition has are looked at. An empty one, such as C(threats: {}), is emptied. One that
        is left out is left alone.
      - Either one level for all, or a map of sections to levels. The sections are V(documents), V(sources) (or
        V(repositories)), V(assets), V(notes), V(diagrams), V(threats), and V(cells) for the cells of diagrams.
      - Metadata and authorization are never pruned.
      - What a model remembers as managed is in its metadata under C(ansible_managed).
    type: raw
    default: none
  prune_limit:
    description:
      - The most objects and cells that O(prune) may remove in one run. A plan that would remove more fails before
        anything is written.
    type: int
    default: 20
  protect:
    description:
      - Objects that are never changed or removed, as patterns of section and name, for example V(threats/Legal *) or
        V(diagrams/*). They are created where they are not there.
    type: list
    elements: str
    default: []
  force:
    description:
      - Remove a model with O(state=absent) also where nothing on it shows that this definition made it.
    type: bool
    default: false
  on_error:
    description:
      - What becomes of the other models when one of them fails.
      - V(stop) begins nothing new. What has begun is brought to its end.
      - V(continue) goes on with all others. The task fails at its end nevertheless, and RV(threat_models[].error) tells
        for each model what was wrong.
    type: str
    choices: [stop, continue]
    default: stop
  parallel:
    description:
      - How many models to work on at once. What is in one model is always written one after the other.
      - A server that refuses requests for want of room gets fewer at once, and more again when it has answered some.
    type: int
    default: 4
  on_twins:
    description:
      - >-
        What to do if several models bear the name of a definition, or several objects of a model bear the name (threats
        also the place) of one that the definition has. People can make such twins, and two runs of version 1.0.0 at the
        same time could.
      - V(fail) stops before anything is written and names all of them.
      - >-
        V(remove) goes on with one and removes the others. It is the one that a run made under an id of its own, else
        one that holds something, else the oldest. Models that were not made from a definition of this C(key) are
        removed only with O(force). What goes counts for O(prune_limit), and check mode lists it.
    type: str
    choices: [fail, remove]
    default: fail
    version_added: 1.1.0
  on_unsupported:
    description:
      - What to do with a field that this server does not have.
      - V(fail) stops before anything is written and names the field.
      - V(warn) leaves the field out and says so in a warning.
      - V(metadata) keeps it as metadata of the object, from where it is read again. Where a field cannot be kept so, it
        fails.
    type: str
    choices: [fail, warn, metadata]
    default: fail
  via:
    description:
      - How the cells of a diagram are written.
      - V(session) posts them through a collaboration session of the diagram, so that people who have it open see them
        arrive. A session is opened or joined only where cells change, and never in check mode.
      - V(rest) replaces the diagram with one request.
      - V(auto) uses a session where one is open already, and V(rest) otherwise.
    type: str
    choices: [auto, rest, session]
    default: auto
notes:
  - >-
    A definition begins with C(tmi_definition: 1), the version of the format. Fields of the model follow. C(key) is the
    name by which the model is known in code, C(name) its title (default C(key)), C(description), C(framework),
    C(status), C(version), C(issue), C(owner), C(reviewer), C(project), C(confidential), C(access) (rows of C(user) or
    C(group), and C(role)) and C(metadata). All keys are told in
    R(the reference of definitions,ansible_collections.tmi.tmi.docsite.guide_threat_models_as_code.reference),
    and there is a JSON Schema for editors, C(docs/schema/tmi_definition-1.json) in the collection.
  - >-
    Then come the sections C(assets), C(documents), C(sources) (or C(repositories)), C(notes), C(diagrams) and
    C(threats). Each is a map from
    a key to an object, or a list of objects with C(key) or C(name). The name of an object is its key unless it says
    otherwise. Each takes C(id), C(was) (a former name) and C(metadata). If an object of the former name and one of the
    new name are both there, or if another object bears a name that one is to get, the task fails before it writes.
  - >-
    Documents and sources take C(uri) and C(description), sources also C(type), C(ref) (a map with one of C(branch),
    C(tag) and C(commit)) and C(path). Assets take C(type), C(description), C(criticality), C(sensitivity) and
    C(classification), notes take C(content).
  - >-
    Diagrams take C(description), C(layout) and their cells as C(boundaries), C(nodes) and C(flows). Nodes have C(type)
    (V(actor), V(process), V(store), V(text)), C(label) and C(in), the key of the boundary that they lie in. Flows have
    C(from), C(to) and C(label). C(a -> b: label) is a flow on one line. Both take C(assets), keys of the assets. See
    M(tmi.tmi.tmi_diagram) for the rest.
  - >-
    Threats take C(at), the place of the threat as C(diagram) or C(diagram/cell), and the options of
    M(tmi.tmi.tmi_threat), among them C(types), C(severity), C(status), C(priority), C(mitigation), C(score), C(cwe),
    C(cvss) and C(refs). C(risk) holds C(likelihood) and C(impact), C(accept) holds C(by), C(until) and C(reason).
    C(controls) is a list of C(name) and C(implemented), which becomes a check list below the mitigation.
  - >-
    C(base) lays a definition on a model that comes with the collection, by its name, or on a file, by its path.
    C(use) takes one threat out of either, such as V(web-12), V(web_application#web-12) or V(standards/web.yml#tls).
    Maps merge by key, anything else replaces, V(null) removes.
  - >-
    What is removed from a base takes along what cannot be without it. These are the flows of a node and the threats at
    a cell. RV(threat_models[].notes) lists them. They are no longer wanted, but stay on the server unless O(prune)
    says otherwise.
  - All files are checked before the server is asked, and up to ten mistakes are told at once, with file and line. A
    file may have 8 MiB, 48 levels of nesting and 500000 values, with what its aliases stand for.
  - >-
    C(defaults) holds fields for all objects of a kind, for example C(threat) with C(status). What an object says itself
    counts more.
  - >-
    A field set to V(null) is cleared, unless it removes a field of a base. A field that is left out is left alone.
  - >-
    Two threats of one name are told apart by C(at). Two that have the same place too are refused, since a second run
    could not tell which is which.
  - YAML 1.1 reads V(on), V(off), V(yes) and V(no) as booleans. Keys of that kind need quotes.
  - The result lists the models in the order of the files.
seealso:
  - module: tmi.tmi.tmi_threat_model
  - module: tmi.tmi.tmi_diagram
  - module: tmi.tmi.tmi_threat
  - module: tmi.tmi.tmi_info
"""

EXAMPLES = r"""
- name: Have all models of a folder
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    src: models/

- name: See what a change of two files would do
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    src:
      - models/checkout.yml
      - models/payments-*.yml
  check_mode: true
  diff: true

- name: Remove what was taken out of the files, but nothing that people have added
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    src: models/
    prune: managed
    protect:
      - threats/Legal *

- name: Let the files be all there is of threats, and leave diagrams alone
  tmi.tmi.tmi_definition:
    url: https://tmi.example.com
    src: models/
    prune:
      threats: all
    prune_limit: 50

- name: Stop a pipeline where a plan removes something or brings a critical threat
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

- name: The same models for two environments on one server
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

- name: A model in the play itself, its cells posted through a collaboration session
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
  returned: always, but for a failure before the plan was made
  type: list
  elements: dict
  contains:
    name:
      description: Name, with O(name_prefix).
      type: str
      sample: Checkout web shop
    id:
      description: Id of the model. V(null) in check mode where the model would be created.
      type: str
      sample: 0b8e3a0e-5a2f-4a57-9f0c-0f5a4b8c6d21
    file:
      description: Where the definition stands.
      type: str
      sample: models/checkout.yml
    changed:
      description: Whether anything in it has changed, or in check mode would change.
      type: bool
      sample: true
    error:
      description: What was wrong with this model. Only there if it failed.
      type: str
      sample: "threat \"SQL injection\": the server refused it"
    done:
      description: What had been written of this model when a failure ended the task. Only there if something was.
      type: list
      elements: str
      sample: ["created threat model \"Checkout web shop\""]
    notes:
      description: What a removal in a definition has taken along, such as the flows of a node. Only there if any.
      type: list
      elements: str
      sample: ["diagram \"main\": flow \"f_tune\" is removed with \"tuning_data\""]
    skipped:
      description: That nothing was done for this model since another one failed. Only there if so.
      type: bool
      sample: true
    created:
      description: Number of objects created, the model among them.
      type: int
      sample: 17
    restored:
      description: Number of objects that had been deleted and came back. Always 0 on API v0, which keeps none.
      type: int
      sample: 0
    updated:
      description: Number of objects changed, those that came back not among them.
      type: int
      sample: 1
    deleted:
      description: Number of objects removed.
      type: int
      sample: 0
sessions:
  description: Collaboration sessions that cells were posted through.
  returned: when there were any
  type: list
  elements: dict
  contains:
    diagram:
      description: Name of the diagram.
      type: str
      sample: Checkout flow
    operations:
      description: Number of cells posted.
      type: int
      sample: 9
    session_ended_for:
      description: People who were in the session when it ended because the task, which had opened it, left.
      type: list
      elements: str
      sample: []
plan:
  description:
    - What has changed, or in check mode would change, one entry an object. Objects that stay as they are have none.
    - The model comes first, then its objects in the order of writing.
    - If models have failed, it is the plan of those alone.
  returned: always, but for a failure before the plan was made
  type: list
  elements: dict
  contains:
    action:
      description:
        - V(create), V(restore), V(update), V(delete), or V(none) for what RV(plan[].reason) keeps as it is.
        - V(restore) brings a deleted object back, with RV(plan[].fields) other than it was when it was deleted.
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
      description: Id of the object. Only there if it was there before.
      type: str
      sample: 5c1cf1b8-9a57-4f6f-a50e-33ab6c2a7a30
    fields:
      description:
        - The fields that change, with their values C(before) and C(after).
        - Of objects that are created only in check mode or diff mode, since there they would be the whole definition
          once more.
      type: dict
      sample: {"severity": {"before": "medium", "after": "high"}}
    cells:
      description: How many cells of a diagram are C(added), C(changed) and C(removed). Only there if some are.
      type: dict
      sample: {"added": 3, "changed": 1, "removed": 0}
    reason:
      description:
        - V(pruned) for what goes because of O(prune), V(protected) for what O(protect) keeps, V(unclear) for what
          V(managed) keeps because several objects of that name are there and one of them is a person's.
        - Where a model gets a new name since only its C(key) was found, and where only its key changes, this says so.
          Else it is not there.
      type: str
      sample: pruned
kept:
  description: Cells that O(prune) would have removed but for people who use them.
  returned: when there are any
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
    - RV(plan) as text, for people. Fields of new objects are left out, and the cells of a diagram are summed up.
    - Ansible shows it with C(--diff).
  returned: in diff mode
  type: list
  elements: dict
  contains:
    prepared:
      description: >-
        The lines. They begin with C(+) for what is created, C(~) for what is changed, C(-) for what is removed, C(=)
        for what is kept, C(!) for what is impossible, and C(#) for a note.
      type: str
      sample: "~ threat model \"Checkout web shop\"\n    + threat \"Captured session token replayed\"\n"
stats:
  description: What the task cost.
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
    - Every request, in its order, with status, time, size, number of the server, and waits before repetitions. No
      header, no body and no secret is in it.
    - On a local connection C(-vvv) shows these lines at once.
  returned: with C(-vvv), where the module is sent to another machine, or runs with C(become) or C(async)
  type: list
  elements: str
  sample: ["GET /threat_models?limit=100&offset=0: 200, 12 ms, 5321 bytes"]
done:
  description:
    - What had been written before the failure, one line an object. Run the task again to complete it.
    - RV(threat_models[].done) says the same model by model.
    - A line begins with C(perhaps) where the answer to a write was lost and the server could not be asked afterwards.
  returned: failure, after something was written
  type: list
  elements: str
  sample: ["created threat model \"Checkout web shop\""]
error:
  description:
    - What the failure was, for programs. All members are there, empty where there is nothing to tell.
    - Only failures that Ansible finds before it calls the module, such as a template that it cannot resolve, have none.
  returned: failure
  type: dict
  contains:
    code:
      description:
        - The kind of failure, out of a closed list. The guide on failures says what each of them means.
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
      description: The option, or the place in a definition with file and line, that was wrong.
      type: str
      sample: ""
    status:
      description: HTTP status. V(0) where no answer came.
      type: int
      sample: 403
    server_code:
      description: The server's own word for the failure.
      type: str
      sample: forbidden
    message:
      description: The server's message.
      type: str
      sample: You don't have sufficient permissions to perform this action
    details:
      description: Details, where the server gave any.
      type: raw
      sample: null
    request_id:
      description: Id of the request in the server's log, where the server gave one.
      type: str
      sample: 7b3f9a1e
    method:
      description: Method of the request that failed.
      type: str
      sample: POST
    path:
      description: Path of the request that failed, as the API has it.
      type: str
      sample: /threat_models
    url:
      description: Whole address of the request that failed, without its query.
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
