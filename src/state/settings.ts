/** How a person likes to work. Kept but for what only shows more: blur and grey are on again at each visit. */
import type { Keeper, Theme } from './storage';
import { Store } from './store';
import { Views } from './triage/views';

export interface SettingsState {
  readonly theme: Theme;
  /** Reveal by a press instead of a hold, for people who cannot hold. */
  readonly pressOnce: boolean;
  /** Hidden pictures are blurred; off, they are 24 px of picture and no more. */
  readonly blur: boolean;
  /** Pictures are grey, hidden or revealed; off shows colour. */
  readonly grey: boolean;
  /** Of the usual blur, 0.5 to 2. */
  readonly blurStrength: number;
  /** How much of the colour is taken, 0.5 to 1. */
  readonly greyStrength: number;
  /** Texts of triage, too, are shown only while held. */
  readonly holdTexts: boolean;
  /** *Blur all* was pressed: what can be read is out of sight until somebody asks for it. */
  readonly covered: boolean;
  /** Says when a break is due. */
  readonly breaks: boolean;
}

type Switch = 'pressOnce' | 'holdTexts' | 'breaks';
export type Strength = 'blurStrength' | 'greyStrength';

export const STRENGTHS: Readonly<Record<Strength, readonly [least: number, most: number]>> = {
  blurStrength: [0.5, 2],
  greyStrength: [0.5, 1],
};

export class Settings {
  readonly store: Store<SettingsState>;
  readonly views: Views;

  constructor(readonly keeper: Keeper) {
    const { theme = 'system', pressOnce = false, holdTexts = false, breaks = true } = keeper.kept;
    const { blurStrength = 1, greyStrength = 1 } = keeper.kept;
    this.store = new Store<SettingsState>({
      ...{ theme, pressOnce, holdTexts, breaks, blurStrength, greyStrength },
      ...{ blur: true, grey: true, covered: false },
    });
    this.views = new Views(keeper);
  }

  theme(theme: Theme): void {
    this.keeper.keep({ theme });
    this.#set({ theme });
  }

  turn(name: Switch, on: boolean): void {
    this.keeper.keep({ [name]: on });
    this.#set({ [name]: on });
  }

  /** Not kept. */
  turnLook(name: 'blur' | 'grey', on: boolean): void {
    this.#set({ [name]: on });
  }

  /** A value beyond its limits becomes the nearest one within. */
  strength(name: Strength, value: number): void {
    const [least, most] = STRENGTHS[name];
    const kept = Math.min(most, Math.max(least, value));
    if (Number.isNaN(kept)) return;
    this.keeper.keep({ [name]: kept });
    this.#set({ [name]: kept });
  }

  toggleGrey(): void {
    this.#set({ grey: !this.store.get().grey });
  }

  /** Of *Blur all*: everything is as hidden as it can be. */
  cover(): void {
    this.#set({ blur: true, grey: true, covered: true });
  }

  uncover(): void {
    this.#set({ covered: false });
  }

  #set(change: Partial<SettingsState>): void {
    this.store.update((state) => ({ ...state, ...change }));
  }
}
