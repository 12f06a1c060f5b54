import type { FC } from "hono/jsx";
import type { AuditEntry } from "../modules/admin/schemas";
import { Empty, Time } from "./parts";

/** What admins did, in words: on the page of all of it and on that of one person. */

type Details = Record<string, string | undefined>;

const ACTS: Record<string, (details: Details) => string> = {
  suspend: () => "suspended",
  restore: () => "let in again",
  set_role: ({ from, to }) => `made ${to}, before ${from}:`,
  end_sessions: ({ sessions }) => `logged out of ${sessions} ${sessions === "1" ? "session" : "sessions"}:`,
};

export const AuditList: FC<{ of: AuditEntry[] }> = ({ of }) => (
  <div class="card flush">
    {of.length === 0 ? (
      <Empty title="Nothing has been done">Suspensions, roles and ended sessions will be listed here.</Empty>
    ) : (
      <ul class="list">
        {of.map((entry) => (
          <li>
            <Entry of={entry} />
          </li>
        ))}
      </ul>
    )}
  </div>
);

const Entry: FC<{ of: AuditEntry }> = ({ of: { action, actor, target, details, created_at, country } }) => {
  const said = Object.fromEntries(Object.entries(details).map(([name, value]) => [name, String(value)]));
  return (
    <div class="row">
      <div>
        <Named who={actor} nobody="Somebody at the machine" /> {ACTS[action]?.(said) ?? action}{" "}
        <Named who={target} nobody="somebody who left" />
        {said.reason && <div class="break">“{said.reason}”</div>}
        <div class="quiet">
          <Time at={created_at} />
          {country && `, from ${country}`}
        </div>
      </div>
    </div>
  );
};

const Named: FC<{ who: AuditEntry["target"] | null; nobody: string }> = ({ who, nobody }) =>
  who === null ? (
    <strong>{nobody}</strong>
  ) : (
    <a href={`/admin/users/${who.id}`}>
      <strong>{who.username ?? nobody}</strong>
    </a>
  );
