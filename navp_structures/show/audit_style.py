"""How the report of an audit looks: on a screen, in the dark, on paper."""

from __future__ import annotations

from typing import Final

MARKS: Final = {
    "consistent": ("good", "✓"),
    "other_entry": ("partly", "≈"),
    "bar": ("slip", "¯"),
    "other_setting": ("slip", "⟲"),
    "common_scale": ("partly", "×"),
    "extinct": ("bad", "∅"),
    "inconsistent": ("bad", "✗"),
    "not_testable": ("open", "?"),
}
"""Class and sign of each verdict, so that colour says nothing alone."""

_LIGHT: Final = """
  --paper: #ffffff; --ink: #1b1f24; --soft: #57606a; --rule: #d0d7de; --band: #f6f8fa;
  --good: #116329; --partly: #0a4f9e; --slip: #7a4b00; --bad: #b3131c; --open: #57606a;
  --computed: #0a4f9e; --printed: #b3131c; --meant: #116329;
"""

_DARK: Final = """
  --paper: #14181d; --ink: #e6e8eb; --soft: #9aa4af; --rule: #39424d; --band: #1d232a;
  --good: #58c26f; --partly: #76b0f5; --slip: #e0b050; --bad: #ff8a80; --open: #9aa4af;
  --computed: #76b0f5; --printed: #ff8a80; --meant: #58c26f;
"""

STYLE: Final = (
    ":root { color-scheme: light dark;" + _LIGHT + "}\n"
    "@media screen and (prefers-color-scheme: dark) { :root {" + _DARK + "} }\n"
    """
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 60rem; background: var(--paper);
  color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .3rem; line-height: 1.25; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem; padding-top: .4rem;
  border-top: 2px solid var(--rule); break-after: avoid; }
p { margin: .35rem 0; }
a { color: var(--partly); }
.soft, .caption { color: var(--soft); }
.caption { font-size: .88rem; margin: 0 0 1rem; }
table { width: 100%; border-collapse: collapse; font-size: .93rem; }
table.claims { table-layout: fixed; }
.claims th:nth-child(1) { width: 31%; } .claims th:nth-child(2) { width: 14%; }
.claims th:nth-child(3) { width: 22%; } .claims th:nth-child(4) { width: 9%; }
.claims th:nth-child(5) { width: 7%; } .claims th:nth-child(6) { width: 17%; }
th { text-align: left; font-weight: 600; color: var(--soft); }
th, td { padding: .3rem .4rem; vertical-align: top; }
td { overflow-wrap: anywhere; }
thead { break-after: avoid; }
thead th { border-bottom: 1px solid var(--rule); }
td.number, th.number { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
tbody { border-bottom: 1px solid var(--rule); break-inside: avoid; }
.phases td:first-child { white-space: nowrap; }
tr.why td { padding-top: 0; }
tbody:target { background: var(--band); }
.id { font: .85rem/1.4 ui-monospace, Menlo, Consolas, monospace; color: var(--soft); }
.verdict { display: inline-block; white-space: nowrap; padding: 0 .5em; border-radius: .6em;
  border: 1px solid currentColor; font-weight: 600; font-size: .85rem; }
.verdict.good { color: var(--good); } .verdict.partly { color: var(--partly); }
.verdict.slip { color: var(--slip); } .verdict.bad { color: var(--bad); }
.verdict.open { color: var(--open); }
figure { margin: .8rem 0; break-inside: avoid; break-after: avoid; }
figure svg { width: 100%; max-width: 720px; height: auto; }
svg text { font: 11px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: var(--ink);
  stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; paint-order: stroke; }
svg .tick { fill: var(--soft); }
svg .head { font-weight: 600; font-size: 12px; }
svg .axis { stroke: var(--soft); }
svg .grid { stroke: var(--rule); stroke-width: .6; }
svg .leader { stroke: var(--soft); stroke-width: .6; }
svg line.computed { stroke: var(--computed); stroke-width: 1.6; }
svg .computed-label { fill: var(--computed); }
svg .key-printed, svg .printed-label { fill: var(--printed); }
svg .meant-label { fill: var(--meant); }
svg line.printed { stroke: var(--printed); stroke-width: 1.4; stroke-dasharray: 4 3; }
svg line.printed.good { stroke: var(--good); } svg text.good { fill: var(--good); }
svg line.printed.partly { stroke: var(--partly); } svg text.partly { fill: var(--partly); }
svg line.printed.slip { stroke: var(--slip); } svg text.slip { fill: var(--slip); }
svg line.printed.bad { stroke: var(--bad); } svg text.bad { fill: var(--bad); }
svg line.printed.open { stroke: var(--open); } svg text.open { fill: var(--open); }
svg .mark { fill: var(--paper); stroke: var(--computed); stroke-width: 1.4; }
svg .mark.chosen { fill: var(--computed); }
svg .mark.printed { stroke: var(--printed); }
svg .path { fill: none; stroke: var(--computed); stroke-width: 1.2; }
svg .path.printed { stroke: var(--printed); stroke-dasharray: 4 3; }
svg .vector { stroke-width: 1.6; }
svg .vector.printed { stroke: var(--printed); stroke-dasharray: 5 3; }
svg .vector.computed { stroke: var(--computed); } svg .vector.meant { stroke: var(--meant); }
svg .tip { fill: var(--paper); stroke-width: 1.6; }
svg .tip.printed { fill: none; stroke: var(--printed); }
svg .tip.computed { fill: var(--computed); stroke: none; }
svg .tip.meant { fill: var(--meant); stroke: none; }
svg .origin { fill: var(--ink); }
svg .net { fill: var(--soft); } svg .net.extinct { fill: none; stroke: var(--rule); }
@media print { body { max-width: none; padding: 0; font-size: 10pt; }
  a { color: inherit; } thead { display: table-row-group; } }
"""
)
"""The style sheet; it names no file and no font that would have to be fetched."""
