/** CSS that several pages share. */

/** Colours of the light and the dark theme, for every page that reads or shows files. */
export const COLOURS = `
:root {
  color-scheme: light dark;
  --ink: #1b1f24;
  --quiet: #57606a;
  --page: #f6f8fa;
  --card: #fff;
  --rule: #d0d7de;
  --edge: #768390;
  --accent: #0550ae;
  --on-accent: #fff;
  --wash: #ddf0ff;
  --good: #116329;
  --wrong: #b3141d;
  --stage: #15191f;
  --on-stage: #d5dbe3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3;
    --quiet: #9aa4af;
    --page: #0d1117;
    --card: #161b22;
    --rule: #30363d;
    --edge: #7d8590;
    --accent: #79c0ff;
    --on-accent: #0d1117;
    --wash: #14283f;
    --good: #56d364;
    --wrong: #ff9b93;
    --stage: #000;
  }
}
`;

/** For the courier page and the page of frames: colours, fonts, and the area of a code. */
export const FACE = `${COLOURS}* { box-sizing: border-box; }
/* This rule has to be stronger than a rule for an id that sets the display property. */
[hidden] { display: none !important; }
body {
  margin: 0;
  background: var(--page);
  color: var(--ink);
  font: 1rem / 1.5 system-ui, sans-serif;
}
h1, h2, p, ol { margin: 0; }
.quiet { color: var(--quiet); font-size: 0.9rem; }
.code {
  font: 600 1.45rem / 1.3 ui-monospace, monospace;
  letter-spacing: 0.03em;
  white-space: nowrap;
  user-select: all;
}
kbd {
  padding: 0 0.35em;
  border: 1px solid var(--rule);
  border-radius: 4px;
  font: 0.85em ui-monospace, monospace;
}
.stage { overflow: hidden; border-radius: 12px; background: var(--stage); color: var(--on-stage); }
/* The script sets size and place when it paints the code, in whole screen pixels. */
.stage canvas { display: block; image-rendering: pixelated; }
.stage p { padding: 0.5rem 0.75rem; text-align: center; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
body.full { overflow: hidden; }
.full .stage { position: fixed; inset: 0; z-index: 1; border-radius: 0; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 47.99rem) {
  .stage { margin: 0 -1rem; border-radius: 0; }
}
`;
