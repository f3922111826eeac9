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
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'{{ policy }}">
<title>{{ title }}</title>
<style>{{ style }}</style>
</head>
<body{% block broad %}{% endblock %}>
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
{% for heading, text in rows %}
<dt>{{ heading }}</dt><dd class="prose">{{ value(text) }}</dd>
{% endfor %}
</dl>
{% endif %}
{%- endmacro %}
{% macro bar(segments) -%}
{% if segments %}
<div class="bar" role="img" aria-label="{% for s in segments %}{{ s.said }}{{ '; ' if not loop.last }}{% endfor %}">
{% for s in segments %}
<span class="{{ s.severity }}{{ ' done' if s.done }}" style="flex-grow:{{ s.count }}" title="{{ s.said }}"></span>
{% endfor %}
</div>
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
{% if not report.item.is_long %}{{ m.prose(report.item.description) }}{% endif %}
{{ m.fields(head, 'About this threat model') if head }}
{% if editor %}<p><a href="{{ editor }}" rel="noopener noreferrer">Open in the web editor</a></p>{% endif %}
<p>{{ in_words }}</p>
{{ m.bar(segments) }}
{% if sheets or sections or report.threats or report.item.metadata or report.item.is_long %}
<nav aria-label="Contents"><ul>
{% if report.item.is_long %}<li><a href="#description">Description</a></li>{% endif %}
{% if report.threats %}<li><a href="#summary">Threats by severity and status</a></li>{% endif %}
{% for sheet, drawing, elements, connections in sheets %}
<li><a href="#diagram-{{ loop.index }}">Diagram: {{ isolated(sheet.item.name) }}</a></li>
{% endfor %}
{% if report.threats %}<li><a href="#threats">Threats</a></li>{% endif %}
{% for heading, items, headings, rows in sections %}
<li><a href="#{{ heading | lower }}">{{ heading }}</a></li>
{% endfor %}
{% if report.item.metadata %}<li><a href="#metadata">Metadata</a></li>{% endif %}
</ul></nav>
{% endif %}
</header>
<main>
{% if report.item.is_long %}
<section>
<h2 id="description">Description</h2>
{{ m.prose(report.item.description) }}
</section>
{% endif %}
{% if report.threats %}
<section>
<h2 id="summary">Threats by severity and status</h2>
<div class="scroll" role="region" aria-label="Threats by severity and status" tabindex="0"><table class="fit">
<caption>Numbers of threats</caption>
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
</section>
{% endif %}
{% for sheet, drawing, elements, connections in sheets %}
{% set at_all = sheet.threats.get('', ()) %}
<section{{ ' class="wide"' | safe if drawing.is_wide }}>
<h2 id="diagram-{{ loop.index }}">Diagram: {{ isolated(sheet.item.name) }}</h2>
{{ m.prose(sheet.item.description) }}
{% if elements or connections %}
<figure>
<div class="scroll canvas" role="region" aria-label="Drawing of {{ sheet.item.name }}" tabindex="0"
 style="--least:{{ drawing.least }}px">
{{ drawing.svg }}
</div>
<figcaption>
{% if sheet.threats %}
Numbers are those of the threats: filled if something is to be done, outlined if nothing is.
{% for severity in drawing.severities %}<span class="mark {{ severity }}">{{ words(severity) }}</span> {% endfor %}
{% else %}
No threat is at a place in this diagram.
{% endif %}
{% if drawing.has_icons %}
<span class="whole">Names in small frames are icons of the web editor, whose pictures this drawing does not have.</span>
{% endif %}
{% if at_all %}
<span class="whole">At the whole diagram:
{% for threat in at_all %}
{{ m.mark(threat) }} {{ isolated(threat.item.name) }}{{ '; ' if not loop.last }}{% endfor %}</span>
{% endif %}
<a href="{{ drawing.href }}"
{%- if drawing.download %} download="{{ drawing.download }}"{% endif %}>The drawing alone (SVG)</a>
</figcaption>
</figure>
{% for part in drawing.parts %}
<figure class="part" aria-hidden="true">
<svg class="tmi-dfd" viewBox="{{ part }}"><use href="#{{ drawing.whole }}"/></svg>
<figcaption>{{ isolated(sheet.item.name) }}, part {{ loop.index }} of {{ loop.length }}</figcaption>
</figure>
{% endfor %}
{% if sheet.item.metadata %}{{ m.fields(sheet.item.metadata, 'Metadata of the diagram') }}{% endif %}
<details>
<summary>Elements and flows as tables</summary>
{% if elements %}
<div class="scroll" role="region" aria-label="Elements of {{ sheet.item.name }}" tabindex="0"><table>
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
{% endif %}
{% if connections %}
<div class="scroll" role="region" aria-label="Flows of {{ sheet.item.name }}" tabindex="0"><table>
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
{% endif %}
</details>
{% else %}
<p>This diagram is empty.</p>
{% if at_all %}<p>At the whole diagram: {{ m.marks(at_all) }}</p>{% endif %}
{% if sheet.item.metadata %}{{ m.fields(sheet.item.metadata, 'Metadata of the diagram') }}{% endif %}
{% endif %}
</section>
{% endfor %}
{% if report.threats %}
<section>
<h2 id="threats">Threats</h2>
<div class="scroll" role="region" aria-label="Threats" tabindex="0"><table>
<caption>The worst first</caption>
<thead><tr><th scope="col">No.</th><th scope="col">Threat</th>
{% for heading in threat_headings %}<th scope="col">{{ heading }}</th>{% endfor %}</tr></thead>
<tbody>
{% for threat, cells in threat_rows %}
<tr><td class="short">{{ m.mark(threat) }}</td><th scope="row">{{ threat.item.name }}</th>
{% for text in cells %}<td>{{ text }}</td>{% endfor %}</tr>
{% endfor %}
</tbody>
</table></div>
{% for severity in severities %}
<h3 id="{{ severity }}">{{ words(severity) }}</h3>
{% for threat in report.threats if threat.severity == severity %}
<article class="threat {{ threat.severity }}" id="threat-{{ threat.number }}">
<h4>{{ threat.number }}. {{ isolated(threat.item.name) }}</h4>
<p class="where">{{ said(threat) }}</p>
{{ m.prose(threat.item.description) }}
{{ m.pairs(rows_of(threat)) }}
</article>
{% endfor %}
{% endfor %}
</section>
{% endif %}
{% for heading, items, headings, rows in sections %}
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
<div class="scroll" role="region" aria-label="{{ heading }}" tabindex="0"><table>
<caption>{{ heading }} of the threat model</caption>
<thead><tr><th scope="col">Name</th>
{% for column in headings %}<th scope="col">{{ column }}</th>{% endfor %}</tr></thead>
<tbody>
{% for item, cells in rows %}
<tr><th scope="row">{{ item.name }}</th>
{% for text in cells %}
{% set column = headings[loop.index0] %}
{% if column == 'Description' %}<td class="prose">{{ text }}</td>
{% else %}<td>{{ text if column == 'Metadata' else m.value(text) }}</td>{% endif %}
{% endfor %}</tr>
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
