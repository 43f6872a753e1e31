import type { ReactNode } from 'react';
import { decidingStates } from './statesDeciding';
import { dialogStates } from './statesDialogs';
import { floatingStates } from './statesFloating';
import { inputStates } from './statesInput';
import { modelsStates } from './statesModels';
import { pictureStates } from './statesPictures';
import { runPageStates } from './statesRunPages';
import { scoreStates } from './statesScores';
import { triageStates } from './statesTriage';

export interface GalleryState {
  /** Address and name in the tests: `?state=veil-hidden`. */
  readonly name: string;
  readonly caption: string;
  /** Shown only when asked for: large on purpose. */
  readonly heavy?: boolean;
  /** Shown alone only: it covers the page. */
  readonly alone?: boolean;
  render(): ReactNode;
}

export const states: readonly GalleryState[] = [
  ...scoreStates,
  ...pictureStates,
  ...inputStates,
  ...floatingStates,
  ...dialogStates,
  ...decidingStates,
  ...modelsStates,
  ...triageStates,
  ...runPageStates,
];
