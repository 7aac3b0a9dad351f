"""The one style sheet. Nothing in it loads anything."""

from __future__ import annotations

STYLE = """\
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem }
bdi { overflow-wrap: anywhere }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2.5rem } h3 { font-size: 1rem; margin-top: 1.8rem }
a { color: inherit; text-underline-offset: .2em }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; list-style: none; padding: 0 }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid #8884; padding: .35rem 1.6rem .35rem 0; text-align: left; vertical-align: top }
th { font-weight: 600 } th[scope=row] { font-weight: inherit }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.dim, th[scope=col], [data-column]::before { opacity: .7 }

/* Too narrow for columns: a row is a block of lines, and each line says which column it is. */
@media (max-width: 56rem) {
  table, tbody, tr, th[scope=row], td { display: block }
  thead { position: absolute; clip-path: inset(50%); white-space: nowrap; width: 1px; height: 1px; overflow: hidden }
  tr { border-bottom: 1px solid #8884; padding: .6rem 0 }
  th, td { border: 0; padding: .1rem 0 }
  th[scope=row] { font-weight: 600 }
  td { padding-left: 8rem; position: relative } .n { text-align: left }
  td:empty { display: none }
  [data-column]::before { content: attr(data-column); content: attr(data-column) / ""; left: 0; position: absolute }
}
"""
