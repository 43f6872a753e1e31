/** What floats over any screen: dialogs, palette, toast, and the two live regions. */
import { headOnly } from '../../state/picking';
import { useBench, useStore } from '../../state/use';
import {
  EnforcedDialog,
  HelpDialog,
  LimitsDialog,
  ModelPicker,
  Palette,
  ThemeSwitch,
  Toast,
  type ToastMessage,
} from '../../ui';
import { bytes } from '../bench/words';
import { type Actions, commands } from './commands';
import { ENFORCED_LIMITS, enforcedFacts, KEY_GROUPS } from './texts';

export type Open = 'help' | 'enforced' | 'limits' | 'models' | 'palette' | undefined;

export interface FloatingProps {
  open: Open;
  onClose(): void;
  actions: Actions;
  /** A message that is not about undoing, such as "Copied." */
  said: ToastMessage | null;
  onSaid(): void;
}

export function Floating({ open, onClose, actions, said, onSaid }: FloatingProps) {
  const bench = useBench();
  const { models, chosen } = useStore(bench.models.store);
  useStore(bench.settings.store);
  const undoable = useStore(bench.undo.toast);
  const undoing: ToastMessage | null = undoable
    ? {
        id: `undo-${undoable.id}`,
        tone: 'status',
        text: undoable.label,
        actions: [{ label: 'Undo', shortcut: 'Ctrl Z', onClick: () => bench.undo.undo() }],
      }
    : null;
  const runnable = models.filter((model) => model.state !== 'available');
  return (
    <>
      <HelpDialog open={open === 'help'} onClose={onClose} groups={KEY_GROUPS}>
        <Settings />
      </HelpDialog>
      <EnforcedDialog
        open={open === 'enforced'}
        onClose={onClose}
        facts={enforcedFacts(window.crossOriginIsolated)}
        limits={ENFORCED_LIMITS}
      />
      <LimitsDialog
        open={open === 'limits'}
        onClose={onClose}
        models={runnable.map(({ card }) => ({
          id: card.id,
          name: card.name,
          does: card.summary,
          limits: [...card.limits, ...card.notFor.map((use) => `Not for: ${use}`)],
        }))}
      />
      <ModelPicker
        open={open === 'models'}
        onClose={onClose}
        models={models.map(({ card, state, bytes: size, installed }) => ({
          id: card.id,
          name: card.name,
          facts: size > 0 ? `${card.facts} · ${bytes(size)}` : card.facts,
          added: chosen.includes(card.id),
          ...(state === 'available' ? { install: `#/models/${card.id}` } : {}),
          ...(installed && headOnly({ card, installed })
            ? { unavailable: 'Only its head is installed, which scores ready-made embeddings.' }
            : {}),
        }))}
        onToggle={(id) => bench.choose(id, !chosen.includes(id))}
      />
      <Palette
        open={open === 'palette'}
        onClose={onClose}
        commands={open === 'palette' ? commands(bench, actions) : []}
      />
      <section aria-label="Messages">
        <Toast toast={said ?? undoing} onDismiss={said ? onSaid : () => bench.undo.dismiss()} />
      </section>
      <Live />
    </>
  );
}

function Settings() {
  const { settings, exposure } = useBench();
  const { theme, pressOnce } = useStore(settings.store);
  const { seconds, reveals } = useStore(exposure.store);
  return (
    <div className="settings">
      <div className="row wrap">
        <ThemeSwitch value={theme} onChange={(next) => settings.theme(next)} />
        <label className="settings__check">
          <input
            type="checkbox"
            checked={pressOnce}
            onChange={(event) => settings.pressOnce(event.target.checked)}
          />
          Press once to reveal, for people who cannot hold
        </label>
      </div>
      <p className="meta num">
        In view since this page opened: {Math.round(seconds)} s in {reveals}{' '}
        {reveals === 1 ? 'look' : 'looks'}. Only you see this; it is not kept.
      </p>
    </div>
  );
}

function Live() {
  const { announcer } = useBench();
  return (
    <>
      <p className="sr" role="status" data-live="polite">
        {useStore(announcer.polite)}
      </p>
      <p className="sr" role="alert" data-live="assertive">
        {useStore(announcer.assertive)}
      </p>
    </>
  );
}
