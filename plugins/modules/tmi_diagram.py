#!/usr/bin/python
# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: tmi_diagram
short_description: Manage a data-flow diagram of a TMI threat model
version_added: 1.0.0
author:
  - TMI collection contributors (@tmi)
description:
  - Creates, changes, renames and removes a diagram and its cells.
  - Cells are declared by name in O(nodes), O(boundaries) and O(flows), and placed automatically. Alternatively,
    O(cells) takes cells as the server returns them, and O(content) takes them as the Python SDK does.
  - Work of people in the web editor is kept. Cells are recognised by their keys, even after they were moved or renamed,
    otherwise by their looks. Places are chosen for new cells only. Members that are not declared are not changed. Cells
    that are not declared are kept, unless O(prune) removes them.
  - Cells are written in one request or through a collaboration session, see O(via).
  - A diagram is not removed while people work on it in a collaboration session. The error message names them.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
  - tmi.tmi._writing
  - tmi.tmi._writing.child
requirements:
  - websocket-client (Python library), only to write through a session
options:
  name:
    description:
      - Name of the diagram. Without O(id), the diagram is found by its name.
    type: str
  description:
    description:
      - Description of the diagram. An empty text clears it.
      - If the server has no field for it, it is kept as metadata V(description).
    type: str
  type:
    description:
      - Type of the diagram. TMI has one, V(DFD-1.0.0). V(dfd) and V(data_flow) mean the same.
    type: str
    aliases: [diagram_type]
  nodes:
    description:
      - Actors, processes, stores and texts. A map by key, or a list of maps with C(key).
      - You choose the key. It must be unique in the diagram, boundaries and flows included. It is stored in the cell.
        Put V(yes), V(no), V(on) and V(off) in quotes, because YAML reads them as booleans.
      - C(type) is V(actor) (also V(external), V(external_entity)), V(process), V(store) (also V(datastore)) or
        V(text). A new node without one is a V(process).
      - C(label), also called C(name), is the text that is shown. A new node without one shows its key.
      - C(in), also called C(parent), is the key of the boundary around the node. An empty text moves the node out of
        its boundary.
      - C(x), C(y), C(width) and C(height) are pixels. A given value is enforced, even if a person has moved the node. A
        value that is not given is chosen once, for a new node. The smallest C(width) is 40, the smallest C(height) 30.
      - C(metadata) is a map. Other keys are not changed. An empty value removes its key.
      - C(icon) is the name of an icon of the web editor, such as V(amazon-ec2), or V(azure/marketplace) if several
        providers have it. It can also be a map with C(icon), C(provider), C(type), C(subcategory) and C(placement),
        which is a word such as V(top-left). Other names are refused.
      - C(assets) lists ids of assets, if the server has assets.
      - C(raw) is a map of members that have no option here, such as C(attrs) with colors, in the server's own form.
        Flows and boundaries take it as well.
      - A key without a value is ignored, so that maps merged from several places can leave a node out.
    type: raw
  boundaries:
    description:
      - Trust boundaries. A map by key, or a list. A text instead of a map is the label.
      - They have the members of O(nodes) except C(type). C(in) puts a boundary into another one.
    type: raw
  flows:
    description:
      - Data flows between nodes. A map by key, or a list.
      - C(from) and C(to), also called C(source) and C(target), are keys of nodes that are declared in the same task, or
        ids of existing cells.
      - C(label), C(metadata) and C(assets) are as in O(nodes).
      - C(bidirectional) draws an arrow at both ends. The web editor shows it by a double arrow in the label.
      - C(from_port) and C(to_port) are V(top), V(right), V(bottom) or V(left). C(router) is V(normal), V(orth),
        V(one_side), V(manhattan), V(metro) or V(er). Values that are not given are chosen for a new flow.
      - The short form is C(a -> b), or C(a -> b) with the label as its value. C(<->) means both directions. Such a flow
        has the key C(a->b). A second flow between the same ends needs its own C(key).
    type: raw
  cells:
    description:
      - Cells as a TMI server returns them, of either generation, instead of O(nodes), O(boundaries) and O(flows).
      - An id that is not a UUID is replaced by one, also in references, and is kept as the key of the cell.
      - Unknown members are written unchanged.
    type: list
    elements: dict
  content:
    description:
      - Cells in the form of the Python SDK, instead of O(nodes), O(boundaries) and O(flows).
      - C(nodes) is a list of maps with C(id), C(type) and C(name). C(edges) is a list of maps with C(from), C(to) and
        C(label). A boundary is a node with C(type) V(trust_boundary).
    type: dict
  layout:
    description:
      - Placement of cells.
      - C(direction) is the direction of the data flow. It is V(right) (the default) or V(down).
      - C(existing) is V(keep) (the default) or V(relayout), which places all cells again, except cells that a person
        has locked and cells with C(x) and C(y). With V(follow), existing cells get the places in C(positions), too,
        except cells that a person has locked.
      - C(positions) maps keys to C([x, y]) or C([x, y, width, height]), and keys of flows to a list of the points C([x,
        y]) that they lead through. With V(keep), they are used for new cells only. A flow that is listed there gets no
        automatic port and no automatic router.
      - Without cells this option does nothing.
    type: dict
  prune:
    description:
      - Which undeclared cells to remove.
      - V(none) removes no cells.
      - V(managed) removes undeclared cells that this collection has created or adopted.
      - V(all) removes all undeclared cells.
      - Only the given sections are pruned. With O(nodes) alone, boundaries are kept. An empty O(flows) removes flows.
        O(cells) counts as all three sections.
      - Managed flows of a removed node are removed with it. A cell that a remaining cell uses is kept. The content of a
        removed boundary moves to the boundary around it. Threats at a removed cell lose their
        O(tmi.tmi.tmi_threat#module:cell).
    type: str
    choices: [none, managed, all]
    default: none
  via:
    description:
      - How cells are written.
      - V(rest) writes the diagram in one request.
      - V(session) opens or joins a collaboration session, so that people in the web editor see the changes at once. It
        does so only if there are changes, and never in check mode.
      - V(auto) uses a session if one is open, and V(rest) otherwise.
      - The module does not end sessions of other people. A session that it has opened ends when it leaves, and
        RV(sessions) names the people who were in it.
    type: str
    choices: [auto, rest, session]
    default: auto
  include_in_report:
    description:
      - Whether reports of the server show the diagram.
      - If the server has no field for it, O(on_unsupported=metadata) keeps it as metadata V(include_in_report).
    type: bool
  color_palette:
    description:
      - Colours of the diagram's palette, as a whole. An empty list clears it.
    type: list
    elements: dict
    suboptions:
      position:
        description: Place in the palette, from 1 to 8.
        type: int
        required: true
      color:
        description: Colour as C(#RGB) or C(#RRGGBB).
        type: str
        required: true
  clear:
    description:
      - Options to clear, like setting them to an empty text. It is an error to clear and set the same option.
    type: list
    elements: str
    choices: [description, color_palette]
notes:
  - Ids of new cells are derived from the names of model and diagram and the key of the cell, so check mode can predict
    them.
  - A cell within half a pixel of its declared place counts as correctly placed, because the web editor rounds numbers.
seealso:
  - module: tmi.tmi.tmi_threat
    description: Links threats to cells.
  - module: tmi.tmi.tmi_definition
    description: Manages a model with everything in it.
"""

EXAMPLES = r"""
- name: Draw a diagram by name
  tmi.tmi.tmi_diagram:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Data flow
    boundaries:
      internet: Internet
      core: Core network
      vault:
        label: Card vault
        in: core
    nodes:
      browser:
        type: actor
        label: Customer browser
        in: internet
      api:
        type: process
        label: Checkout API
        in: core
        metadata:
          runtime: go
      tokens:
        type: store
        label: Token store
        in: vault
    flows:
      order:
        from: browser
        to: api
        label: HTTPS
      store_token:
        from: api
        to: tokens
        label: Card token
        bidirectional: true
    prune: managed

- name: Use the short form, from top to bottom
  tmi.tmi.tmi_diagram:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Refund
    nodes:
      agent:
        type: actor
      bank:
        type: actor
    flows:
      - agent -> bank: Refund
    layout:
      direction: down

- name: Use the form of the Python SDK
  tmi.tmi.tmi_diagram:
    url: https://tmi.example.com
    threat_model: Checkout
    name: System Architecture
    description: High-level system diagram
    diagram_type: data_flow
    content:
      nodes:
        - id: web_server
          type: process
          name: Web Server
        - id: database
          type: datastore
          name: Database
      edges:
        - from: web_server
          to: database
          label: SQL queries

- name: Enforce the place of a node, through a session if one is open
  tmi.tmi.tmi_diagram:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Refund
    nodes:
      bank:
        x: 400
        y: 40
    via: auto

- name: Write cells as a server returns them
  tmi.tmi.tmi_diagram:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Copy
    cells:
      - id: 11111111-1111-4111-8111-111111111111
        shape: process
        x: 100
        y: 100
        width: 140
        height: 60
        attrs:
          text:
            text: Web
  register: copy

- name: Rename a diagram without a change of its cells
  tmi.tmi.tmi_diagram:
    url: https://tmi.example.com
    threat_model: Checkout
    id: "{{ copy.diagram.id }}"
    name: Copy of the data flow

- name: Remove a diagram
  tmi.tmi.tmi_diagram:
    url: https://tmi.example.com
    threat_model: Checkout
    name: Copy of the data flow
    state: absent
"""

RETURN = r"""
diagram:
  description:
    - The diagram after the task, or in check mode as it would be. It has only the members that are set. Empty if the
      task removed it.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the diagram. Missing in check mode if the diagram would be created.
      type: str
      sample: 1ad4b3f0-1f3e-4a5e-8c1d-5d3b1d1c2e01
    name:
      description: Name.
      type: str
      sample: Data flow
    description:
      description: Description.
      type: str
      sample: High-level system diagram
    type:
      description: Type.
      type: str
      sample: DFD-1.0.0
    nodes:
      description: All nodes, by key, otherwise by label, otherwise by id. Places are left out.
      returned: if the diagram has cells
      type: dict
      sample:
        api:
          id: 9f2c7d3e-58a1-5b7d-8a0c-6c1f0e3d4b02
          key: api
          type: process
          label: Checkout API
          in: core
    boundaries:
      description: All boundaries, named like RV(diagram.nodes).
      returned: if the diagram has cells
      type: dict
      sample:
        core:
          id: 3c9d2f10-7c55-5a34-b2de-7f10a3e5c903
          key: core
          type: boundary
          label: Core network
    flows:
      description: All flows, named like RV(diagram.nodes).
      returned: if the diagram has cells
      type: dict
      sample:
        order:
          id: 5e0b8a77-0c1b-5f52-8d7e-1a2b3c4d5e04
          key: order
          label: HTTPS
          from: browser
          to: api
          from_port: right
          to_port: left
    color_palette:
      description: Colours of the palette, if the server has one.
      type: list
      elements: dict
      sample: [{"position": 1, "color": "#1f77b4"}]
    include_in_report:
      description: Whether reports of the server show it, if the server returns it.
      type: bool
      sample: true
    metadata:
      description: Metadata of the diagram.
      type: dict
      sample:
        reviewer: ana
    created_at:
      description: When it was created.
      type: str
      sample: "2026-05-04T10:11:12.123456Z"
    modified_at:
      description: When it was changed last.
      type: str
      sample: "2026-05-04T10:11:12.123456Z"
diff:
  description:
    - Changes that the task made, or in check mode would make. One pair for each object that changes. Empty if nothing
      changes.
    - Ansible shows it with C(--diff).
    - For moved or resized cells it also shows the place, which RV(diagram) leaves out.
  returned: success
  type: list
  elements: dict
  contains:
    before_header:
      description: Kind and place of the object.
      type: str
      sample: diagram Checkout / Data flow
    after_header:
      description: The same as RV(diff[].before_header).
      type: str
      sample: diagram Checkout / Data flow
    before:
      description: The object before the task, as lines for people. Empty if it did not exist.
      type: str
      sample: "name: Data flow\n"
    after:
      description: The object after the task, as lines for people. Empty if the task removed it.
      type: str
      sample: "name: Data flow\nnodes:\n  api:\n    label: Checkout API\n"
    before_object:
      description: The same as RV(diff[].before), for programs.
      type: dict
      sample: {"name": "Data flow"}
    after_object:
      description: The same as RV(diff[].after), for programs.
      type: dict
      sample: {"name": "Data flow", "nodes": {"api": {"label": "Checkout API"}}}
stats:
  description: Counts of the requests that the task sent.
  returned: always
  type: dict
  contains:
    requests:
      description: Requests sent, repetitions included.
      type: int
      sample: 4
    retries:
      description: Requests that were repetitions.
      type: int
      sample: 0
    writes:
      description: Requests that could change data. Logins do not count. In check mode always V(0).
      type: int
      sample: 1
request_log:
  description:
    - All requests in order, each with status, time, size, number of the server, and waits before repetitions. It holds
      no headers, no bodies and no secrets.
    - On a local connection C(-vvv) shows these lines at once.
  returned: with C(-vvv), if the module is sent to another machine or runs with C(become) or C(async)
  type: list
  elements: str
  sample: ["GET /threat_models?limit=100&offset=0: 200, 12 ms, 5321 bytes"]
kept:
  description:
    - Cells that O(prune) would have removed, but kept because a cell of other people uses them.
  returned: if there are any
  type: list
  elements: dict
  contains:
    diagram:
      description: Name of the diagram.
      type: str
      sample: Main
    cell:
      description: Key of the cell, otherwise its label or id.
      type: str
      sample: api
    used_by:
      description: Cells that use it, by key, otherwise by label or id.
      type: list
      elements: str
      sample: [Drawn by hand]
sessions:
  description: Collaboration sessions that were used to write the cells.
  returned: if there were any
  type: list
  elements: dict
  contains:
    diagram:
      description: Name of the diagram.
      type: str
      sample: Data flow
    operations:
      description: Number of cell operations sent.
      type: int
      sample: 3
    session_ended_for:
      description: E-mail addresses of people who were in the session when the module, which had opened it, left and
        ended it.
      type: list
      elements: str
      sample: []
assumed:
  description: Missing objects that the task treats as about to be created, because it runs in check mode.
  returned: in check mode, if there are any
  type: list
  elements: str
  sample: ["threat model Checkout"]
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
done:
  description:
    - Changes that were written before the failure. RV(ignore:changed) is then V(true). A second run writes the rest.
    - A line begins with C(perhaps) if the answer to a write was lost and the server could not be read afterwards.
  returned: failure, if something was written
  type: list
  elements: str
  sample: ['created threat "SQL injection"']
"""

from ansible_collections.tmi.tmi.plugins.module_utils._modules.single import single_module
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM

MODULE = single_module(DIAGRAM)


def main() -> None:
    """Run as a module of its own."""
    MODULE.main()


if __name__ == "__main__":
    main()
