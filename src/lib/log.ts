/** One JSON line; strings are escaped, so no input can start a second one. */
export function logLine(level: "info" | "error", fields: Record<string, unknown>): void {
  console[level === "error" ? "error" : "log"](JSON.stringify({ time: new Date().toISOString(), level, ...fields }));
}

/** What a log may say of an error: its code or class. Its message may hold SQL and bound values. */
export const errorName = (error: unknown): string =>
  error instanceof Error ? ("code" in error ? String(error.code) : error.name) : "unknown";
