/** JSON that two writers write alike: RFC 8785. What is hashed is hashed in this form. */
import { InvalidError } from '../errors';

/** Deeper than anything that triage writes. */
const MAX_DEPTH = 32;

/**
 * Keys in the order of their UTF-16 units, no spaces, numbers and strings as JSON.stringify writes them, which is what
 * RFC 8785 (3.2.2) takes its rules from. Fields that are undefined are left out. Throws InvalidError('invalid-input')
 * for what has no such form: numbers that are not finite, half characters, functions, and what is too deep.
 */
export function canonical(value: unknown, depth = 0): string {
  if (depth > MAX_DEPTH) throw refused('is nested too deeply');
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw refused('has half a character in it');
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw refused('has a number that is not finite');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      break;
    default:
      throw refused(`has a ${typeof value} in it`);
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${value.map((part) => canonical(part, depth + 1)).join(',')}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${canonical(key)}:${canonical(field, depth + 1)}`).join(',')}}`;
}

const refused = (what: string) =>
  new InvalidError('invalid-input', `What was to be written down ${what}. Nothing was saved.`);
