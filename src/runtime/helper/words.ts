/** What a worker and its helping thread have in common: two Int32 and the kinds of tasks. */
import type { Reading } from '../ahead/ring';

/** Index of the number of tasks that were ever posted. */
export const POSTED = 1;
/** Bit of what was said since the helping thread last looked, beside the page's `STOP`: there is another task. */
export const MORE = 2;

/** `braking`: the byte that ONNX Runtime looks at before every operator. */
export type Task = { readonly reading: Reading } | { readonly braking: Uint8Array<SharedArrayBuffer> };
