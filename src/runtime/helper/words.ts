/** What a worker and its helping thread have in common: two Int32 and the kinds of tasks. */
import type { Reading } from '../ahead/ring';

/** Index of what was said since the helping thread last looked, as bits. */
export const SAID = 0;
/** Index of the number of tasks that were ever posted. */
export const POSTED = 1;

/** The run under way is to end. The page says so. */
export const STOP = 1;
/** There is another task. */
export const MORE = 2;

/** `braking`: the byte that ONNX Runtime looks at before every operator. */
export type Task = { readonly reading: Reading } | { readonly braking: Uint8Array<SharedArrayBuffer> };
