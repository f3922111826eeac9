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
  - Creates, changes, renames and removes a diagram and what is drawn in it, its cells.
  - Cells are written by name, as O(nodes), O(boundaries) and O(flows), and placed automatically. Two more ways are
    O(cells), which takes them as the server returns them, and O(content), which takes them as the Python SDK does.
  - What people do in the web editor stays. Cells are recognised by their keys, also after they were moved or renamed,
    then by what they look like. Places are chosen for new cells only. Members that are not declared are left alone,
    and cells that are not declared stay, unless O(prune) says otherwise.
  - The cells are written in one request, or through a collaboration session, see O(via).
  - A diagram in which people work in a collaboration session is not removed. The failure names them.
extends_documentation_fragment:
  - tmi.tmi._connection
  - tmi.tmi._attributes
  - tmi.tmi._writing
  - tmi.tmi._writing.child
requirements:
  - websocket-client (Python library), to write through a session
options:
  name:
    description:
      - Name of the diagram. It finds the diagram where O(id) is not given.
    type: str
  description:
    description:
      - What the diagram shows. An empty text clears it.
      - Where the server has no field for it, it is kept as metadata V(description).
    type: str
  type:
    description:
      - Type of the diagram. TMI has one, V(DFD-1.0.0). V(dfd) and V(data_flow) mean the same.
    type: str
    aliases: [diagram_type]
  nodes:
    description:
      - Actors, processes, stores and texts. A map by key, or a list of maps with C(key).
      - A key is yours to choose and unique in the diagram, also among boundaries and flows. It is kept in the cell.
        Quote V(yes), V(no), V(on) and V(off), which YAML takes for booleans.
      - C(type) is V(actor) (also V(external), V(external_entity)), V(process), V(store) (also V(datastore)) or
        V(text). A new node without one is a V(process).
      - C(label), also called C(name), is what is shown. A new node without one shows its key.
      - C(in), also called C(parent), is the key of the boundary that the node lies in. An empty text takes it out.
      - C(x), C(y), C(width) and C(height) are pixels. What is written is enforced, also against what a person moved.
        All else is chosen once, when the node is new. C(width) is 40 at least, C(height) 30.
      - C(metadata) is a map. Keys that are not named are left alone, an empty value removes one.
      - C(icon) names an icon of the web editor. C(assets) lists ids of assets, where the server has any.
      - C(raw) is a map of members that there are no words for, such as C(attrs) with colors, in the form that the
        server has. Flows and boundaries take it as well.
      - A key without a value counts as not written, so that what is merged from several places can leave a node out.
    type: raw
  boundaries:
    description:
      - Trust boundaries. A map by key, or a list. Just a text stands for the label.
      - Members are those of O(nodes) but C(type). C(in) puts a boundary into another one.
    type: raw
  flows:
    description:
      - Data flows between nodes. A map by key, or a list.
      - C(from) and C(to), also called C(source) and C(target), are keys of nodes that are declared in the same task,
        or ids of cells that exist.
      - C(label), C(metadata) and C(assets) are as in O(nodes).
      - C(bidirectional) draws an arrow at both ends.
      - C(from_port) and C(to_port) are V(top), V(right), V(bottom) or V(left). C(router) is V(normal), V(orth),
        V(one_side), V(manhattan), V(metro) or V(er). What is left out is chosen when the flow is new.
      - In short, C(a -> b) or C(a -> b) with the label as value, C(<->) for both directions. Such a flow has the key
        C(a->b). A second one between the same ends needs a C(key) of its own.
    type: raw
  cells:
    description:
      - Cells as a TMI server returns them, of either generation, instead of O(nodes), O(boundaries) and O(flows).
      - An id that is not a UUID becomes one, references follow it, and it is kept as the key of the cell.
      - Members that this module does not know are written as they are.
    type: list
    elements: dict
  content:
    description:
      - Cells in the words of the Python SDK, instead of O(nodes), O(boundaries) and O(flows).
      - C(nodes) is a list of maps with C(id), C(type) and C(name), C(edges) one of maps with C(from), C(to) and
        C(label). Boundaries stand among the nodes, with C(type) V(trust_boundary).
    type: dict
  layout:
    description:
      - How new cells are placed.
      - C(direction) is where data flows, V(right), the default, or V(down).
      - C(existing) is V(keep), the default, or V(relayout), which places all cells anew but those that a person has
        locked and those with C(x) and C(y).
      - C(positions) maps keys to C([x, y]) or C([x, y, width, height]), and keys of flows to a list of the points
        C([x, y]) that they lead through. They hold for new cells only. A flow that stands there gets no port and no
        router but its own.
      - Does nothing without cells.
    type: dict
  prune:
    description:
      - What becomes of cells that are not declared.
      - V(none) leaves them alone.
      - V(managed) removes those that this collection has made or adopted.
      - V(all) removes the others as well.
      - Only in the sections that are given. O(nodes) alone leaves boundaries alone, an empty O(flows) removes flows.
        O(cells) gives all three.
      - With a node go its flows that are managed. A cell that is still used by one that stays, stays too. What lay in
        a removed boundary moves to the one around it. Threats about a removed cell lose their
        O(tmi.tmi.tmi_threat#module:cell).
    type: str
    choices: [none, managed, all]
    default: none
  via:
    description:
      - How cells are written.
      - V(rest) writes the diagram in one request.
      - V(session) opens a collaboration session, or joins the one that is open, so that people in the web editor see
        the changes at once. Only when there is something to change, and never in check mode.
      - V(auto) takes a session where one is open, V(rest) otherwise.
      - Nobody else's session is ended. One that the module opened ends when it leaves, and RV(sessions) names who was
        in it by then.
    type: str
    choices: [auto, rest, session]
    default: auto
  include_in_report:
    description:
      - Whether reports of the server show the diagram.
      - Where the server has no field for it, O(on_unsupported=metadata) keeps it as metadata V(include_in_report).
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
      - Options to clear, as an empty text does. One that is set as well is an error.
    type: list
    elements: str
    choices: [description, color_palette]
notes:
  - Ids of new cells follow from the names of model and diagram and from the key of the cell, so that check mode can
    tell them.
  - Cells within half a pixel of the declared place count as being there, since the web editor rounds.
seealso:
  - module: tmi.tmi.tmi_threat
    description: Says which cell a threat is about.
  - module: tmi.tmi.tmi_definition
    description: Manages a model with all that is in it.
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

- name: Say it in fewer words, from top to bottom
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

- name: Use the words of the Python SDK
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

- name: Enforce the place of a node, in a session if people are at it
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

- name: Rename a diagram and leave its cells alone
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
    - The diagram as it is after the task, or in check mode would be. Only members that are set. Empty when removed.
  returned: success
  type: dict
  contains:
    id:
      description: Id of the diagram. Missing in check mode where the diagram would be created.
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
      description: All nodes, by key, else by label, else by id. Their places are left out.
      returned: when the diagram has cells
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
      returned: when the diagram has cells
      type: dict
      sample:
        core:
          id: 3c9d2f10-7c55-5a34-b2de-7f10a3e5c903
          key: core
          type: security-boundary
          label: Core network
    flows:
      description: All flows, named like RV(diagram.nodes).
      returned: when the diagram has cells
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
      description: Colours of the palette, where the server has one.
      type: list
      elements: dict
      sample: [{"position": 1, "color": "#1f77b4"}]
    include_in_report:
      description: Whether reports of the server show it, where the server tells.
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
    - What has changed, or in check mode would change. One pair for each object that changes, empty where nothing
      does.
    - Ansible shows it with C(--diff).
    - Of cells that are moved or resized it shows the place as well, which RV(diagram) leaves out.
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
      description: The object as it was, as lines for people. Empty where it was not there.
      type: str
      sample: "name: Data flow\n"
    after:
      description: The object as it is now, as lines for people. Empty where it is gone.
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
  description: What the task cost.
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
    - Every request, in its order, with status, time, size, number of the server, and waits before repetitions. No
      header, no body and no secret is in it.
    - On a local connection C(-vvv) shows these lines at once.
  returned: with C(-vvv), where the module is sent to another machine, or runs with C(become) or C(async)
  type: list
  elements: str
  sample: ["GET /threat_models?limit=100&offset=0: 200, 12 ms, 5321 bytes"]
kept:
  description:
    - Cells that O(prune) would have removed, but that stay because a cell that is not ours uses them.
  returned: when there are any
  type: list
  elements: dict
  contains:
    diagram:
      description: Name of the diagram.
      type: str
      sample: Main
    cell:
      description: Key of the cell, else its label or id.
      type: str
      sample: api
    used_by:
      description: What uses it, by key, else by label or id.
      type: list
      elements: str
      sample: [Drawn by hand]
sessions:
  description: Collaboration sessions that the cells were written through.
  returned: when there were any
  type: list
  elements: dict
  contains:
    diagram:
      description: Name of the diagram.
      type: str
      sample: Data flow
    operations:
      description: Cell operations sent.
      type: int
      sample: 3
    session_ended_for:
      description: E-mail addresses of people whose session ended, since the module had opened it and left.
      type: list
      elements: str
      sample: []
assumed:
  description: Objects that are missing and count as about to be created, since the task ran in check mode.
  returned: in check mode, when there are any
  type: list
  elements: str
  sample: ["threat model Checkout"]
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
done:
  description:
    - What had been written before the failure. RV(ignore:changed) is then V(true), and a second run completes it.
    - A line begins with C(perhaps) where the answer to a write was lost and the server could not be asked afterwards.
  returned: failure, when something had been written
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
