/** Families of models, one line each: what a checkpoint of the family becomes. */
import { clipVision } from './clip';
import { timmEva02 } from './eva02';
import type { Family } from './family';
import { hfVit } from './hf-vit';
import { mlpHead } from './mlp';
import { timmVit } from './vit';

export { mobilenet } from './mobilenet';

/** In the order in which they are asked whether a config is theirs. */
export const FAMILIES: readonly Family[] = [timmVit, timmEva02, hfVit, clipVision, mlpHead];

/** The family of that id, as cards name it. */
export const familyById = (id: string): Family | undefined => FAMILIES.find((family) => family.id === id);
