import type { Context } from "hono";
import type { Child, FC, PropsWithChildren } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { asset, modules } from "./assets";
import { formToken } from "./csrf";
import { takeFlash } from "./flash";
import { type Frame, FrameContext } from "./frame";
import { Icon } from "./icons";
import { Avatar, type Events, FRIENDSHIP, NEWS } from "./parts";
import type { WebEnv } from "./web";

/** What every page has around it. */

/** Our own files, forms that come back to us and sockets of ours, and nothing else: nothing inline. */
const policy = (origin: string, frames?: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    // 'self' alone leaves sockets out in some browsers.
    `connect-src 'self' ${origin.replace(/^http/, "ws")}`,
    ...(frames ? [`frame-src ${frames}`] : []),
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

interface Options {
  status?: ContentfulStatusCode;
  /** How much room it takes: a card in the middle, a column, or all there is. */
  width?: "narrow" | "column" | "wide";
  /** Whose content it may frame. */
  frames?: string;
}

/** Answers with a page. To who is logged in it looks as they have chosen; to anybody else it follows their system. */
export async function page(
  c: Context<WebEnv>,
  title: string,
  content: Child,
  { status = 200, width = "column", frames }: Options = {},
): Promise<Response> {
  const frame = await frameOf(c);
  const document = (
    <FrameContext.Provider value={frame}>
      <Document title={title} frame={frame} width={width}>
        {content}
      </Document>
    </FrameContext.Provider>
  );
  // A browser that says nothing of where it comes from says "null" of where a form is posted from, too.
  c.header("Referrer-Policy", "same-origin");
  c.header("Content-Security-Policy", policy(new URL(c.req.url).origin, frames));
  return c.html(`<!doctype html>${document}`, status);
}

async function frameOf(c: Context<WebEnv>): Promise<Frame> {
  const { settings, now } = c.get("scope");
  const viewer = (await c.get("viewer")?.()) ?? null;
  let token: string | undefined;
  return {
    appName: settings.appName,
    website: settings.pages,
    path: c.req.path,
    address: addressOf(c.req.raw),
    now,
    viewer,
    flash: takeFlash(c),
    get formToken() {
      token ??= formToken(c);
      return token;
    },
  };
}

function addressOf({ method, url }: Request): string | null {
  const { pathname, search } = new URL(url);
  return method === "POST" ? null : (pathname.replace(/\/$/, "") || "/") + search;
}

const Document: FC<PropsWithChildren<{ title: string; frame: Frame; width: string }>> = ({ title, frame, width, children }) => {
  const { appName, viewer } = frame;
  return (
    <html lang="en" data-theme={viewer?.theme} data-font={viewer?.font_size}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={viewer?.theme ?? "light dark"} />
        <meta name="robots" content="noindex" />
        <title>{`${title} · ${appName}`}</title>
        <link rel="icon" href={asset("icon.svg")} type="image/svg+xml" />
        <link rel="stylesheet" href={asset("kith.css")} />
        {modules().map((module) => (
          <link rel="modulepreload" href={module} />
        ))}
        <script type="module" src={asset("main.client.js")} />
      </head>
      <body data-user={viewer?.id} data-seq={viewer?.seq}>
        <a class="skip" href="#content">
          Skip to the content
        </a>
        <Top frame={frame} />
        <main id="content" class={width} tabindex={-1}>
          <Said frame={frame} />
          {children}
        </main>
      </body>
    </html>
  );
};

/** What the form said that led here. Always there, so that what script puts into it is read out. */
const Said: FC<{ frame: Frame }> = ({ frame: { flash } }) => (
  <div id="flash" role="status">
    {flash && <p class={`notice ${flash.kind}`}>{flash.text}</p>}
  </div>
);

const Top: FC<{ frame: Frame }> = ({ frame }) => (
  <header class="top">
    <a class="brand" {...(frame.website && { href: "/" })}>
      <img src={asset("icon.svg")} alt="" width="28" height="28" />
      {frame.appName}
    </a>
    {frame.website && (frame.viewer ? <MembersNav frame={frame} viewer={frame.viewer} /> : <VisitorsNav path={frame.path} />)}
  </header>
);

const VisitorsNav: FC<{ path: string }> = ({ path }) => (
  <nav class="visitor" aria-label="Main">
    <NavLink to="/login" path={path}>
      Log in
    </NavLink>
    <NavLink to="/registration" path={path}>
      Sign up
    </NavLink>
  </nav>
);

const NavLink: FC<PropsWithChildren<{ to: string; path: string; class?: string }>> = ({ to, path, class: className, children }) => (
  <a href={to} class={className} {...currentFor(`${to}/`, path)}>
    {children}
  </a>
);

/** The page itself, or one under it; devices are a room of the settings. */
const currentFor = (to: string, path: string) => {
  if (to === path) return { "aria-current": "page" as const };
  return path.startsWith(to) || (to === "/settings/" && path === "/devices/") ? { "aria-current": "true" as const } : {};
};

const MembersNav: FC<{ frame: Frame; viewer: NonNullable<Frame["viewer"]> }> = ({ frame: { path }, viewer }) => (
  <>
    <nav class="tabs" aria-label="Main">
      <NavLink to="/people" path={path}>
        <Icon name="people" />
        <span>People</span>
      </NavLink>
      <NavLink to="/friends" path={path}>
        <Icon name="friends" />
        <span>Friends</span>
        <Count id="requests-count" of={viewer.requests} what="friend requests wait" on={FRIENDSHIP} />
      </NavLink>
      <NavLink to="/notifications" path={path}>
        <Icon name="bell" />
        <span>Notifications</span>
        <Count id="unread-count" of={viewer.unread} what="unread" on={NEWS} />
      </NavLink>
      <NavLink to="/settings" path={path}>
        <Icon name="settings" />
        <span>Settings</span>
      </NavLink>
    </nav>
    <details class="menu">
      <summary id="account" data-live="profile_update" aria-label={`${viewer.username}: your account`}>
        <Avatar of={viewer} size={36} />
      </summary>
      <nav aria-label="Your account">
        <strong class="break">{viewer.username}</strong>
        <NavLink to="/profilepage" path={path}>
          Profile
        </NavLink>
        <NavLink to="/activity" path={path}>
          Activity
        </NavLink>
        <NavLink to="/devices" path={path}>
          Devices
        </NavLink>
        {viewer.role === "admin" && (
          <NavLink to="/admin" path={path}>
            Admin
          </NavLink>
        )}
        <a href="/logout">Log out</a>
      </nav>
    </details>
  </>
);

/** How many wait; from 100 on they are not counted. */
const Count: FC<{ id: string; of: number; what: string; on: Events }> = ({ id, of, what, on }) => (
  <span id={id} class="count" data-live={on.join(" ")}>
    {of > 0 && (
      <>
        {of < 100 ? of : "99+"}
        <span class="unseen"> {what}</span>
      </>
    )}
  </span>
);
