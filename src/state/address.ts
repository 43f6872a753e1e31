/** `#/bench?t=…`, `#/models/marqo-nsfw-384`, `#/triage/…?verdict=block`: which screen, what on it and how, and thresholds to try. All untrusted text. */
/** `speed` is a page of Models: it has an address and no place in the bar. */
export const PLACES = ['bench', 'triage', 'evaluate', 'explore', 'models', 'speed'] as const;
export type Place = (typeof PLACES)[number];

/** As cards' ids are. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export interface Address {
  readonly place: Place;
  /** Of the Models screen: the id of a model; of Triage: of a run. */
  readonly item?: string;
  /** The compact thresholds of `share.ts`, undecoded. */
  readonly thresholds?: string;
  /** Of Triage: order, filters and columns as `triage/view-query` reads them. */
  readonly view?: string;
}

/** Unknown screens lead to the bench; unknown parameters are ignored. */
export function parseAddress(hash: string): Address {
  const [path = '', query = ''] = split(hash.replace(/^#\/?/, ''), '?');
  const [first, item = ''] = split(path, '/');
  const place = PLACES.find((known) => known === first) ?? 'bench';
  // Not URLSearchParams: it reads `+` as a space and decodes what `share.ts` must see undecoded.
  const thresholds = query.split('&').find((part) => part.startsWith('t='));
  return {
    place,
    ...((place === 'models' || place === 'triage') && ID.test(item) ? { item } : {}),
    ...(thresholds === undefined ? {} : { thresholds: thresholds.slice(2) }),
    ...(place === 'triage' && query !== '' ? { view: query } : {}),
  };
}

export function formatAddress({ place, item, thresholds, view }: Address): string {
  const query = [thresholds && `t=${thresholds}`, view].filter(Boolean).join('&');
  return `#/${place}${item === undefined ? '' : `/${item}`}${query && `?${query}`}`;
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
