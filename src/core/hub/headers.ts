/** Response headers that decide what happens next: RFC 9110. */

export interface ContentRange {
  /** First byte and the one after the last; absent for `*`, which comes with 416. */
  readonly start?: number;
  readonly end?: number;
  /** Absent when the server does not know. */
  readonly total?: number;
}

const WHOLE = '(0|[1-9]\\d{0,15})';
const CONTENT_RANGE = new RegExp(`^bytes (?:${WHOLE}-${WHOLE}|\\*)/(?:${WHOLE}|\\*)$`, 'i');

/** Section 14.4; undefined when it is absent or says nothing that can be true. */
export function parseContentRange(value: string | null): ContentRange | undefined {
  const [found, first, last, size] = CONTENT_RANGE.exec(value?.trim() ?? '') ?? [];
  if (found === undefined) return undefined;
  const total = size === undefined ? undefined : Number(size);
  if (total !== undefined && !Number.isSafeInteger(total)) return undefined;
  const known = total === undefined ? {} : { total };
  if (first === undefined || last === undefined) return known;
  const [start, end] = [Number(first), Number(last) + 1];
  if (!Number.isSafeInteger(end) || end <= start || (total !== undefined && end > total)) return undefined;
  return { start, end, ...known };
}

/** Seconds to wait from `now` (milliseconds since 1970), at least 0; undefined when it says nothing. Section 10.2.3. */
export function parseRetryAfter(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = parseHttpDate(text);
  return date === undefined ? undefined : Math.max(0, (date - now) / 1000);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const CLOCK = '(\\d{2}):(\\d{2}):(\\d{2})';
/** The three forms of section 5.6.7: that of today, RFC 850's, and C's asctime. */
const FORMS = [
  new RegExp(`^[A-Z][a-z]{2}, (?<day>\\d{2}) (?<month>[A-Z][a-z]{2}) (?<year>\\d{4}) ${CLOCK} GMT$`),
  new RegExp(`^[A-Z][a-z]+, (?<day>\\d{2})-(?<month>[A-Z][a-z]{2})-(?<year>\\d{2}) ${CLOCK} GMT$`),
  new RegExp(`^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) (?<day>[ \\d]\\d) ${CLOCK} (?<year>\\d{4})$`),
];

/** Milliseconds since 1970 in UTC. */
export function parseHttpDate(text: string): number | undefined {
  const match = FORMS.map((form) => form.exec(text)).find((found) => found !== null);
  if (!match?.groups) return undefined;
  const { day = '', month = '', year = '' } = match.groups;
  // Named groups are numbered too: the clock's three stand together, after or before the year.
  const [hours = 99, minutes = 99, seconds = 99] = (/(\d{2}):(\d{2}):(\d{2})/.exec(text) ?? [])
    .slice(1)
    .map(Number);
  const at = MONTHS.indexOf(month);
  const date = Number(day);
  if (at < 0 || date < 1 || date > 31 || hours > 23 || minutes > 59 || seconds > 60) return undefined;
  // Two digits, as RFC 850 has them: this form is older than 2070.
  const full = Number(year) + (year.length > 2 ? 0 : Number(year) < 70 ? 2000 : 1900);
  return ((daysSince1970(full, at + 1, date) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1000;
}

/** Days from 1970-01-01 in the Gregorian calendar, counted in 400-year eras that begin in March. */
function daysSince1970(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const ofEra = shifted - era * 400;
  const ofYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

/** What two answers must have in common to be parts of one file; weak ones promise nothing. Section 8.8.3. */
export function strongEtag(value: string | null): string | undefined {
  return value !== null && /^"[\x21\x23-\x7e\x80-\xff]{0,255}"$/.test(value) ? value : undefined;
}
