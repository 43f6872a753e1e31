/** What screens need to show and to find again what was gathered. */
export { hashDistance, NEAR } from '../core/image/phash';
export {
  CHANGED,
  type Known,
  type Linked,
  linkOf,
  type Place,
  Relinker,
} from '../core/inputs/relink';
export { displayName, displayPath, NAME_LIMIT } from '../core/triage/names';
