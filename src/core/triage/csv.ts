/** Cells of a CSV that no spreadsheet takes for a formula (A12, OWASP ASVS 1.2.10). */

/** What a spreadsheet takes for the beginning of a formula, also behind spaces it cuts off. */
const FORMULA = /^\s*[=+\-@\t\r＝＋－＠]/;
/** Numbers that are written by us; anybody else's minus is a formula. */
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/;

/** One cell, quoted where RFC 4180 asks for it; text that could be a formula begins with an apostrophe, and is quoted. */
export function csvCell(value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  const text = String(value);
  if (typeof value === 'number' && NUMBER.test(text)) return text;
  const formula = FORMULA.test(text);
  const shown = formula ? `'${text}` : text;
  return formula || /[",\r\n]/.test(text) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

/** One record, with the line end that RFC 4180 asks for. */
export const csvLine = (cells: readonly (string | number | boolean | undefined)[]): string =>
  `${cells.map(csvCell).join(',')}\r\n`;
