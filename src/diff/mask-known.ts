import { isList, isObject, mapList, mapObject, NumberText, type Value, type ValueObject } from "./value.ts";

/** What stands in place of a text that is hidden: the same for the same text. */
export type Hide = (text: string) => string;

/** Shorter than this, a value is a part of ordinary words, and only looked for as a whole. */
const least = 6;
const address = /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}:\/\/[^\s"'`<>]+/gi;
const userinfo = /^([a-z0-9+.-]+:\/\/)([^/?#@:]*)(:[^/?#]*)?@(?=[^/?#@]*(?:[/?#]|$))/i;
const parameter =
  /([?&;](?:(?:access|auth|private|job|id|refresh|session)[-_]?token|token|api[-_]?key|key|(?:client[-_]?)?secret|pass(?:word|wd)?|pwd|sig|signature|x-(?:amz|goog)-(?:signature|security-token))=)([^&;#]+)/gi;
/** What a template or a shell puts in later. */
const placeholder = /^(?:\$.*|\{\{.*|<.*|%[a-z]|\**|x+|‹.*)$/i;
const tokenLike = /^(?:gh[pousr]_|github_pat_|gl[a-z]+-)|^(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9_-]{20,}$/;
const secretField =
  /pass(?:word|wd|phrase|code)?$|pwd$|(?<![a-z])pin$|secret$|token$|(?:api|private|access)[-_]?key$|credentials?$/i;
const encoded = /[A-Za-z0-9+/_-]{8,}={0,2}/g;

/**
 * The object without these values, wherever they stand: as a text or a part of one, as a key, as base64, as JSON or an
 * address writes them; a short one only as a whole and where its field says that it is a secret, or it is no word. And
 * without the credentials in addresses, whoever they belong to: a changed one still shows as changed.
 */
export function maskKnown(object: ValueObject, values: readonly string[], hide: Hide): ValueObject {
  const long = values.filter(({ length }) => length >= least);
  const forms = long
    .flatMap((value) => writtenForms(value).map((form) => [form, value] as const))
    .sort(([a], [b]) => b.length - a.length);
  const short = new Set(values.filter(({ length }) => length < least));
  const text = (written: string): string => {
    const known = forms.reduce((rest, [form, value]) => rest.replaceAll(form, () => hide(value)), written);
    const decoded = long.length === 0 ? known : known.replace(encoded, (run) => (holds(run, long) ? hide(run) : run));
    return withoutAddressSecrets(decoded, hide);
  };
  const scalar = (written: string, field: string): string =>
    short.has(written) && (secretField.test(field) || isNoWord(written)) ? hide(written) : text(written);
  const walk = (value: Value, field: string): Value => {
    if (isList(value)) return mapList(value, (item) => walk(item, field));
    if (isObject(value)) return withKeys(mapEntries(value, walk), values.length === 0 ? undefined : text);
    if (typeof value === "string") return scalar(value, field);
    const number = value instanceof NumberText ? value.text : typeof value === "number" ? String(value) : undefined;
    if (number === undefined) return value;
    const shown = scalar(number, field);
    return shown === number ? value : shown;
  };
  const masked = walk(object, "");
  return isObject(masked) ? masked : object;
}

/** The text with what is secret in its addresses hidden: passwords, tokens in place of a user, tokens in a query. */
export function withoutAddressSecrets(text: string, hide: Hide): string {
  if (!text.includes("://")) return text;
  return text.replace(address, (one) =>
    one
      .replace(userinfo, (whole, scheme: string, user: string, password: string | undefined) => {
        const secret = password?.slice(1) ?? "";
        const shownUser = tokenLike.test(user) ? hide(user) : user;
        const shown = secret === "" || placeholder.test(secret) || secret === "x-oauth-basic" ? secret : hide(secret);
        return shownUser === user && shown === secret
          ? whole
          : `${scheme}${shownUser}${password === undefined ? "" : `:${shown}`}@`;
      })
      .replace(parameter, (whole, name: string, value: string) =>
        placeholder.test(value) ? whole : name + hide(value),
      ),
  );
}

/** As a text, as base64, and as JSON and addresses write it. */
function writtenForms(value: string): readonly string[] {
  const base64 = Buffer.from(value).toString("base64");
  const url = value.isWellFormed() ? encodeURIComponent(value) : value;
  return [...new Set([value, base64, JSON.stringify(value).slice(1, -1), url])];
}

/** Whether base64 has one of the values in it, whatever stands around. */
function holds(run: string, values: readonly string[]): boolean {
  const decoded = Buffer.from(run, "base64").toString("utf8");
  return values.some((value) => decoded.includes(value));
}

/** Letters of both cases, digits, signs: three of these in five characters are no word, no size and no version. */
function isNoWord(text: string): boolean {
  return [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9.:/_ -]/].filter((kind) => kind.test(text)).length >= 3;
}

/** An entry of a list like `env` has its name beside its value. */
function mapEntries(object: ValueObject, walk: (value: Value, field: string) => Value): ValueObject {
  const { name } = object;
  return mapObject(object, (value, key) => walk(value, key === "value" && typeof name === "string" ? name : key));
}

function withKeys(object: ValueObject, text: Hide | undefined): ValueObject {
  if (text === undefined || Object.keys(object).every((key) => text(key) === key)) return object;
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [text(key), value]));
}
