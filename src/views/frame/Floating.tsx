/** What floats over any screen: dialogs, palette, toast, and the two live regions. */
import { headOnly } from '../../state/picking';
import { useBench, useStore } from '../../state/use';
import {
  EnforcedDialog,
  HelpDialog,
  LimitsDialog,
  ModelPicker,
  Palette,
  Toast,
  type ToastMessage,
} from '../../ui';
import { sizeWords } from '../models/facts';
import { type Actions, commands } from './commands';
import { Settings } from './Settings';
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
  const { reset } = useStore(bench.machine.store);
  const continuing: ToastMessage | null = reset
    ? { id: `reset-${reset}`, tone: 'status', icon: 'warn', text: 'Graphics reset – continuing.' }
    : null;
  const shown = [
    { toast: said, onDismiss: onSaid },
    { toast: undoing, onDismiss: () => bench.undo.dismiss() },
    { toast: continuing, onDismiss: () => bench.machine.dismiss() },
  ];
  const first = shown.find(({ toast }) => toast !== null) ?? shown[0]!;
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
        models={models.map((model) => ({
          id: model.card.id,
          name: model.card.name,
          facts: [model.card.facts, sizeWords(model)].filter(Boolean).join(' · '),
          added: chosen.includes(model.card.id),
          ...(model.state === 'available' ? { install: `#/models/${model.card.id}` } : {}),
          ...(model.installed && headOnly(model)
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
        <Toast {...first} />
      </section>
      <Live />
    </>
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
