/** Colours and sizes of the report's page; readable on light and dark screens, in print, and on a narrow window. */
export const REPORT_STYLE = `
:root { --ink: #1b1f24; --quiet: #57606a; --page: #fff; --rule: #d0d7de; --good: #116329; --wrong: #b3141d; --wrong-page: #ffebe9; --warn-page: #fff8c5; --mass: #9a6700; --issued: #0550ae; --expected: #8250df; --chain: #116329; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --quiet: #9aa4af; --page: #0d1117; --rule: #30363d; --good: #56d364; --wrong: #ff9b93; --wrong-page: #3c1618; --warn-page: #35290a; --mass: #e3b341; --issued: #79c0ff; --expected: #d2a8ff; --chain: #56d364; } }
@media print { :root { --page: #fff; --ink: #000; } }
body { margin: 0 auto; padding: 1rem; max-width: 75rem; background: var(--page); color: var(--ink); font: 1rem/1.45 system-ui, sans-serif; }
h1 { line-height: 1.2; font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
code, td.id, td.number { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-size: .875rem; }
.verdict { font-size: 1.15rem; font-weight: 600; } .good { color: var(--good); } .wrong { color: var(--wrong); }
.warning { background: var(--warn-page); padding: .1rem 1rem; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .8125rem; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--rule); text-align: left; white-space: nowrap; }
th { vertical-align: bottom; } .number { text-align: right; }
.words { white-space: normal; min-width: 16rem; }
td.id { white-space: normal; overflow-wrap: anywhere; min-width: 17ch; }
.bad td { background: var(--wrong-page); }
figure { margin: 1rem 0 2rem; } figcaption { font-weight: 600; }
figure .wide svg { display: block; width: 100%; min-width: 18rem; max-width: 42rem; }
svg text { font: 14px system-ui, sans-serif; fill: var(--quiet); }
@media screen and (max-width: 30rem) { svg text { font-size: 18px; } }
.grid { stroke: var(--rule); fill: none; } .axis { stroke: var(--quiet); fill: none; }
.line { fill: none; stroke-width: 2; } path.mass { stroke: var(--mass); } path.issued { stroke: var(--issued); } path.expected { stroke: var(--expected); stroke-dasharray: 6 4; }
circle.mass, rect.mass { fill: var(--mass); } circle.issued, rect.issued { fill: var(--issued); } rect.expected { fill: var(--expected); } .chain { fill: var(--chain); }
.keys { list-style: none; padding: 0; margin: .3rem 0; } .key { width: 1.75rem; height: .75rem; }
`;
