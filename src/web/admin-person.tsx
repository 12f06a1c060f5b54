import type { Context } from "hono";
import type { FC } from "hono/jsx";
import { type ErrorCode, type FieldErrors, textOf } from "../lib/errors";
import { ROLES } from "../lib/roles";
import { type Account, type AuditEntry, MAX_REASON, RoleChange, Suspension } from "../modules/admin/schemas";
import * as admin from "../modules/admin/service";
import { actOn } from "./acts";
import { AuditList } from "./admin-audit";
import { Field, Select } from "./fields";
import { flash, type Given } from "./flash";
import { submit, takeForm } from "./forms";
import { page } from "./layout";
import { Act, Avatar, Back, Form, Time } from "./parts";
import { about, framed } from "./visitor";
import { type WebEnv, web } from "./web";

/** One account, for admins: what it is, what can be done to it, and what was. */

const HERE = "/admin/users/:id/";
const address = (id: number) => `/admin/users/${id}`;

async function show(c: Context<WebEnv>, id: number, errors: FieldErrors = {}, given: Given = {}): Promise<Response> {
  const { account, history } = await admin.file(framed(c), id);
  return page(c, account.username, <Person account={account} history={history} errors={errors} given={given} />, {
    status: Object.keys(errors).length > 0 ? 400 : 200,
  });
}

const Person: FC<{ account: Account; history: AuditEntry[]; errors: FieldErrors; given: Given }> = ({
  account,
  history,
  errors,
  given,
}) => {
  const here = address(account.id);
  return (
    <>
      <Back to="/admin">Accounts</Back>
      <div class="heading">
        <Avatar of={account} size={96} />
        <h1 class="break">
          {account.username} {account.suspended_at && <span class="badge bad">suspended</span>}
        </h1>
      </div>
      <section class="card">
        <Facts of={account} />
      </section>
      <section class="card">
        <h2>Role</h2>
        <Form action={`${here}/role`} inPlace>
          <Select
            name="role"
            label="What they may do"
            value={account.role}
            options={ROLES.map((role) => [role, role] as const)}
            errors={errors.role}
          />
          <button type="submit">Save the role</button>
        </Form>
      </section>
      <section class="card">
        <h2>Sessions</h2>
        {account.sessions === 0 ? (
          <p class="quiet">They are logged in nowhere.</p>
        ) : (
          <>
            <p>They are logged in {account.sessions === 1 ? "in one place" : `in ${account.sessions} places`}.</p>
            <Act action={`${here}/end-sessions`} confirm={`Log ${account.username} out everywhere?`}>
              Log them out everywhere
            </Act>
          </>
        )}
      </section>
      <section class="card danger">
        <h2>{account.suspended_at ? "Let them in again" : "Suspend"}</h2>
        {account.suspended_at ? (
          <>
            <p>
              They were shut out <Time at={account.suspended_at} />.
            </p>
            <Act action={`${here}/restore`}>Let them in again</Act>
          </>
        ) : (
          <Form action={`${here}/suspend`} inPlace confirm={`Suspend ${account.username}? They are logged out at once.`}>
            <p>They are logged out at once and cannot log in until they are let in again.</p>
            <Field
              name="reason"
              label="Why"
              hint="For the list of what admins did; they do not see it."
              value={given.reason}
              maxlength={MAX_REASON}
              errors={errors.reason}
            />
            <button type="submit" class="danger">
              Suspend {account.username}
            </button>
          </Form>
        )}
      </section>
      <h2>What was done</h2>
      <AuditList of={history} />
      {history.length > 0 && (
        <p>
          <a href={`/admin/audit?target=${account.id}`}>All of it</a>
        </p>
      )}
    </>
  );
};

const Facts: FC<{ of: Account }> = ({ of: { id, email, email_verified_at, first_name, last_name, created_at, last_online } }) => (
  <dl>
    <dt>Number</dt>
    <dd>{id}</dd>
    <dt>Name</dt>
    <dd>{`${first_name} ${last_name}`.trim() || "not said"}</dd>
    <dt>E-mail</dt>
    <dd>
      {email} <span class="quiet">{email_verified_at ? "confirmed" : "not confirmed"}</span>
    </dd>
    <dt>Since</dt>
    <dd>
      <Time at={created_at} />
    </dd>
    <dt>Last online</dt>
    <dd>{last_online ? <Time at={last_online} /> : "never"}</dd>
  </dl>
);

/** A form of the page: what is wrong with it is said on the page, and so is what cannot be. */
const form = <Input,>(c: Context<WebEnv>, id: number, own: Pick<Parameters<typeof submit<Input>>[1], "schema" | "act" | "done" | "said">) =>
  submit(c, {
    ...own,
    again: (errors, given) => show(c, id, errors, given),
    refuse: { last_admin: () => refused(c, id, "last_admin") },
  });

function refused(c: Context<WebEnv>, id: number, code: ErrorCode): Response {
  flash(c, "bad", textOf(code));
  return c.redirect(address(id), 303);
}

const suspend = about((c, me, id) =>
  form(c, id, {
    schema: Suspension,
    act: ({ reason }) => admin.suspend(me, id, reason),
    done: address(id),
    said: "They are shut out.",
  }),
);

const setRole = about((c, me, id) =>
  form(c, id, {
    schema: RoleChange,
    act: ({ role }) => admin.setRole(me, id, role),
    // Who takes their own role away may not look at this page any more.
    done: ({ role }) => (id === me.caller.userId && role !== "admin" ? "/" : address(id)),
    said: ({ role }) => `The role is ${role} now.`,
  }),
);

const options = { to: address, gone: "/admin", words: { not_found: "There is no such account any more." } };

const restore = actOn(async (me, id) => {
  await admin.restore(me, id);
  return "They can log in again.";
}, options);

const endSessions = actOn(async (me, id) => {
  await admin.endSessions(me, id);
  return "They are logged out everywhere.";
}, options);

export const adminPersonPages = web()
  .get(
    HERE,
    about((c, _, id) => show(c, id)),
  )
  .post(`${HERE}suspend/`, takeForm, suspend)
  .post(`${HERE}restore/`, takeForm, restore)
  .post(`${HERE}role/`, takeForm, setRole)
  .post(`${HERE}end-sessions/`, takeForm, endSessions);
