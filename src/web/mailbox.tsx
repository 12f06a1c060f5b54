import type { Context, Handler } from "hono";
import { listMails, type MailboxItem, readMail } from "../mail/mailbox";
import { acceptsHtml } from "./accept";
import { page } from "./layout";
import { Back, Time } from "./parts";
import { anybody } from "./visitor";
import { type WebEnv, web } from "./web";

/** The mailbox of development: pages for people, JSON for scripts and tests. */

const READING = ["GET", "HEAD"];
/** A mail is somebody else's document: it runs nothing and loads nothing, and its links open outside of the frame. */
const MAIL_CSP =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

/** In production these are paths like any that do not exist: they are no routes, so no table of routes gives them away. */
const inDevelopment =
  (show: Handler<WebEnv>): Handler<WebEnv> =>
  (c, next) =>
    c.get("scope").settings.development && READING.includes(c.req.method) ? show(c, next) : c.notFound();

async function mailOf(c: Context<WebEnv>): Promise<MailboxItem | null> {
  const id = Number(c.req.param("id"));
  return Number.isSafeInteger(id) ? readMail(c.get("scope"), id) : null;
}

const Sent = ({ at }: { at: string | null }) => (at ? <Time at={at} /> : <>not yet</>);

/** To a browser with a frame around it, to scripts as JSON. */
const toBoth = (show: (c: Context<WebEnv>) => Promise<Response>) =>
  inDevelopment((c, next) => (acceptsHtml(c) ? anybody(show)(c, next) : show(c)));

const list = toBoth(async (c) => {
  const mails = await listMails(c.get("scope"), c.req.query("to") ?? null);
  if (!acceptsHtml(c)) return c.json(mails);
  return page(
    c,
    "Mailbox",
    <>
      <h1>Mailbox</h1>
      <p class="quiet">What this server has mailed, newest first. Scripts that accept JSON get it as JSON.</p>
      <div class="card flush">{mails.length === 0 ? <p class="quiet empty">Nothing has been mailed yet.</p> : <List mails={mails} />}</div>
    </>,
  );
});

const List = ({ mails }: { mails: MailboxItem[] }) => (
  <ul class="list">
    {mails.map(({ id, to, subject, sent_at }) => (
      <li>
        <a href={`/dev/mailbox/${id}/`}>
          <strong>{subject}</strong>
          <span class="quiet">
            <Sent at={sent_at} />
          </span>
          <span class="quiet break">{to}</span>
        </a>
      </li>
    ))}
  </ul>
);

const one = toBoth(async (c) => {
  const mail = await mailOf(c);
  if (!mail) return c.notFound();
  if (!acceptsHtml(c)) return c.json(mail);
  return page(
    c,
    mail.subject,
    <>
      <Back to="/dev/mailbox/">Mailbox</Back>
      <h1>{mail.subject}</h1>
      <dl>
        <dt>To</dt>
        <dd>{mail.to}</dd>
        <dt>Sent</dt>
        <dd>
          <Sent at={mail.sent_at} />
        </dd>
      </dl>
      <iframe src={`/dev/mailbox/${mail.id}/html/`} title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox" />
      <h2>As plain text</h2>
      <pre class="card">{mail.text}</pre>
    </>,
    { frames: "'self'" },
  );
});

const html = inDevelopment(async (c) => {
  const mail = await mailOf(c);
  return mail ? c.html(mail.html, 200, { "Content-Security-Policy": MAIL_CSP }) : c.notFound();
});

export const mailbox = web().all("/dev/mailbox/", list).all("/dev/mailbox/:id/", one).all("/dev/mailbox/:id/html/", html);
