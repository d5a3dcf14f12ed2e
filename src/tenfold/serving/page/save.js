// The reading taken along: as JSON, which is what the service answered, or as a table.

const COLUMNS = ["file", "line", "place", "digit", "confidence", "x", "y", "width", "height", "corrected"];

export function asJson(answer, corrected) {
  const { explanation, ...record } = answer;
  const put_right = [...corrected].map(([place, label]) => ({ place, label }));
  return JSON.stringify(corrected.size ? { ...record, corrected: put_right } : record, null, 2) + "\n";
}

export function asCsv(answer, corrected) {
  const rows = answer.explanation.digits.map((digit, place) => [
    quoted(answer.file), digit.line, place, digit.digit, digit.confidence, ...digit.box, corrected.get(place) ?? "",
  ]);
  return [COLUMNS, ...rows].map((row) => row.join(",") + "\r\n").join("");
}

// A name that a spreadsheet would take for a formula, or that holds a comma, is made harmless.
function quoted(name) {
  const safe = /^[=+\-@\t\r]/.test(name) && name !== "-" ? `'${name}` : name;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function download(content, name, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
