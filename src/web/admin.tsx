import type { FC } from "hono/jsx";
import { cursorAddress } from "../lib/pages";
import { ROLES } from "../lib/roles";
import { type Account, AccountListQuery, AuditQuery, MAX_SEARCH } from "../modules/admin/schemas";
import * as admin from "../modules/admin/service";
import { AuditList } from "./admin-audit";
import { Field, Select } from "./fields";
import { page } from "./layout";
import { Avatar, Back, Empty, More, Time } from "./parts";
import { queryOf } from "./query";
import { members } from "./visitor";
import { web } from "./web";

/** Who has an account, for admins: finding them, and what was done to them. */

const HERE = "/admin";
const AUDIT = "/admin/audit";

const list = members(async (c, me) => {
  const query = queryOf(c, AccountListQuery);
  const found = await admin.list(me, query);
  const filters = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  filters.delete("cursor");
  const isFiltered = filters.size > 0;
  return page(
    c,
    "Accounts",
    <>
      <div class="heading">
        <h1>Accounts</h1>
        <a class="button secondary" href={AUDIT}>
          What admins did
        </a>
      </div>
      <Filters of={query} />
      <div class="card flush">
        {found.items.length === 0 ? (
          <Empty title="Nobody is like that">{isFiltered && <a href={HERE}>Show everybody</a>}</Empty>
        ) : (
          <ul class="list">
            {found.items.map((account) => (
              <li>
                <Row of={account} />
              </li>
            ))}
          </ul>
        )}
      </div>
      <More to={cursorAddress(isFiltered ? `${HERE}?${filters}` : HERE, found)} />
    </>,
    { width: "wide" },
  );
});

const ROLE_OPTIONS = [["", "Any role"], ...ROLES.map((role) => [role, role] as const)] as const;
const SUSPENDED_OPTIONS = [
  ["", "Suspended or not"],
  ["false", "Not suspended"],
  ["true", "Suspended"],
] as const;

const Filters: FC<{ of: AccountListQuery }> = ({ of: { search, role, suspended } }) => (
  <search>
    <form class="filters" action={HERE}>
      <Field name="search" label="Name or address" type="search" value={search} required={false} maxlength={MAX_SEARCH} />
      <Select name="role" label="Role" value={role} options={ROLE_OPTIONS} />
      <Select name="suspended" label="State" value={suspended === undefined ? "" : String(suspended)} options={SUSPENDED_OPTIONS} />
      <button type="submit">Find</button>
    </form>
  </search>
);

const Row: FC<{ of: Account }> = ({ of: { id, username, email, role, suspended_at, last_online, sessions } }) => (
  <div class="row">
    <Avatar of={{ id, username }} />
    <div>
      <a href={`${HERE}/users/${id}`}>
        <strong>{username}</strong>
      </a>{" "}
      {role !== "member" && <span class="badge">{role}</span>} {suspended_at && <span class="badge bad">suspended</span>}
      <div class="quiet break">{email}</div>
    </div>
    <div class="quiet aside">
      {last_online ? (
        <>
          online <Time at={last_online} />
        </>
      ) : (
        "never online"
      )}
      <br />
      {sessions === 1 ? "1 session" : `${sessions} sessions`}
    </div>
  </div>
);

const audit = members(async (c, me) => {
  const query = queryOf(c, AuditQuery);
  const entries = await admin.audit(me, query);
  const { target, actor } = query;
  const of = new URLSearchParams(Object.entries({ target, actor }).flatMap(([name, id]) => (id === undefined ? [] : [[name, String(id)]])));
  return page(
    c,
    "What admins did",
    <>
      <Back to={HERE}>Accounts</Back>
      <h1>What admins did</h1>
      {of.size > 0 && (
        <p class="quiet">
          {target !== undefined && "To one person. "}
          {actor !== undefined && "By one admin. "}
          <a href={AUDIT}>Show all</a>
        </p>
      )}
      <AuditList of={entries.items} />
      <More to={cursorAddress(of.size > 0 ? `${AUDIT}?${of}` : AUDIT, entries)}>Earlier</More>
    </>,
  );
});

export const adminPages = web().get("/admin/", list).get("/admin/audit/", audit);
