/** How hidden pictures look, for every veil of the page. */
export interface VeilLook {
  readonly blur: boolean;
  readonly grey: boolean;
  /** Of the usual blur. */
  readonly blurStrength: number;
  /** How much of the colour is taken, up to 1. */
  readonly greyStrength: number;
}

/** Through the style sheet's own variables. Before this is called, and without scripts, both are on. */
export function applyVeilLook(look: VeilLook, { style }: HTMLElement = document.documentElement): void {
  style.setProperty('--veil-blur', String(look.blur ? look.blurStrength : 0));
  style.setProperty('--veil-grey', String(look.grey ? look.greyStrength : 0));
}
