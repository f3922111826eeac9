# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Colors and type of reports. Nothing is loaded; the colors are dark for a dark screen and light on paper."""

from __future__ import annotations

#: The typeface with known widths of text, and typefaces with the same widths.
FACE = "Helvetica, Arial, 'Liberation Sans', sans-serif"

_LIGHT = (
    "--paper:#fff;--ink:#1c2733;--soft:#52606d;--rule:#d5dce3;--panel:#f5f7f9;--link:#0b5cad;"
    "--box:#fff;--line:#44525f;--zone:#eef3f8;--zone-line:#8a99a8;--zone-ink:#3d5166;--store:#f3f6ea;--actor:#fdf5e6"
)
_DARK = (
    "--paper:#15191e;--ink:#e4e9ee;--soft:#a4b0bc;--rule:#36414c;--panel:#1e242b;--link:#7cb7f5;"
    "--box:#242c35;--line:#a9b5c1;--zone:#1b232c;--zone-line:#66788a;--zone-ink:#b5c6d8;--store:#262d20;--actor:#312a1d"
)
#: Severity -> color of the background of its number, and of the text on it.
SEVERITY_COLORS = {
    "critical": ("#8c1020", "#fff"),
    "high": ("#c8401a", "#fff"),
    "medium": ("#f0a020", "#1c2733"),
    "low": ("#f4dc5c", "#1c2733"),
    "informational": ("#2f6fb7", "#fff"),
    "none": ("#5f6c78", "#fff"),
    "unknown": ("#5f6c78", "#fff"),
}


def palette(selector: str) -> str:
    """Return the colors as CSS variables of a selector."""
    return "%s{%s}@media screen and (prefers-color-scheme:dark){%s{%s}}" % (selector, _LIGHT, selector, _DARK)


#: The style of a drawing, in its own file or in a page; in a page the variables are those of the page.
DRAWING = (
    ".tmi-dfd text{font-family:%s;fill:var(--ink);unicode-bidi:plaintext}" % FACE
    + ".tmi-dfd .middle{text-anchor:middle}.tmi-dfd .bold{font-weight:bold}"
    + ".tmi-dfd .boundary{fill:var(--zone);stroke:var(--zone-line);stroke-width:1.5;stroke-dasharray:7 4}"
    + ".tmi-dfd text.head{fill:var(--zone-ink)}"
    + ".tmi-dfd .node{fill:var(--box);stroke:var(--line);stroke-width:1.5}"
    + ".tmi-dfd .actor{fill:var(--actor)}"
    + ".tmi-dfd .store{fill:var(--store);stroke:none}"
    + ".tmi-dfd .ends{fill:none;stroke:var(--line);stroke-width:2}"
    + ".tmi-dfd .sides{fill:none;stroke:var(--rule);stroke-width:1}"
    + ".tmi-dfd .flow{fill:none;stroke:var(--line);stroke-width:1.4}"
    + ".tmi-dfd .arrow{fill:var(--line)}"
    + ".tmi-dfd .leader{fill:none;stroke:var(--soft);stroke-width:1;stroke-dasharray:2 3}"
    + ".tmi-dfd text.halo{paint-order:stroke;stroke:var(--paper);stroke-width:6px;stroke-linejoin:round}"
    + ".tmi-dfd text.in-zone{stroke:var(--zone)}.tmi-dfd text.note{fill:var(--soft)}"
    + ".tmi-dfd .badge{fill:none;stroke:var(--soft);stroke-width:.8}.tmi-dfd text.on-badge{fill:var(--soft)}"
    + ".tmi-dfd .number{stroke-width:1.5}"
    + "".join(
        ".tmi-dfd .%s{fill:%s;stroke:%s}.tmi-dfd text.on-%s{fill:%s}" % (name, fill, fill, name, ink)
        for name, (fill, ink) in SEVERITY_COLORS.items()
    )
    + ".tmi-dfd .done{fill:var(--paper)}.tmi-dfd text.on-done{fill:var(--ink)}"
)

#: Mark of a changed element -> its color.
MARK_COLORS = {"added": "#1a7f37", "changed": "#9a6700", "removed": "#cf222e"}
#: The style of marks, only in drawings that have some.
MARKS = (
    "".join(
        ".tmi-dfd .mark-%s{--line:%s;--zone-line:%s;--sign:%s}" % (mark, color, color, color)
        for mark, color in MARK_COLORS.items()
    )
    + "".join(
        ".tmi-dfd .mark-%s %s{stroke-width:3}" % (mark, kind)
        for mark in MARK_COLORS
        for kind in (".node", ".ends", ".boundary", ".flow")
    )
    + ".tmi-dfd .mark-removed .node,.tmi-dfd .mark-removed .flow{stroke-dasharray:6 4}"
    + ".tmi-dfd .sign{fill:var(--sign);stroke:var(--paper);stroke-width:1.5}.tmi-dfd text.on-sign{fill:#fff}"
)

PAGE = (
    "*{box-sizing:border-box}"
    "html{background:var(--paper);color:var(--ink);font:15px/1.5 %s}"
    % FACE
    + "body{max-width:76rem;margin:0 auto;padding:1.5rem}"
    + "h1{font-size:1.9rem;line-height:1.2;margin:0 0 .5rem}h2{font-size:1.3rem;margin:2.2rem 0 .6rem;"
    + "border-bottom:2px solid var(--rule);padding-bottom:.25rem}h3{font-size:1.1rem;margin:1.6rem 0 .4rem}"
    + "h4{font-size:1rem;margin:.1rem 0}"
    + "h1,h2,h3,h4,p,dd,figcaption,tbody th{overflow-wrap:anywhere}"
    + "td,thead th{overflow-wrap:break-word}table:not(.fields,.fit) tbody th{min-width:9rem}"
    + "body.broad{max-width:110rem}.broad table{font-size:.86rem}"
    + "h1,h2,h3,h4,p,td,th,dd,pre,summary{unicode-bidi:plaintext}"
    + "a{color:var(--link)}p.prose,td.prose,dd.prose{white-space:pre-line}p{margin:.4rem 0;max-width:60rem}"
    + "a:focus-visible,button:focus-visible,input:focus-visible,summary:focus-visible,.scroll:focus-visible"
    + "{outline:3px solid var(--link);outline-offset:2px}"
    + "nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;list-style:none;margin:.8rem 0 0;padding:0}"
    + ".scroll{overflow-x:auto}"
    + "table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem;font-size:.92rem}"
    + "caption{text-align:left;color:var(--soft);padding-bottom:.3rem;white-space:nowrap}"
    + "th,td{text-align:start;vertical-align:baseline;padding:.35rem .6rem;border-bottom:1px solid var(--rule)}"
    + "thead th{background:var(--panel)}td.count,th.count{text-align:right;font-variant-numeric:tabular-nums}"
    + "td.count{white-space:nowrap}#models tbody th{min-width:12rem}"
    + "#models td.short{min-width:6.5rem}@media(max-width:100rem){#models td.short{white-space:normal}}"
    + "tfoot th,tfoot td{border-top:2px solid var(--rule);font-weight:bold}"
    + "th.short,td.short{white-space:nowrap;overflow-wrap:normal}td.prose{min-width:16rem}"
    + "table.fields,table.fit{width:auto}table.fields th{color:var(--soft);font-weight:normal;white-space:nowrap}"
    + "th button{all:unset;box-sizing:border-box;cursor:pointer;white-space:nowrap}"
    + "th button::after{content:' \\2195';color:var(--soft)}"
    + "th[aria-sort=ascending] button::after{content:' \\2191'}"
    + "th[aria-sort=descending] button::after{content:' \\2193'}"
    + "input{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--soft);border-radius:4px;"
    + "padding:.15rem .4rem}"
    + ".bar{display:flex;gap:2px;height:14px;max-width:40rem;margin:.4rem 0 1rem;border-radius:4px;overflow:hidden}"
    + ".bar span{flex:0 1 0;min-width:3px;border:2px solid}"
    + "figure{margin:.6rem 0;padding:.6rem;border:1px solid var(--rule);border-radius:6px}"
    + ".canvas svg{display:block;min-width:var(--least);max-width:100%;height:auto;margin:0 auto}"
    + "@media screen{.part{display:none}.wide figure{width:calc(100vw - 4rem);margin-left:calc(50% - 50vw + 2rem)}}"
    + "figcaption{color:var(--soft);font-size:.85rem;margin-top:.6rem}figcaption .whole{display:block;margin:.3rem 0}"
    + ".threat{border:1px solid var(--rule);border-left-width:5px;border-radius:6px;padding:.5rem .9rem;margin:.7rem 0}"
    + ".threat:target{outline:3px solid var(--link)}.threat p.where{color:var(--soft);margin:.1rem 0}"
    + "dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.15rem 1rem;margin:.5rem 0;font-size:.92rem}"
    + "dt{color:var(--soft)}dd{margin:0}"
    + "@media screen and (max-width:40rem){dl{grid-template-columns:minmax(0,1fr)}}"
    + "pre{background:var(--panel);padding:.8rem;border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere}"
    + ".mark{display:inline-block;min-width:1.45em;padding:0 .4em;border-radius:.7em;border:2px solid;font-size:.85em;"
    + "font-weight:bold;text-align:center;white-space:nowrap}"
    + "a.mark{text-decoration:none;min-width:24px;line-height:20px}"
    + "".join(
        ".mark.%s,.bar .%s{background:%s;border-color:%s;color:%s}" % (name, name, fill, fill, ink)
        + ".threat.%s{border-left-color:%s}" % (name, fill)
        for name, (fill, ink) in SEVERITY_COLORS.items()
    )
    + ".mark.done,.bar .done{background:var(--paper);color:var(--ink)}"
    + "@page{margin:15mm}@page wide{size:landscape;margin:10mm}"
    + "@media print{body{max-width:none;padding:0}.threat,figure,tr{break-inside:avoid}h2,h3,h4{break-after:avoid}"
    + ".filter,nav,figcaption a:not(.mark){display:none}.scroll{overflow:visible}caption{white-space:normal}"
    + ".canvas svg{min-width:0;max-height:240mm}.wide{page:wide}.wide .canvas svg{max-height:155mm}"
    + "details::details-content{content-visibility:visible;display:block}summary{display:none}"
    + ".broad{page:wide}.broad table{font-size:.75rem}th button{display:contents}"
    + "th button::after,th[aria-sort] button::after{content:none}"
    + "table:not(.fields,.fit) tbody th,#models tbody th{min-width:6rem}tfoot{display:table-row-group}"
    + ".part{break-before:page}.part svg{display:block;width:100%;height:170mm}"
    + "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}"
)
