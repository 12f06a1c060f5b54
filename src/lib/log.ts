/** One JSON line; strings are escaped, so no input can start a second one. */
export function logLine(level: "info" | "error", fields: Record<string, unknown>): void {
  console[level === "error" ? "error" : "log"](JSON.stringify({ time: new Date().toISOString(), level, ...fields }));
}
