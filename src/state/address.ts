/** `#/bench?t=…`: which screen, and thresholds to try. Everything here is untrusted text. */
export const PLACES = ['bench', 'triage', 'evaluate', 'explore', 'models'] as const;
export type Place = (typeof PLACES)[number];

export interface Address {
  readonly place: Place;
  /** The compact thresholds of `share.ts`, undecoded. */
  readonly thresholds?: string;
}

/** Unknown screens lead to the bench; unknown parameters are ignored. */
export function parseAddress(hash: string): Address {
  const [path = '', query = ''] = split(hash.replace(/^#\/?/, ''), '?');
  const place = PLACES.find((known) => known === path) ?? 'bench';
  // Not URLSearchParams: it reads `+` as a space and decodes what `share.ts` must see undecoded.
  const thresholds = query.split('&').find((part) => part.startsWith('t='));
  return { place, ...(thresholds === undefined ? {} : { thresholds: thresholds.slice(2) }) };
}

export function formatAddress({ place, thresholds }: Address): string {
  return `#/${place}${thresholds === undefined ? '' : `?t=${thresholds}`}`;
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
