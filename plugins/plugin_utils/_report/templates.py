# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Templates of HTML pages. The template engine escapes all values."""

from __future__ import annotations

LAYOUT = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{ title }}</title>
<style>{{ style }}</style>
</head>
<body>
{% block body %}{% endblock %}
</body>
</html>
"""

MACROS = """\
{% macro mark(threat, text='') -%}
<a class="mark {{ threat.severity }}{{ ' done' if threat.done }}" href="#threat-{{ threat.number }}"
 title="{{ threat.item.name }}">{{ text or threat.number }}</a>
{%- endmacro %}
{% macro marks(threats) -%}
{% for threat in threats %}{{ mark(threat) }}{{ ' ' if not loop.last }}{% endfor %}
{%- endmacro %}
{% macro value(text) -%}
{% if link(text) %}<a href="{{ link(text) }}" rel="noopener noreferrer">{{ text }}</a>{% else %}{{ text }}{% endif %}
{%- endmacro %}
{% macro fields(rows, caption) -%}
<table class="fields">
<caption>{{ caption }}</caption>
<tbody>
{% for heading, text in rows %}
<tr><th scope="row">{{ heading }}</th><td>{{ value(text) }}</td></tr>
{% endfor %}
</tbody>
</table>
{%- endmacro %}
{% macro pairs(rows) -%}
{% if rows %}
<dl>
{% for heading, text in rows %}<dt>{{ heading }}</dt><dd class="prose">{{ value(text) }}</dd>{% endfor %}

</dl>
{% endif %}
{%- endmacro %}
{% macro prose(text) -%}
{% if text %}<p class="prose">{{ text }}</p>{% endif %}
{%- endmacro %}
"""

MODEL = """\
{% extends 'layout' %}
{% import 'macros' as m with context %}
{% block body %}
<header>
{% if index %}<p><a href="{{ index }}">All threat models</a></p>{% endif %}
<h1>{{ report.item.name }}</h1>
{{ m.prose(report.item.description) }}
{% if report.item.fields %}{{ m.fields(report.item.fields, 'About this threat model') }}{% endif %}
</header>
<main>
<section>
<h2 id="summary">Threats by severity and status</h2>
{% if report.threats %}
<div class="scroll"><table class="fit">
<caption>{{ report.threats | length }} threats</caption>
<thead><tr><th scope="col">Severity</th>
{% for status in statuses %}<th scope="col" class="count">{{ status }}</th>{% endfor %}
<th scope="col" class="count">All</th></tr></thead>
<tbody>
{% for severity, counts, all in matrix %}
<tr><th scope="row"><span class="mark {{ severity }}">{{ words(severity) }}</span></th>
{% for count in counts %}<td class="count">{{ count or '' }}</td>{% endfor %}
<td class="count">{{ all }}</td></tr>
{% endfor %}
</tbody>
</table></div>
{% else %}
<p>No threats are noted.</p>
{% endif %}
</section>
{% for sheet, drawing, elements, connections in sheets %}
<section>
<h2 id="diagram-{{ loop.index }}">Diagram: {{ sheet.item.name }}</h2>
{{ m.prose(sheet.item.description) }}
<figure>
{{ drawing }}
<figcaption>Numbers are those of the threats: filled where something is to be done, outlined where nothing is.
{% for severity in severities %}<span class="mark {{ severity }}">{{ words(severity) }}</span> {% endfor %}
</figcaption>
</figure>
{% if sheet.threats.get('') %}<p>At the whole diagram: {{ m.marks(sheet.threats['']) }}</p>{% endif %}
{% if sheet.item.metadata %}{{ m.fields(sheet.item.metadata, 'Metadata of the diagram') }}{% endif %}
<details>
<summary>Elements and flows as tables</summary>
<div class="scroll"><table>
<caption>Elements</caption>
<thead><tr><th scope="col">Element</th><th scope="col">Kind</th><th scope="col">In</th>
<th scope="col">Threats</th></tr></thead>
<tbody>
{% for element in elements %}
<tr><th scope="row">{{ element.name }}</th><td>{{ element.kind }}</td><td>{{ element.inside }}</td>
<td>{{ m.marks(element.threats) }}</td></tr>
{% endfor %}
</tbody>
</table></div>
<div class="scroll"><table>
<caption>Flows</caption>
<thead><tr><th scope="col">Flow</th><th scope="col">From</th><th scope="col">To</th>
<th scope="col">Threats</th></tr></thead>
<tbody>
{% for flow in connections %}
<tr><th scope="row">{{ flow.name }}{{ ' (both ways)' if flow.is_both_ways }}</th><td>{{ flow.source }}</td>
<td>{{ flow.target }}</td><td>{{ m.marks(flow.threats) }}</td></tr>
{% endfor %}
</tbody>
</table></div>
</details>
</section>
{% endfor %}
{% if report.threats %}
<section>
<h2 id="threats">Threats</h2>
<div class="scroll"><table>
<caption>The worst first</caption>
<thead><tr><th scope="col">No.</th><th scope="col">Threat</th><th scope="col">Severity</th><th scope="col">Status</th>
<th scope="col">Types</th><th scope="col">Where</th></tr></thead>
<tbody>
{% for threat in report.threats %}
<tr><td class="short">{{ m.mark(threat) }}</td><th scope="row">{{ threat.item.name }}</th>
<td>{{ words(threat.severity) }}</td><td>{{ threat.status }}</td><td>{{ threat.types }}</td>
<td>{{ threat.place }}</td></tr>
{% endfor %}
</tbody>
</table></div>
{% for threat in report.threats %}
<article class="threat {{ threat.severity }}" id="threat-{{ threat.number }}">
<h3>{{ threat.number }}. {{ threat.item.name }}</h3>
<p class="where">{{ words(threat.severity) }} · {{ threat.status }}{{ ' · ' if threat.place }}{{ threat.place }}</p>
{{ m.prose(threat.item.description) }}
{{ m.pairs(rows_of(threat)) }}
</article>
{% endfor %}
</section>
{% endif %}
{% for heading, items, columns in sections %}
<section>
<h2 id="{{ heading | lower }}">{{ heading }}</h2>
{% if heading == 'Notes' %}
{% for item in items %}
<h3>{{ item.name }}</h3>
{{ m.prose(item.description) }}
{% if item.content %}<pre>{{ item.content }}</pre>{% endif %}
{{ m.pairs(item.fields) }}{{ m.pairs(item.metadata) }}
{% endfor %}
{% else %}
<div class="scroll"><table>
<caption>{{ heading }} of the threat model</caption>
<thead><tr><th scope="col">Name</th>{% for column in columns %}<th scope="col">{{ column }}</th>{% endfor %}
<th scope="col">Description</th><th scope="col">Metadata</th></tr></thead>
<tbody>
{% for item in items %}
{% set known = dict(item.fields) %}
<tr><th scope="row">{{ item.name }}</th>
{% for column in columns %}<td>{{ m.value(known.get(column, '')) }}</td>{% endfor %}
<td class="prose">{{ item.description }}</td>
<td>{% for key, text in item.metadata %}{{ key }}: {{ text }}{{ '; ' if not loop.last }}{% endfor %}</td></tr>
{% endfor %}
</tbody>
</table></div>
{% endif %}
</section>
{% endfor %}
{% if report.item.metadata %}
<section>
<h2 id="metadata">Metadata</h2>
{{ m.fields(report.item.metadata, 'Metadata of the threat model') }}
</section>
{% endif %}
</main>
{% endblock %}
"""

INDEX = """\
{% extends 'layout' %}
{% block body %}
<header><h1>{{ title }}</h1></header>
<main>
<div class="scroll"><table>
<caption>{{ rows | length }} threat models. Numbers are threats that something is to be done about, of all.</caption>
<thead><tr><th scope="col">Threat model</th><th scope="col">Status</th><th scope="col">Owner</th>
{% for severity in severities %}
<th scope="col" class="count"><span class="mark {{ severity }}">{{ words(severity) }}</span></th>
{% endfor %}
<th scope="col" class="count">All</th><th scope="col" class="count">Diagrams</th></tr></thead>
<tbody>
{% for row in rows %}
<tr><th scope="row">{% if row.href %}<a href="{{ row.href }}">{{ row.name }}</a>{% else %}{{ row.name }}{% endif %}</th>
<td>{{ row.status }}</td><td>{{ row.owner }}</td>
{% for open, all in row.counts %}<td class="count">{% if all %}{{ open }} of {{ all }}{% endif %}</td>{% endfor %}
<td class="count">{{ row.open }} of {{ row.all }}</td><td class="count">{{ row.diagrams }}</td></tr>
{% endfor %}
</tbody>
</table></div>
</main>
{% endblock %}
"""
