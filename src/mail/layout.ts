import type { Content } from "./templates";

/** Mails are read on phones, in the dark, without images and as plain text: tables and inline styles, because mail programs know no better. */

const FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/** Programs that know `prefers-color-scheme` take the second half; the others turn colours around by themselves. */
const STYLE = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #14161a !important; }
  .card { background: #1f2329 !important; border-color: #343a43 !important; }
  .text { color: #e7e9ec !important; }
  .quiet { color: #a3abb7 !important; }
  .line { border-color: #343a43 !important; }
  .button { background: #7aa2ff !important; color: #0d1320 !important; }
  .link { color: #9dbbff !important; }
}
@media (max-width: 480px) { .card { padding: 24px 20px !important; } }
`;

export function asHtml(appName: string, { subject, preview, heading, paragraphs, button, notes }: Content): string {
  const paragraph = (text: string) =>
    `<p class="text" style="margin:0 0 16px;font:16px/1.55 ${FONT};color:#1d2430">${escapeHtml(text)}</p>`;
  const note = (text: string) => `<p class="quiet" style="margin:0 0 8px;font:13px/1.5 ${FONT};color:#5c6675">${escapeHtml(text)}</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<title>${escapeHtml(subject)}</title>
<style>${STYLE}</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f3f5f8">
<div style="display:none;max-height:0;overflow:hidden">${escapeHtml(preview)}${"&#8199;&#847;".repeat(60)}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f3f5f8"><tr><td align="center" style="padding:32px 12px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:520px">
<tr><td class="quiet" style="padding:0 4px 14px;font:600 15px/1.4 ${FONT};color:#5c6675">${escapeHtml(appName)}</td></tr>
<tr><td class="card" style="padding:32px;background:#ffffff;border:1px solid #dfe4ea;border-radius:12px">
<h1 class="text" style="margin:0 0 16px;font:700 22px/1.3 ${FONT};color:#1d2430">${escapeHtml(heading)}</h1>
${paragraphs.map(paragraph).join("\n")}
${button ? asButton(button) : ""}
${notes.length > 0 ? `<div class="line" style="margin-top:24px;padding-top:16px;border-top:1px solid #dfe4ea">${notes.map(note).join("\n")}</div>` : ""}
</td></tr>
</table>
</td></tr></table>
</body>
</html>
`;
}

/** With its address below, for who would rather copy than click. */
function asButton({ label, url }: NonNullable<Content["button"]>): string {
  const address = escapeHtml(url);
  return `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:24px 0 20px"><tr><td>
<a class="button" href="${address}" target="_blank" style="display:inline-block;padding:13px 22px;border-radius:8px;background:#2456d6;color:#ffffff;font:600 16px/1.2 ${FONT};text-decoration:none">${escapeHtml(label)}</a>
</td></tr></table>
<p class="quiet" style="margin:0;font:13px/1.5 ${FONT};color:#5c6675">Or open this address:<br><a class="link" href="${address}" target="_blank" style="color:#2456d6;word-break:break-all">${address}</a></p>`;
}

/** Links stand on lines of their own, so that no program breaks or swallows them. */
export function asText(appName: string, { heading, paragraphs, button, notes }: Content): string {
  const blocks = [heading, ...paragraphs, ...(button ? [`${button.label}:\n${button.url}`] : []), ...notes, `-- \n${appName}`];
  return `${blocks.map((block) => (block.includes("\n") ? block : wrapped(block))).join("\n\n")}\n`;
}

const LINE = 72;

function wrapped(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1)!;
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= LINE) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!);
