import type { Child, FC, PropsWithChildren } from "hono/jsx";

/** Fields of forms: each has its label, and what is wrong with it is said where it stands and read out with it. */

const Hint: FC<{ id: string; children: string }> = ({ id, children }) => (
  <p class="hint" id={id}>
    {children}
  </p>
);

interface Common {
  name: string;
  label: string;
  hint?: string | undefined;
  errors?: string[] | undefined;
}

const idsOf = ({ name, hint, errors }: Common) => [hint && `${name}-hint`, errors && `${name}-errors`].filter(Boolean).join(" ");
const described = (field: Common) => ({
  ...(idsOf(field) !== "" && { "aria-describedby": idsOf(field) }),
  ...(field.errors && { "aria-invalid": "true" as const }),
});

const Around: FC<PropsWithChildren<{ of: Common }>> = ({ of: { name, label, hint, errors }, children }) => (
  <div class="field">
    <label for={name}>{label}</label>
    {children}
    {hint && <Hint id={`${name}-hint`}>{hint}</Hint>}
    <Errors of={errors} id={`${name}-errors`} />
  </div>
);

interface Input extends Common {
  type?: "text" | "email" | "password" | "number" | "tel" | "time" | "date" | "search" | "file";
  value?: string | number | null | undefined;
  autocomplete?: string;
  autofocus?: boolean;
  required?: boolean;
  accept?: string;
  maxlength?: number;
  inputmode?: "numeric";
  /** The id of a list of what could be meant. */
  list?: string;
  min?: number;
  /** Of a file: script says `tooLarge` of one that has more, before it is sent. */
  maxBytes?: number;
  tooLarge?: string;
}

/** Text of any kind. Required unless it says otherwise. */
export const Field: FC<Input> = ({ type = "text", value, required = true, hint, errors, label, maxBytes, tooLarge, ...input }) => (
  <Around of={{ name: input.name, label, hint, errors }}>
    <input
      id={input.name}
      type={type}
      value={value ?? undefined}
      required={required}
      data-max-bytes={maxBytes}
      data-too-large={tooLarge}
      {...input}
      {...described({ name: input.name, label, hint, errors })}
    />
  </Around>
);

export const TextArea: FC<Common & { value?: string | null | undefined; rows?: number; maxlength?: number }> = ({
  value,
  rows = 4,
  maxlength,
  ...field
}) => (
  <Around of={field}>
    <textarea id={field.name} name={field.name} rows={rows} maxlength={maxlength} {...described(field)}>
      {value ?? ""}
    </textarea>
  </Around>
);

/** One of several: `options` are pairs of a value and what it is called. */
export const Select: FC<Common & { value?: string | null | undefined; options: readonly (readonly [string, string])[] }> = ({
  value,
  options,
  ...field
}) => (
  <Around of={field}>
    <select id={field.name} name={field.name} {...described(field)}>
      {options.map(([option, title]) => (
        <option value={option} selected={option === value}>
          {title}
        </option>
      ))}
    </select>
  </Around>
);

/** One of a few, each with a word on what it means. */
export const Choices: FC<{
  name: string;
  label: string;
  value: string | undefined;
  options: readonly (readonly [value: string, title: string, hint: string])[];
  errors?: string[] | undefined;
}> = ({ name, label, value, options, errors }) => (
  <fieldset class="field choices" {...(errors && { "aria-describedby": `${name}-errors` })}>
    <legend>{label}</legend>
    {options.map(([option, title, hint]) => (
      <div class="check">
        <input
          type="radio"
          id={`${name}-${option}`}
          name={name}
          value={option}
          checked={option === value}
          aria-describedby={`${name}-${option}-hint`}
        />
        <div>
          <label for={`${name}-${option}`}>{title}</label>
          <Hint id={`${name}-${option}-hint`}>{hint}</Hint>
        </div>
      </div>
    ))}
    <Errors of={errors} id={`${name}-errors`} />
  </fieldset>
);

/** Any number of several. Where nothing is checked the empty field says so. */
export const Several: FC<
  PropsWithChildren<{
    name: string;
    label: string;
    options: readonly { id: number; chosen: boolean; content: Child }[];
    errors?: string[] | undefined;
  }>
> = ({ name, label, options, errors, children }) => (
  <fieldset class="field choices" {...(errors && { "aria-describedby": `${name}-errors` })}>
    <legend>{label}</legend>
    <input type="hidden" name={name} value="" />
    {options.map(({ id, chosen, content }) => (
      <div class="check">
        <input type="checkbox" id={`${name}-${id}`} name={name} value={id} checked={chosen} />
        <label for={`${name}-${id}`}>{content}</label>
      </div>
    ))}
    {children}
    <Errors of={errors} id={`${name}-errors`} />
  </fieldset>
);

/** Yes or no. Unchecked, a form says nothing: the empty field before it says no. */
export const Check: FC<Common & { checked: boolean }> = ({ checked, name, label, hint, errors }) => (
  <div class="field check">
    <input type="hidden" name={name} value="false" />
    <input type="checkbox" id={name} name={name} value="true" checked={checked} {...described({ name, label, hint, errors })} />
    <div>
      <label for={name}>{label}</label>
      {hint && <Hint id={`${name}-hint`}>{hint}</Hint>}
      <Errors of={errors} id={`${name}-errors`} />
    </div>
  </div>
);

/** What is wrong, listed exactly as Django does (contracts §4). */
export const Errors: FC<{ of?: string[] | undefined; id?: string }> = ({ of, id }) =>
  of && of.length > 0 ? (
    <div id={id} role="alert">
      <ul class="errorlist">
        {of.map((message) => (
          <li>{message}</li>
        ))}
      </ul>
    </div>
  ) : null;
