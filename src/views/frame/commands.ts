/** Every command of the palette, with its key. Commands and models only: content is never searched. */
import type { Bench } from '../../state/bench';
import { blurAll } from '../../state/blur-all';
import { headOnly } from '../../state/picking';
import type { Command } from '../../ui';

export interface Actions {
  readonly go: (place: string) => void;
  readonly focusPrompt: () => void;
  readonly addModel: () => void;
  readonly copy: (what: 'policy' | 'code' | 'link') => void;
  readonly samples: () => void;
  readonly help: () => void;
  readonly enforced: () => void;
  readonly limits: () => void;
  /** Of the screen that is shown, where it has commands of its own. */
  readonly here: () => readonly Command[] | undefined;
}

export function commands(bench: Bench, actions: Actions): readonly Command[] {
  const { settings, models } = bench;
  const { pressOnce, grey, blur, holdTexts } = settings.store.get();
  const { models: all, chosen } = models.store.get();
  const list = all.filter((model) => model.state !== 'available' && !headOnly(model));
  return [
    ...(actions.here() ?? ofBench(bench, actions)),
    ...everywhere(bench),
    ...['Bench', 'Triage', 'Evaluate', 'Explore', 'Models'].map((name) => ({
      id: `go-${name}`,
      group: 'Go to',
      label: name,
      run: () => actions.go(name.toLowerCase()),
    })),
    {
      id: 'go-speed',
      group: 'Go to',
      label: 'Speed of this machine',
      words: 'benchmark measure latency',
      run: () => actions.go('speed'),
    },
    ...list.map(({ card }) => {
      const on = chosen.includes(card.id);
      return {
        id: `model-${card.id}`,
        group: 'Models',
        label: `${on ? 'Take' : 'Put'} ${card.name} ${on ? 'off' : 'on'} the bench`,
        icon: 'models' as const,
        run: () => bench.choose(card.id, !on),
      };
    }),
    ...all
      .filter(({ state }) => state === 'available')
      .map(({ card }) => ({
        id: `install-${card.id}`,
        group: 'Models',
        label: `Install ${card.name}`,
        words: 'add download files',
        icon: 'models' as const,
        run: () => actions.go(`models/${card.id}`),
      })),
    ...list.map(({ card }) => ({
      id: `reset-${card.id}`,
      group: 'Models',
      label: `Reset the lines of ${card.name}`,
      run: () => bench.resetThresholds(card.id),
    })),
    ...(['system', 'light', 'dark'] as const).map((theme) => ({
      id: `theme-${theme}`,
      group: 'Settings',
      label: `Theme: ${theme}`,
      icon: theme,
      run: () => settings.theme(theme),
    })),
    {
      id: 'press',
      group: 'Settings',
      label: pressOnce ? 'Hold to reveal' : 'Press once to reveal',
      words: 'accessibility hold press',
      run: () => settings.turn('pressOnce', !pressOnce),
    },
    {
      id: 'grey',
      group: 'Settings',
      label: grey ? 'Pictures in colour' : 'Pictures in grey',
      shortcut: 'G',
      icon: 'grey',
      run: () => settings.toggleGrey(),
    },
    {
      id: 'blur',
      group: 'Settings',
      label: blur ? 'Hidden pictures without blur' : 'Blur hidden pictures',
      icon: 'hidden',
      run: () => settings.turnLook('blur', !blur),
    },
    {
      id: 'texts',
      group: 'Settings',
      label: holdTexts ? 'Show texts in triage at once' : 'Show texts in triage only while held',
      icon: 'hidden',
      run: () => settings.turn('holdTexts', !holdTexts),
    },
    { id: 'help', group: 'Settings', label: 'Help and keys', shortcut: '?', icon: 'help', run: actions.help },
    { id: 'enforced', group: 'Settings', label: 'How this is enforced', icon: 'lock', run: actions.enforced },
    { id: 'limits', group: 'Settings', label: 'Limits of each model', icon: 'models', run: actions.limits },
  ];
}

/** What looks after the person. */
function everywhere(bench: Bench): readonly Command[] {
  const group = 'This screen';
  const rest = () => {
    blurAll(bench);
    bench.breaks.rest();
  };
  return [
    {
      ...{ id: 'blur-all', group, label: 'Blur all', shortcut: 'B', icon: 'hidden' as const },
      ...{ words: 'hide panic', run: () => blurAll(bench) },
    },
    ...(bench.triage.store.get().screening
      ? [
          {
            id: 'break',
            group,
            label: 'Take a break',
            words: 'pause hide list',
            icon: 'clock' as const,
            run: rest,
          },
        ]
      : []),
  ];
}

/** On the bench, and on the screens that have none of their own. */
function ofBench(bench: Bench, actions: Actions): readonly Command[] {
  const { pictures, undo } = bench;
  const screen = (label: string, run: () => void, more: Partial<Command> = {}): Command => ({
    id: `screen-${label}`,
    group: 'This screen',
    label,
    run,
    ...more,
  });
  return [
    screen('Go to the prompt', actions.focusPrompt, { shortcut: '/', icon: 'bench' }),
    screen('Use sample pictures', actions.samples, { icon: 'plus', words: 'try example demo' }),
    screen('Next picture', () => pictures.move(1), { shortcut: 'J' }),
    screen('Previous picture', () => pictures.move(-1), { shortcut: 'K' }),
    screen('Clear all pictures', () => bench.removePictures(), { icon: 'close', words: 'remove delete' }),
    screen('Clear the prompt', () => bench.clearPrompt(), { icon: 'close' }),
    screen('Undo', () => undo.undo(), { shortcut: 'Ctrl Z', icon: 'undo' }),
    screen('Copy as policy', () => actions.copy('policy'), { icon: 'copy', words: 'thresholds json file' }),
    screen('Copy code', () => actions.copy('code'), { icon: 'code', words: 'sdk javascript' }),
    screen('Copy link with these thresholds', () => actions.copy('link'), {
      icon: 'copy',
      words: 'share address',
    }),
  ];
}
