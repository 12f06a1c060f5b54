const MAX_WIDTH = 60;

/** Rows as aligned columns, for reading. What is too wide is cut, and shows it. */
export function formatTable(rows) {
  const columns = Object.keys(rows[0]);
  const lines = [columns, ...rows.map((row) => columns.map((column) => show(row[column])))];
  const widths = columns.map((_, i) => Math.max(...lines.map((cells) => cells[i].length)));
  const numeric = columns.map((column) => rows.every((row) => row[column] === null || typeof row[column] === "number"));
  const format = (cells) =>
    cells
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd();
  const [head, ...body] = lines.map(format);
  const count = `${rows.length} row${rows.length === 1 ? "" : "s"}`;
  return [head, widths.map((width) => "─".repeat(width)).join("  "), ...body, count].join("\n");
}

function show(value) {
  const text = value === null ? "NULL" : String(value).replaceAll(/\s+/g, " ");
  return text.length > MAX_WIDTH ? `${text.slice(0, MAX_WIDTH - 1)}…` : text;
}
