# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The page that lists reports. Without scripts it is complete; its script only sorts and filters the table."""

from __future__ import annotations

INDEX = """\
{% extends 'layout' %}
{% import 'macros' as m with context %}
{% block broad %} class="broad"{% endblock %}
{% block body %}
<header>
<h1>{{ index.title }}</h1>
<p>{{ index.rows | length }} threat model{{ 's' if index.rows | length != 1 }}. {{ index.words }}</p>
{{ m.bar(segments) }}
</header>
<main>
{% for heading, rows in index.acceptances %}
<section>
<h2>{{ heading }}</h2>
<div class="scroll" role="region" aria-label="{{ heading }}" tabindex="0"><table>
<caption>{{ rows | length }} acceptance{{ 's, the earliest first' if rows | length > 1 }}</caption>
<thead><tr><th scope="col">Last day</th><th scope="col">Threat</th><th scope="col">Severity</th>
<th scope="col">Threat model</th><th scope="col">Accepted by</th><th scope="col">Reason</th></tr></thead>
<tbody>
{% for row in rows %}
<tr><td class="short">{{ row.threat.accepted_until }}</td>
<th scope="row">{% if row.href %}<a href="{{ row.href }}#threat-{{ row.threat.number }}">{{ row.threat.item.name }}</a>
{% else %}{{ row.threat.item.name }}{% endif %}</th>
<td><span class="mark {{ row.threat.severity }}">{{ words(row.threat.severity) }}</span></td>
<td>{{ row.model }}</td><td>{{ row.by }}</td><td class="prose">{{ row.reason }}</td></tr>
{% endfor %}
</tbody>
</table></div>
</section>
{% endfor %}
<section>
<h2>All models</h2>
<p>Numbers are threats that need work, of all.</p>
<div class="scroll" role="region" aria-label="All models" tabindex="0"><table id="models">
<caption>By name</caption>
<thead><tr><th scope="col">Threat model</th>
{% for column in index.metadata %}<th scope="col">{{ column }}</th>{% endfor %}
{% for heading in index.facts %}<th scope="col">{{ heading }}</th>{% endfor %}
{% for severity in index.severities %}
<th scope="col" class="count"><span class="mark {{ severity }}">{{ words(severity) }}</span></th>
{% endfor %}
<th scope="col" class="count">All</th><th scope="col" class="count">Diagrams</th></tr></thead>
<tbody>
{% for row in index.rows %}
<tr><th scope="row">{% if row.href %}<a href="{{ row.href }}">{{ row.name }}</a>{% else %}{{ row.name }}{% endif %}</th>
{% for text in row.metadata %}<td>{{ m.value(text) }}</td>{% endfor %}
{% for heading in index.facts %}
<td{{ ' class="short"' | safe if heading == 'Last change' }}>{{ row.facts[heading] }}</td>
{% endfor %}
{% for open, all in row.counts %}<td class="count">{% if all %}{{ open }} of {{ all }}{% endif %}</td>{% endfor %}
<td class="count">{{ row.all[0] }} of {{ row.all[1] }}</td><td class="count">{{ row.diagrams }}</td></tr>
{% endfor %}
</tbody>
<tfoot>
<tr><th scope="row">All models</th>{% for column in index.metadata %}<td></td>{% endfor %}
{% for heading in index.facts %}<td></td>{% endfor %}
{% for open, all in index.counts %}<td class="count">{{ open }} of {{ all }}</td>{% endfor %}
<td class="count">{{ index.all[0] }} of {{ index.all[1] }}</td>
<td class="count">{{ index.rows | sum(attribute='diagrams') }}</td></tr>
</tfoot>
</table></div>
</section>
</main>
<script>{{ script }}</script>
{% endblock %}
"""

#: It contains no text of users and takes its data from the table.
SCRIPT = """
(function () {
  "use strict";
  var table = document.getElementById("models"), body = table.tBodies[0];
  var rows = Array.prototype.slice.call(body.rows);
  if (rows.length < 2) { return; }
  function text(row, at) { return row.cells[at].textContent.trim(); }
  function order(at, counts, down) {
    return function (a, b) {
      var x = text(a, at), y = text(b, at);
      if (!x || !y) { return x ? -1 : y ? 1 : 0; }
      var found = counts ? parseInt(x, 10) - parseInt(y, 10) : x.localeCompare(y, undefined, {numeric: true});
      return down ? -found : found;
    };
  }
  var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
  heads.forEach(function (head, at) {
    var button = document.createElement("button"), counts = head.className === "count";
    button.type = "button";
    while (head.firstChild) { button.appendChild(head.firstChild); }
    head.appendChild(button);
    button.addEventListener("click", function () {
      var was = head.getAttribute("aria-sort"), down = was ? was === "ascending" : counts;
      heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      table.caption.textContent = "By " + button.textContent.trim();
      rows.sort(order(at, counts, down)).forEach(function (row) { body.appendChild(row); });
    });
  });
  heads[0].setAttribute("aria-sort", "ascending");
  var label = document.createElement("label"), field = document.createElement("input");
  var said = document.createElement("span"), line = document.createElement("p");
  field.type = "search";
  said.setAttribute("role", "status");
  label.appendChild(document.createTextNode("Filter "));
  label.appendChild(field);
  line.className = "filter";
  line.appendChild(label);
  line.appendChild(said);
  table.parentNode.parentNode.insertBefore(line, table.parentNode);
  field.addEventListener("input", function () {
    var wanted = field.value.toLowerCase().split(/\\s+/), shown = 0;
    rows.forEach(function (row) {
      var all = row.textContent.toLowerCase();
      row.hidden = !wanted.every(function (word) { return all.indexOf(word) >= 0; });
      shown += row.hidden ? 0 : 1;
    });
    said.textContent = field.value ? " " + shown + " of " + rows.length + " models" : "";
  });
})();
"""
