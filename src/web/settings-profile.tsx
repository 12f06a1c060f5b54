import type { Context, MiddlewareHandler } from "hono";
import type { FC } from "hono/jsx";
import { AppError, type FieldErrors } from "../lib/errors";
import { MAX_PICTURE_BYTES } from "../lib/picture";
import { PageProfileChange, ProfileChange } from "../modules/profiles/schemas";
import * as profiles from "../modules/profiles/service";
import { ownWords, pageProfile } from "../modules/profiles/words";
import { MAX_BIO, MAX_PROFESSION, MAX_STATUS_LINE, MAX_USERNAME, type Me } from "../modules/users/schemas";
import * as users from "../modules/users/service";
import { wantsJson } from "./accept";
import { act } from "./acts";
import { Errors, Field, TextArea } from "./fields";
import type { Given } from "./flash";
import { submit, takeForm, takeUploadForm } from "./forms";
import { page } from "./layout";
import { Act, Avatar, Form } from "./parts";
import { NotSaved, Settings } from "./settings-frame";
import { framed, members } from "./visitor";
import { type WebEnv, web } from "./web";

/** What one says of oneself, in the profile page's fields (contracts §4) and two of ours. */

const HERE = "/settings";
const TOO_LARGE = `That picture is too large: ${MAX_PICTURE_BYTES / 2 ** 20} MB at most.`;

const { birth_date, status_line } = ProfileChange.shape;
const SettingsForm = PageProfileChange.extend({ birth_date, status_line });

const edit = members((c) => form(c));

async function form(c: Context<WebEnv>, errors: FieldErrors = {}, given: Given = {}): Promise<Response> {
  const mine = await users.self(framed(c));
  return page(
    c,
    "Profile settings",
    <Settings>
      <h1>Profile</h1>
      <NotSaved errors={errors} />
      <Picture of={mine} />
      <Said of={mine} errors={errors} given={given} />
    </Settings>,
  );
}

const Picture: FC<{ of: Me }> = ({ of: mine }) => (
  <div class="card row">
    <Avatar of={mine} size={96} />
    <div>
      <strong class="break">{mine.username}</strong>
      <p class="quiet break">{mine.email}</p>
      {mine.avatar && (
        <Act action={`${HERE}/picture/remove`} confirm="Remove your picture?">
          Remove picture
        </Act>
      )}
    </div>
  </div>
);

const Said: FC<{ of: Me; errors: FieldErrors; given: Given }> = ({ of: mine, errors, given }) => {
  const now: Record<string, string | number | null> = {
    name: mine.first_name,
    surname: mine.last_name,
    age: mine.age,
    phone_number: mine.phone_number,
    profession: mine.profession,
    about_me: mine.bio,
    birth_date: mine.birth_date,
    status_line: mine.status_line,
  };
  const field = (name: string) => ({ name, value: given[name] ?? now[name], errors: errors[name], required: false });
  return (
    <Form action={HERE} class="card" upload inPlace>
      <Errors of={errors.non_field_errors} />
      <Field
        name="profileimg"
        label={mine.avatar ? "Another picture" : "Picture"}
        type="file"
        accept="image/png,image/jpeg,image/webp,image/gif"
        hint="PNG, JPEG, WebP or GIF, 2 MB at most."
        maxBytes={MAX_PICTURE_BYTES}
        tooLarge={TOO_LARGE}
        errors={errors.profileimg}
        required={false}
      />
      <div class="pair">
        <Field {...field("name")} label="Name" autocomplete="given-name" maxlength={MAX_USERNAME} />
        <Field {...field("surname")} label="Surname" autocomplete="family-name" maxlength={MAX_USERNAME} />
        {/* Text, so that what is no number comes back with what is wrong with it. */}
        <Field {...field("age")} label="Age" inputmode="numeric" hint={mine.birth_date ? "As your birth date says." : undefined} />
        <Field {...field("birth_date")} label="Birth date" type="date" autocomplete="bday" />
        <Field
          {...field("phone_number")}
          label="Phone number"
          type="tel"
          autocomplete="tel"
          hint="With its country code: +49 151 1234567."
        />
        <Field {...field("profession")} label="Profession" autocomplete="organization-title" maxlength={MAX_PROFESSION} />
      </div>
      <Field
        {...field("status_line")}
        label="How are you?"
        hint="In a few words, for who may see that you are online."
        maxlength={MAX_STATUS_LINE}
      />
      <TextArea name="about_me" label="About me" value={given.about_me ?? mine.bio} errors={errors.about_me} maxlength={MAX_BIO} />
      <button type="submit">Save</button>
    </Form>
  );
};

const save = members((c, me) =>
  submit(c, {
    schema: SettingsForm,
    act: (change) => profiles.change(me, ownWords(change)),
    again: (errors, given) => form(c, inItsWords(errors), given),
    refuse: { body_too_large: (_, given) => form(c, { profileimg: [TOO_LARGE] }, given) },
    done: HERE,
    by: 302,
    said: "Profile settings successfully updated.",
    json: (profile) => c.json(pageProfile(profile)),
  }),
);

/** What is too large is not read at all, and nothing that was typed beside it. */
const tooLarge = members((c) => form(c, { profileimg: [`${TOO_LARGE} What you had filled in is lost.`] }));

/** The form, or what is said where it was too large to be taken. */
const takeProfile: MiddlewareHandler<WebEnv> = (c, next) =>
  takeUploadForm(c, next).catch((error) => {
    if (wantsJson(c) || !(error instanceof AppError && error.code === "body_too_large")) throw error;
    c.error = error;
    return tooLarge(c, next);
  });

const NO_INTEGER = "A valid integer is required.";

/** Its clients know another sentence for an age that is no number. */
function inItsWords(errors: FieldErrors): FieldErrors {
  return errors.age?.includes(NO_INTEGER) ? { ...errors, age: ["Enter a whole number."] } : errors;
}

const removePicture = act(
  async (me) => {
    await profiles.change(me, { avatar: null });
    return "Your picture is removed.";
  },
  { to: HERE },
);

export const profileSettingsPages = web()
  .get("/settings/", edit)
  .post("/settings/", takeProfile, save)
  .post("/settings/picture/remove/", takeForm, removePicture);
