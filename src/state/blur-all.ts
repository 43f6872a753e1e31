import type { Bench } from './bench';

/** *Blur all*: nothing that was given to Winnow can be seen or read any more, on any screen. */
export function blurAll({ pictures, settings }: Pick<Bench, 'pictures' | 'settings'>): void {
  pictures.blurAll();
  settings.cover();
}
