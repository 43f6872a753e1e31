/** Every model Winnow knows, in the order screens list them. */
import type { ModelCard } from './card';
import { starterImage } from './starter-image';

export const catalog: readonly ModelCard[] = [starterImage];
