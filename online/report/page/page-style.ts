/** CSS of all pages and papers (report, record, checklist) for light and dark screens, narrow windows and A4. */
const LIGHT =
  '--ink: #1b1f24; --quiet: #57606a; --page: #fff; --card: #f6f8fa; --rule: #d0d7de; --good: #116329; --good-page: #dafbe1; --wrong: #b3141d; --wrong-page: #ffebe9; --warn: #6f4400; --warn-page: #fff8c5; --mass: #9a6700; --issued: #0550ae; --expected: #8250df; --chain: #116329;';

export const PAGE_STYLE = `
:root { ${LIGHT} color-scheme: light dark; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9aa4af; --page: #0d1117; --card: #161b22; --rule: #30363d; --good: #56d364; --good-page: #12261e; --wrong: #ff9b93; --wrong-page: #3c1618; --warn: #e3b341; --warn-page: #35290a; --mass: #e3b341; --issued: #79c0ff; --expected: #d2a8ff; --chain: #56d364; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 75rem; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
body.paper { max-width: 52rem; }
h1 { line-height: 1.2; font-size: 1.6rem; margin: 0 0 .75rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
code, pre, td.id, td.number { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { overflow-wrap: anywhere; font-size: .9em; }
pre { background: var(--card); border: 1px solid var(--rule); border-radius: .4rem; padding: .6rem .8rem; overflow-x: auto; font-size: .8125rem; }
header { background: var(--card); border: 1px solid var(--rule); border-radius: .6rem; padding: 1.25rem; margin-bottom: 1.5rem; }
header p { margin: .5rem 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.25rem; margin: .75rem 0 0; }
dt { color: var(--quiet); } dd { margin: 0; min-width: 0; overflow-wrap: anywhere; } dd code { font-size: .8em; }
.quiet { color: var(--quiet); font-size: .875rem; }
.verdict { font-size: 1.15rem; font-weight: 600; } .good { color: var(--good); } .wrong { color: var(--wrong); }
.warning { background: var(--warn-page); border-left: .25rem solid var(--warn); border-radius: .25rem; padding: .1rem 1rem; overflow-wrap: anywhere; }
.badge { display: inline-block; padding: 0 .5rem; border: 1px solid currentColor; border-radius: 1rem; font: 600 .75rem/1.5 system-ui, sans-serif; white-space: nowrap; color: var(--quiet); }
.badge.good { color: var(--good); background: var(--good-page); } .badge.wrong { color: var(--wrong); background: var(--wrong-page); } .badge.waits { color: var(--warn); background: var(--warn-page); }
.code { display: flex; flex-wrap: wrap; align-items: center; gap: 1.25rem; }
.code svg { width: 6.5rem; height: 6.5rem; flex: none; background: #fff; }
.code strong { font: 700 1.4rem/1.3 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.wide { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: .8125rem; min-width: 100%; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--rule); text-align: left; white-space: nowrap; vertical-align: top; }
th { vertical-align: bottom; white-space: normal; color: var(--quiet); font-weight: 600; } .number { text-align: right; }
.words { white-space: normal; min-width: 12rem; }
td.id { white-space: normal; overflow-wrap: anywhere; min-width: 17ch; }
.bad td { background: var(--wrong-page); }
.sign td { height: 3.2rem; vertical-align: bottom; } .sign td.blank { min-width: 7rem; border-left: 1px dotted var(--rule); }
ul.boxes { list-style: none; padding: 0; } ul.boxes li { padding-left: 1.75rem; text-indent: -1.75rem; margin: .4rem 0; overflow-wrap: anywhere; } .box { display: inline-block; width: .95rem; height: .95rem; margin-right: .8rem; border: 1.5px solid var(--ink); vertical-align: -.1rem; text-indent: 0; }
figure { margin: 1rem 0 2rem; } figcaption { font-weight: 600; }
figure .wide svg { display: block; width: 100%; min-width: 18rem; overflow: visible; }
svg text { font: 11px system-ui, sans-serif; fill: var(--quiet); }
@media screen and (max-width: 45rem) { svg text { font-size: 22px; } td.id { white-space: nowrap; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; } }
.grid { stroke: var(--rule); fill: none; } .axis { stroke: var(--quiet); fill: none; }
.line { fill: none; stroke-width: 2; } path.mass { stroke: var(--mass); } path.issued { stroke: var(--issued); } path.expected { stroke: var(--expected); stroke-dasharray: 6 4; }
circle.mass, rect.mass { fill: var(--mass); } circle.issued, rect.issued { fill: var(--issued); } rect.expected { fill: var(--expected); } .chain { fill: var(--chain); }
.keys { list-style: none; padding: 0; margin: .3rem 0; } .key { width: 1.75rem; height: .75rem; }
@page { size: A4; margin: 14mm; }
@media print {
  :root { --ink: #000; --card: #fff; }
  body, body.paper { max-width: none; padding: 0; font-size: 9pt; line-height: 1.35; }
  h1 { font-size: 14pt; margin: 0 0 .3rem; } h2 { font-size: 10.5pt; margin: .75rem 0 .2rem; break-after: avoid; } p { margin: .3rem 0; }
  .code svg { width: 5rem; height: 5rem; } dl { gap: 0 1.25rem; margin: .3rem 0 0; } .badge { font-size: 7pt; line-height: 1.3; }
  header { padding: .6rem .9rem; margin-bottom: .8rem; }
  table { font-size: 7.5pt; width: 100%; } th, td { padding: .2rem .35rem; white-space: normal; } td.id, .words { min-width: 0; overflow-wrap: anywhere; } td.number { white-space: nowrap; }
  .wide { overflow: visible; } tr, figure, .code, ul.boxes li { break-inside: avoid; } thead { display: table-header-group; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 7.5pt; }
  .sign td { height: 10mm; }
}
@media screen { .print { display: none; } }
`;
