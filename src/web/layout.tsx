import type { Context } from "hono";
import type { Child, FC, PropsWithChildren } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { AppEnv } from "../http";
import type { Appearance } from "../modules/preferences/schemas";

/** What every page has around it. Pages work without JavaScript: there is none. */

const STYLESHEET = "/assets/kith.css";

/** Our own stylesheet and forms that come back to us, and nothing else. */
const CSP = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

type PageProps = PropsWithChildren<{ title: string; appName: string; wide?: boolean; look?: Appearance | undefined }>;

export const Page: FC<PageProps> = ({ title, appName, wide, look, children }) => (
  <html lang="en" data-theme={look?.theme} data-font={look?.font_size}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content={look?.theme ?? "light dark"} />
      <meta name="robots" content="noindex" />
      <title>{`${title} · ${appName}`}</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href={STYLESHEET} />
    </head>
    <body>
      <header class="top">{appName}</header>
      <main class={wide ? "wide" : ""}>{children}</main>
    </body>
  </html>
);

/**
 * Answers with a page. `frames`: whose content it may frame; `look`: as whoever is logged in has chosen, else it follows their system.
 */
export async function page(
  c: Context<AppEnv>,
  title: string,
  content: Child,
  { status = 200, wide = false, frames, look }: { status?: ContentfulStatusCode; wide?: boolean; frames?: string; look?: Appearance } = {},
) {
  const { appName } = c.get("scope").settings;
  const document = (
    <Page title={title} appName={appName} wide={wide} look={look}>
      {content}
    </Page>
  );
  c.header("Content-Security-Policy", frames ? `${CSP}; frame-src ${frames}` : CSP);
  return c.html(`<!doctype html>${await document}`, status);
}

/** One field of a form, with what is wrong with it. */
export const Field: FC<{
  name: string;
  label: string;
  type: string;
  autocomplete: string;
  value?: string | undefined;
  hint?: string;
  errors?: string[] | undefined;
  autofocus?: boolean;
}> = ({ name, label, type, autocomplete, value, hint, errors, autofocus }) => {
  const described = [hint && `${name}-hint`, errors && `${name}-errors`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        type={type}
        autocomplete={autocomplete}
        value={value}
        required
        autofocus={autofocus}
        {...(described && { "aria-describedby": described })}
        {...(errors && { "aria-invalid": "true" })}
      />
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      <Errors of={errors} id={`${name}-errors`} />
    </div>
  );
};

export const Errors: FC<{ of?: string[] | undefined; id?: string }> = ({ of, id }) =>
  of && of.length > 0 ? (
    <ul class="errorlist" id={id} role="alert">
      {of.map((message) => (
        <li>{message}</li>
      ))}
    </ul>
  ) : null;
