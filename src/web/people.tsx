import type { Context } from "hono";
import type { FC } from "hono/jsx";
import type { FieldErrors } from "../lib/errors";
import { fieldErrors } from "../lib/fields";
import { cursorAddress } from "../lib/pages";
import type { Directory } from "../modules/people/schemas";
import * as people from "../modules/people/service";
import { UserListQuery } from "../modules/users/schemas";
import { Errors } from "./fields";
import { useFrame } from "./frame";
import { page } from "./layout";
import { Empty, FRIENDSHIP, Live, More } from "./parts";
import { PersonRow, Standing, Suggested } from "./person-parts";
import { cursorOf } from "./query";
import { members } from "./visitor";
import { type WebEnv, web } from "./web";

/** Finding people. */

const PATH = "/people";
const PAGE_SIZE = 30;

const list = members(async (c, me) => {
  const cursor = cursorOf(c);
  const { data, error } = UserListQuery.pick({ search: true }).safeParse(c.req.query());
  if (error) return show(c, c.req.query("search")!, null, fieldErrors(error));
  return show(c, data.search?.trim() ?? "", await people.directory(me, { ...data, cursor, limit: PAGE_SIZE }));
});

const show = (c: Context<WebEnv>, search: string, found: Directory | null, errors: FieldErrors = {}) => {
  const title = search ? `People: ${search}` : "People";
  return page(
    c,
    title,
    <>
      <h1>People</h1>
      <search>
        <form action={PATH} class="search">
          <label for="search" class="unseen">
            Search by username
          </label>
          <input
            type="search"
            id="search"
            name="search"
            value={search}
            placeholder="Username"
            maxlength={150}
            {...(errors.search && { "aria-invalid": "true", "aria-describedby": "search-errors" })}
          />
          <button type="submit">Search</button>
        </form>
      </search>
      <Errors of={errors.search} id="search-errors" />
      {found && <Found of={found} search={search} />}
    </>,
    { status: found ? 200 : 400 },
  );
};

const Found: FC<{ of: Directory; search: string }> = ({ of: { people, suggestions }, search }) => {
  const isAlone = useFrame().address === PATH && people.items.every(({ standing }) => standing === "self");
  return (
    <Live id="people" on={FRIENDSHIP}>
      {suggestions.length > 0 && (
        <section aria-labelledby="known">
          <h2 id="known">People you may know</h2>
          <div class="card flush">
            <ul class="list">
              {suggestions.map((person) => (
                <Suggested person={person} />
              ))}
            </ul>
          </div>
        </section>
      )}
      <section aria-labelledby="found">
        <h2 id="found" class="break">
          {search ? `Whose username has “${search}” in it` : "Everybody"}
        </h2>
        <div class="card flush">
          {isAlone ? (
            <Empty title="Nobody else is here yet">
              <p>Tell those whom you would like to have here where to find you.</p>
            </Empty>
          ) : people.items.length > 0 ? (
            <ul class="list">
              {people.items.map((person) => (
                <PersonRow of={person} about={person.profession}>
                  <Standing of={person} />
                </PersonRow>
              ))}
            </ul>
          ) : (
            <Nobody search={search} goesOn={people.next !== null} />
          )}
        </div>
      </section>
      <More to={cursorAddress(search ? `${PATH}?${new URLSearchParams({ search })}` : PATH, people)}>More people</More>
    </Live>
  );
};

const Nobody: FC<{ search: string; goesOn: boolean }> = ({ search, goesOn }) =>
  search === "" ? (
    <Empty title="That is everybody">
      <p>
        <a href={PATH}>Back to the first</a>
      </p>
    </Empty>
  ) : (
    <Empty title={goesOn ? "Nobody on this page" : "Nobody found"}>
      <p>
        Names are not searched, only usernames. Try a part of one, or <a href={PATH}>look at everybody</a>.
      </p>
    </Empty>
  );

export const peoplePages = web().get("/people/", list);
