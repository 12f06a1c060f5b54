const LIGHT = `--page: #f3f5f8; --card: #fff; --text: #1d2430; --quiet: #5c6675; --line: #dfe4ea;
  --accent: #2456d6; --on-accent: #fff; --bad: #b3261e; --bad-page: #fdecea; --good: #17643a; --good-page: #e6f4ec;`;
const DARK = `--page: #14161a; --card: #1f2329; --text: #e7e9ec; --quiet: #a3abb7; --line: #343a43;
  --accent: #7aa2ff; --on-accent: #0d1320; --bad: #ffb4ab; --bad-page: #3b1f1d; --good: #8fd8ac; --good-page: #17301f;`;

/** The stylesheet of all pages: one file, no build step, light and dark. Served by us, so that pages need no inline style. */
export const STYLES = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) {
  :root:not([data-theme]) { ${DARK} }
}
/* As whoever is logged in has chosen. */
:root[data-theme="light"] { color-scheme: light; }
:root[data-theme="dark"] { color-scheme: dark; ${DARK} }
*, *::before, *::after { box-sizing: border-box; }
html { font: 16px/1.55 -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
html[data-font="small"] { font-size: 14px; }
html[data-font="large"] { font-size: 20px; }
body { margin: 0; min-height: 100vh; background: var(--page); color: var(--text); display: flex; flex-direction: column; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.top { padding: 20px 24px 0; font-weight: 600; }
.top a { color: var(--quiet); text-decoration: none; }
main { width: 100%; max-width: 440px; margin: auto; padding: 24px 16px 64px; }
main.wide { max-width: 860px; margin: 0 auto; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 32px; }
h1 { margin: 0 0 12px; font-size: 1.45rem; line-height: 1.25; }
p { margin: 0 0 16px; }
.card > :last-child { margin-bottom: 0; }
.quiet { color: var(--quiet); font-size: .9rem; }
.break { overflow-wrap: anywhere; }
label { display: block; margin: 0 0 4px; font-weight: 600; }
.field { margin: 0 0 18px; }
.hint { margin: 4px 0 0; color: var(--quiet); font-size: .875rem; }
input { width: 100%; padding: 11px 12px; font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 8px; }
input[aria-invalid="true"] { border-color: var(--bad); }
.errorlist { margin: 6px 0 0; padding: 0; list-style: none; color: var(--bad); font-size: .9rem; }
.notice { margin: 0 0 18px; padding: 12px 14px; border-radius: 8px; }
.notice.bad { background: var(--bad-page); color: var(--bad); }
.notice.good { background: var(--good-page); color: var(--good); }
button, .button {
  display: inline-block; width: 100%; padding: 12px 20px; border: 0; border-radius: 8px; background: var(--accent); color: var(--on-accent);
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
}
button:hover, .button:hover { filter: brightness(1.08); }
button.secondary { width: auto; white-space: nowrap; padding: 8px 16px; background: transparent; color: var(--accent); border: 1px solid var(--line); }
.row { display: flex; align-items: center; justify-content: space-between; gap: 16px; padding: 14px 20px; }
.badge { margin-left: 8px; padding: 1px 8px; border-radius: 999px; background: var(--good-page); color: var(--good); font-size: .8rem; }
.below { margin-top: 20px; }
.list { margin: 0; padding: 0; list-style: none; }
.list li + li { border-top: 1px solid var(--line); }
.list a { display: grid; grid-template-columns: 1fr auto; gap: 2px 16px; padding: 14px 20px; color: inherit; text-decoration: none; }
.list a:hover { background: var(--page); }
.list strong { overflow-wrap: anywhere; }
.empty { padding: 20px; margin: 0; }
.card.flush { padding: 0; overflow: hidden; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 16px; margin: 0 0 20px; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
iframe { display: block; width: 100%; height: 640px; border: 1px solid var(--line); border-radius: 12px; background: #fff; }
pre { margin: 0; padding: 20px; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; font: .875rem/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
h2 { margin: 28px 0 10px; font-size: 1.05rem; }
@media (max-width: 480px) {
  .card { padding: 24px 20px; }
  .list a { grid-template-columns: 1fr; }
  main { margin-top: 0; }
}
`;
