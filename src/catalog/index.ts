/** Every model Winnow knows, in the order screens list them. */
import type { ModelCard } from './card';
import { starterImage } from './starter-image';
import { starterText } from './starter-text';

export const catalog: readonly ModelCard[] = [starterImage, starterText];
