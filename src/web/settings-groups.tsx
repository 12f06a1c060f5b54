import type { Context } from "hono";
import { type FieldErrors, ValidationError } from "../lib/errors";
import { id } from "../lib/fields";
import { MAX_NAME, NewGroup } from "../modules/groups/schemas";
import * as groups from "../modules/groups/service";
import { actOn } from "./acts";
import { Field, Select } from "./fields";
import { flash, type Given } from "./flash";
import { submit, takeForm } from "./forms";
import { page } from "./layout";
import { Act, Avatar, Back, Empty, Form } from "./parts";
import { NotSaved, Settings } from "./settings-frame";
import { about, framed, members } from "./visitor";
import { type WebEnv, web } from "./web";

/** Named lists of friends, of which only their owner knows. */

const HERE = "/settings/groups";

interface Wrong {
  errors: FieldErrors;
  given: Given;
}

async function list(c: Context<WebEnv>, wrong?: Wrong): Promise<Response> {
  const mine = await groups.all(framed(c));
  return page(
    c,
    "Groups",
    <Settings>
      <h1>Groups</h1>
      <NotSaved errors={wrong?.errors} />
      <p class="quiet">Put friends together, to show something to them and to nobody else. Nobody learns which groups they are in.</p>
      <div class="card flush">
        {mine.length === 0 ? (
          <Empty title="You have no groups yet">
            <p>Make one below: family, colleagues, the choir.</p>
          </Empty>
        ) : (
          <ul class="list">
            {mine.map(({ id, name, count }) => (
              <li class="row">
                <div>
                  <a class="break" href={`${HERE}/${id}`}>
                    <strong>{name}</strong>
                  </a>
                  <div class="quiet">{count === 1 ? "1 friend" : `${count} friends`}</div>
                </div>
                <a class="button secondary" href={`${HERE}/${id}`} aria-label={`Change ${name}`}>
                  Change
                </a>
              </li>
            ))}
          </ul>
        )}
      </div>
      <Form action={HERE} class="card">
        <h2>A new group</h2>
        <Field name="name" label="Name" maxlength={MAX_NAME} value={wrong?.given.name} errors={wrong?.errors.name} />
        <button type="submit">Make it</button>
      </Form>
    </Settings>,
    { status: wrong ? 400 : 200 },
  );
}

const create = members((c, me) =>
  submit(c, {
    schema: NewGroup,
    act: ({ name }) => groups.create(me, name),
    again: (errors, given) => list(c, { errors, given }),
    refuse: { too_many_groups: ({ body }, given) => list(c, { errors: { name: [String(body.detail)] }, given }) },
    done: (_, { id }) => `${HERE}/${id}`,
    said: ({ name }) => `“${name}” is there. Now put friends into it.`,
  }),
);

async function room(c: Context<WebEnv>, group: number, wrong?: Wrong): Promise<Response> {
  const { group: it, members: within, others, more } = await groups.room(framed(c), group);
  const at = `${HERE}/${group}`;
  return page(
    c,
    it.name,
    <Settings>
      <Back to={HERE}>Groups</Back>
      <h1 class="break">{it.name}</h1>
      <NotSaved errors={wrong?.errors} />
      <div class="card flush" id="members">
        {within.length === 0 ? (
          <Empty title="Nobody is in it yet" />
        ) : (
          <ul class="list">
            {within.map((friend) => (
              <li class="row">
                <Avatar of={friend} size={36} />
                <a href={`/people/${friend.id}`}>
                  <strong>{friend.username}</strong>
                </a>
                <Act action={`${at}/remove`} fields={{ user_id: String(friend.id) }} label={`Take out ${friend.username}`}>
                  Take out
                </Act>
              </li>
            ))}
          </ul>
        )}
      </div>
      {others.length > 0 ? (
        <Form action={`${at}/add`} class="card" inPlace>
          <Select name="user_id" label="Add a friend" options={others.map(({ id, username }) => [String(id), username] as const)} />
          {more && <p class="hint">Only the first of your friends by name are offered here: you have many.</p>}
          <button type="submit">Add</button>
        </Form>
      ) : (
        <p class="quiet">
          {within.length > 0 ? "All your friends are in it." : "You have no friends here yet."} <a href="/people">Find people</a>
        </p>
      )}
      <Form action={at} class="card" inPlace>
        <h2>Rename it</h2>
        <Field name="name" label="Name" maxlength={MAX_NAME} value={wrong?.given.name ?? it.name} errors={wrong?.errors.name} />
        <button type="submit">Save</button>
      </Form>
      <section class="card danger">
        <h2>Delete it</h2>
        <p>Your friends stay your friends. What you show to this group only, they do not see any more.</p>
        <Act action={`${at}/delete`} kind="danger" confirm={`Delete “${it.name}”? What you show to it only, nobody else sees then.`}>
          Delete the group
        </Act>
      </section>
    </Settings>,
    { status: wrong ? 400 : 200 },
  );
}

const gone = { gone: HERE, words: { not_found: "This group is gone." } };

const rename = about((c, me, group) =>
  submit(c, {
    schema: NewGroup,
    act: ({ name }) => groups.rename(me, group, name),
    again: (errors, given) => room(c, group, { errors, given }),
    refuse: {
      not_found: () => {
        flash(c, "bad", gone.words.not_found);
        return c.redirect(HERE, 303);
      },
    },
    done: `${HERE}/${group}`,
    said: "Saved.",
  }),
);

/** @throws ValidationError */
function friendIn({ user_id }: Record<string, unknown>): number {
  const { success, data } = id().safeParse(user_id);
  if (!success) throw new ValidationError({ user_id: ["Choose a friend."] });
  return data;
}

const inRoom = { ...gone, to: (group: number) => `${HERE}/${group}` };

const add = actOn(async (me, group, body) => {
  await groups.add(me, group, friendIn(body));
  return "They are in it.";
}, inRoom);

const drop = actOn(async (me, group, body) => {
  await groups.drop(me, group, friendIn(body));
  return "They are not in it any more.";
}, inRoom);

const remove = actOn(
  async (me, group) => {
    await groups.remove(me, group);
    return "The group is gone.";
  },
  { ...gone, to: HERE },
);

export const groupPages = web()
  .get(
    "/settings/groups/",
    members((c) => list(c)),
  )
  .post("/settings/groups/", takeForm, create)
  .get(
    "/settings/groups/:id/",
    about((c, _, group) => room(c, group)),
  )
  .post("/settings/groups/:id/", takeForm, rename)
  .post("/settings/groups/:id/add/", takeForm, add)
  .post("/settings/groups/:id/remove/", takeForm, drop)
  .post("/settings/groups/:id/delete/", takeForm, remove);
