import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { FC } from "hono/jsx";
import type { FieldErrors } from "../lib/errors";
import { LISTS, type Setting, VisibilityChange } from "../modules/visibility/schemas";
import * as visibility from "../modules/visibility/service";
import { FIELDS, SUBJECTS, type Subject } from "../visibility/rule";
import { Choices, Errors, Select, Several } from "./fields";
import { submit, takeListForm } from "./forms";
import { page } from "./layout";
import { FIELD_LEVELS, LEVEL_NAMES, PROFILE_LEVELS, SUBJECT_NAMES } from "./levels";
import { Avatar, Back, Empty, Form } from "./parts";
import { NotSaved, Settings } from "./settings-frame";
import { framed, members } from "./visitor";
import { type WebEnv, web } from "./web";

/** Who sees one at all, and what of one. */

const HERE = "/settings/privacy";

/** What was sent that was not taken: levels by what they are of. */
interface Wrong {
  errors: FieldErrors;
  given: Record<string, unknown>;
}

async function show(c: Context<WebEnv>, wrong?: Wrong): Promise<Response> {
  const { profile, fields } = await visibility.own(framed(c));
  const { errors = {}, given = {} } = wrong ?? {};
  const level = (subject: Subject, { level }: Setting) => String(given[subject] ?? level);
  return page(
    c,
    "Privacy",
    <Settings>
      <h1>Privacy</h1>
      <NotSaved errors={wrong?.errors} />
      <Form action={HERE} inPlace>
        <section class="card">
          <Choices
            name="profile"
            label="Who sees me at all"
            value={level("profile", profile)}
            options={PROFILE_LEVELS}
            errors={errors["profile.level"]}
          />
          <p>
            <Chosen subject="profile" setting={profile} />
          </p>
          <button type="submit">Save</button>
        </section>
        <section class="card">
          <h2>What they see</h2>
          <p class="quiet">Of those who see me at all.</p>
          <dl class="quiet">
            {FIELD_LEVELS.map(([, name, meaning]) => (
              <>
                <dt>{name}</dt>
                <dd>{meaning}</dd>
              </>
            ))}
          </dl>
          {FIELDS.map((field) => (
            <div class="setting">
              <Select
                name={`fields.${field}`}
                label={SUBJECT_NAMES[field]}
                value={level(field, fields[field])}
                options={LEVEL_NAMES}
                errors={errors[`fields.${field}.level`]}
              />
              <Chosen subject={field} setting={fields[field]} />
            </div>
          ))}
          <button type="submit">Save</button>
        </section>
      </Form>
      <section class="card">
        <h2>More</h2>
        <p>
          Whether people come across you in search and suggestions is among your <a href="/settings/preferences#privacy">preferences</a>.
        </p>
        <p>
          Whoever you have <a href="/friends?show=blocked">blocked</a> sees nothing of you, whatever stands here.
        </p>
      </section>
    </Settings>,
    { status: wrong ? 400 : 200 },
  );
}

const counted = (n: number, one: string, many: string) => (n === 0 ? [] : [n === 1 ? `1 ${one}` : `${n} ${many}`]);

/** Whom one has chosen, and the way to choose. */
const Chosen: FC<{ subject: Subject; setting: Setting }> = ({ subject, setting: { level, people, groups } }) => {
  const who = [...counted(people.length, "person", "people"), ...counted(groups.length, "group", "groups")].join(", ");
  const text = level !== "specific" ? "Choose people" : who === "" ? "Nobody is chosen yet" : `Chosen: ${who}`;
  return (
    <a href={`${HERE}/${subject}`} aria-label={`${SUBJECT_NAMES[subject]}: ${text}`}>
      {text}
    </a>
  );
};

const save = members(async (c, me) => {
  const body: Record<string, unknown> = await c.req.json();
  return submit(c, {
    schema: VisibilityChange,
    act: (change) => visibility.change(me, change),
    again: (errors) => show(c, { errors, given: { profile: body.profile, ...(body.fields as object) } }),
    done: HERE,
    said: "Saved.",
  });
});

const subjectIn = (c: Context<WebEnv>): Subject | undefined => SUBJECTS.find((subject) => subject === c.req.param("subject"));

async function showAudience(c: Context<WebEnv>, subject: Subject, wrong?: Wrong): Promise<Response> {
  const { setting, people, more, groups } = await visibility.audience(framed(c), subject);
  const given = (list: "people" | "groups") => (wrong ? ((wrong.given[list] ?? []) as unknown[]).map(Number) : setting[list]);
  const [chosenPeople, chosenGroups] = [new Set(given("people")), new Set(given("groups"))];
  const wrongIn = (part: string) => wrong?.errors[`${subject === "profile" ? subject : `fields.${subject}`}.${part}`];
  const title = subject === "profile" ? "Who sees me at all" : `Who sees: ${SUBJECT_NAMES[subject]}`;
  return page(
    c,
    title,
    <Settings>
      <Back to={HERE}>Privacy</Back>
      <h1>{title}</h1>
      <NotSaved errors={wrong?.errors} />
      <Form action={`${HERE}/${subject}`} class="card" inPlace>
        <Errors of={wrong?.errors.non_field_errors} />
        <Choices
          name="level"
          label="Who"
          value={String(wrong?.given.level ?? setting.level)}
          options={subject === "profile" ? PROFILE_LEVELS : FIELD_LEVELS}
          errors={wrongIn("level")}
        />
        <Several
          name="groups"
          label="Groups"
          options={groups.map(({ id, name, count }) => ({
            id,
            chosen: chosenGroups.has(id),
            content: <>{`${name} (${count})`}</>,
          }))}
          errors={wrongIn("groups")}
        >
          {groups.length === 0 && (
            <p class="quiet">
              You have none. <a href="/settings/groups">Make one</a> to choose several friends at once.
            </p>
          )}
        </Several>
        <Several
          name="people"
          label="People"
          options={people.map((person) => ({
            id: person.id,
            chosen: chosenPeople.has(person.id),
            content: (
              <>
                <Avatar of={person} size={24} />
                {person.username}
              </>
            ),
          }))}
          errors={wrongIn("people")}
        >
          {more && <p class="quiet">Only the first of your friends by name are offered here: you have many.</p>}
          {people.length === 0 && (
            <Empty title="You have no friends here yet">
              <a href="/people">Find people</a>
            </Empty>
          )}
        </Several>
        <p class="hint">Who is chosen stays so, and counts while it says “People I choose”.</p>
        <button type="submit">Save</button>
      </Form>
    </Settings>,
    { status: wrong ? 400 : 200 },
  );
}

/** The form is about one thing; what it says is a change like any. */
const changeOf = (subject: Subject) =>
  z.preprocess((body) => {
    const { level, people, groups } = body as Record<string, unknown>;
    const setting = { level, people, groups };
    return subject === "profile" ? { profile: setting } : { fields: { [subject]: setting } };
  }, VisibilityChange);

const openAudience = members((c) => {
  const subject = subjectIn(c);
  return subject ? showAudience(c, subject) : c.notFound();
});

const saveAudience = members(async (c, me) => {
  const subject = subjectIn(c);
  if (!subject) return c.notFound();
  const given: Record<string, unknown> = await c.req.json();
  return submit(c, {
    schema: changeOf(subject),
    act: (change) => visibility.change(me, change),
    again: (errors) => showAudience(c, subject, { errors, given }),
    done: HERE,
    said: "Saved.",
  });
});

export const privacyPages = web()
  .get(
    "/settings/privacy/",
    members((c) => show(c)),
  )
  .post("/settings/privacy/", takeListForm(LISTS), save)
  .get("/settings/privacy/:subject/", openAudience)
  .post("/settings/privacy/:subject/", takeListForm(LISTS), saveAudience);
