import Bowser from "bowser";

/** What a client that is no browser calls itself: "curl/8.5.0", "KithApp/1.2 (…)". */
const PRODUCT = /^([\w.-]{1,40})\/\d/;

/** A user agent as a person would say it, "Firefox on Linux"; null if it says nothing that anybody would recognise. */
export function deviceName(userAgent: string): string | null {
  if (userAgent.trim() === "") return null;
  const { browser, os } = Bowser.parse(userAgent);
  const product = PRODUCT.exec(userAgent)?.[1];
  const name = browser.name || (product === "Mozilla" ? undefined : product);
  if (name && os.name) return `${name} on ${os.name}`;
  return name || os.name || null;
}

/** A country by its code, as people call it; the code itself if it is none that has a name. */
export function countryName(code: string): string {
  try {
    return new Intl.DisplayNames("en", { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}
