/** Where Chromium is. Throws if it is nowhere. */
export function chromiumPath(): string;
/** The same; installs it first where that is possible. */
export function ensureChromium(): string;
