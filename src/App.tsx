/** Reads the address, shows the screen it names, and holds what floats over all of them. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { formatAddress } from './state/address';
import { blurAll } from './state/blur-all';
import { policyFile, sdkCode } from './state/copying';
import { useBench, useStore } from './state/use';
import { applyTheme, applyVeilLook, Shell, type ToastMessage, type VeilHandle } from './ui';
import { BenchView } from './views/bench/BenchView';
import { samplePictures } from './views/bench/scenes';
import { useAddress } from './views/frame/address';
import { copyText } from './views/frame/clipboard';
import type { Actions } from './views/frame/commands';
import { Floating, type Open } from './views/frame/Floating';
import { useKeys } from './views/frame/keys';
import { useTopNotice } from './views/frame/TopNotice';
import { LaterView } from './views/later/LaterView';
import { ModelsView } from './views/models/ModelsView';
import { SpeedView } from './views/speed/SpeedView';
import { pageKeys } from './views/triage/pageKeys';
import { TriageView } from './views/triage/TriageView';
import { triageCommands } from './views/triage/triageCommands';
import { triageKeys, triageRangeKeys, useTriageToast } from './views/triage/triageKeys';

export function App() {
  const bench = useBench();
  const { place, item, view } = useAddress(bench);
  const notice = useTopNotice();
  const [open, setOpen] = useState<Open>();
  const { said, copy, hush } = useCopying();
  const field = useRef<HTMLTextAreaElement>(null);
  const veil = useRef<VeilHandle>(null);
  const filter = useRef<HTMLInputElement>(null);
  const triage = useTriageToast(bench.triage);
  const { theme } = useStore(bench.settings.store);
  useEffect(() => applyTheme(theme), [theme]);
  useVeilLook();
  useAlarms();

  const onTriage = place === 'triage';
  const { resting } = useStore(bench.breaks.store);
  const toFilter = () => filter.current?.focus();
  const actions: Actions = {
    go: (to) => {
      location.hash = `#/${to}`;
    },
    focusPrompt: () => {
      location.hash = location.hash.startsWith('#/bench') ? location.hash : '#/bench';
      requestAnimationFrame(() => field.current?.focus());
    },
    addModel: () => setOpen('models'),
    copy,
    samples: () => void samplePictures().then((files) => bench.pictures.add(files)),
    help: () => setOpen('help'),
    enforced: () => setOpen('enforced'),
    limits: () => setOpen('limits'),
    here: () => {
      if (!onTriage) return undefined;
      return resting ? [] : triageCommands(bench.triage, () => requestAnimationFrame(toFilter));
    },
  };
  const { screening } = useStore(bench.triage.store);
  const onBench = (action: () => void) => (place === 'bench' ? action : () => {});
  useKeys(
    {
      plain: {
        j: onBench(() => bench.pictures.move(1)),
        k: onBench(() => bench.pictures.move(-1)),
        ArrowRight: onBench(() => bench.pictures.move(1)),
        ArrowLeft: onBench(() => bench.pictures.move(-1)),
        g: () => bench.settings.toggleGrey(),
        b: () => blurAll(bench),
        Delete: onBench(() => {
          const { selected } = bench.pictures.store.get();
          if (selected) bench.removePictures([selected]);
        }),
        '?': actions.help,
        '/': actions.focusPrompt,
        ...(onTriage && !resting && pageKeys(bench.triage, triageKeys(bench.triage, toFilter))),
      },
      find: () => setOpen('palette'),
      undo: () => (onTriage ? void screening?.acts.undo() : void bench.undo.undo()),
      ...(onTriage && {
        redo: () => void screening?.acts.redo(),
        shifted: pageKeys(bench.triage, triageRangeKeys(bench.triage)),
        ...(screening && pageKeys(bench.triage, { all: () => screening.acts.markAll() })),
      }),
    },
    veil,
  );
  return (
    <Shell
      current={place === 'speed' ? 'models' : place}
      full={onTriage && screening !== undefined}
      notice={notice}
      onBlurAll={() => blurAll(bench)}
      onFind={() => setOpen('palette')}
      onHelp={actions.help}
      onEnforced={actions.enforced}
      foot={<Foot onLimits={actions.limits} />}
      floating={
        <Floating
          open={open}
          onClose={() => setOpen(undefined)}
          actions={actions}
          said={said ?? (onTriage ? triage.said : null)}
          onSaid={said ? hush : triage.hush}
        />
      }
    >
      {place === 'bench' ? (
        <BenchView
          field={field}
          veil={veil}
          onAddModel={actions.addModel}
          onCopy={copy}
          onEnforced={actions.enforced}
        />
      ) : place === 'models' ? (
        <ModelsView item={item} />
      ) : place === 'speed' ? (
        <SpeedView />
      ) : place === 'triage' ? (
        <TriageView
          run={item}
          look={view}
          veil={veil}
          filter={filter}
          onEnforced={actions.enforced}
          onModels={actions.addModel}
        />
      ) : (
        <LaterView place={place} />
      )}
    </Shell>
  );
}

function Foot({ onLimits }: { onLimits(): void }) {
  return (
    <>
      <p>Scores are estimates, not findings.</p>
      <p>
        Image models do not detect child abuse material; the text model is not a general filter.{' '}
        <button type="button" className="link" onClick={onLimits}>
          Limits of each model
        </button>
      </p>
    </>
  );
}

/** Copies what is asked for and says whether it worked. */
function useCopying() {
  const bench = useBench();
  const [said, setSaid] = useState<ToastMessage | null>(null);
  const copy = useCallback(
    (what: 'policy' | 'code' | 'link') => {
      const { policy } = bench.thresholds.store.get();
      const { chosen, models } = bench.models.store.get();
      const cards = chosen.flatMap((id) =>
        models.filter(({ card }) => card.id === id).map(({ card }) => card),
      );
      const thresholds = bench.thresholds.shared();
      const made = {
        policy: () => policyFile(policy),
        code: () => sdkCode(policy, cards),
        link: () =>
          new URL(formatAddress({ place: 'bench', ...(thresholds ? { thresholds } : {}) }), location.href)
            .href,
      };
      const words = {
        policy: 'Policy copied.',
        code: 'Code copied.',
        link: 'Link copied. It holds thresholds only.',
      };
      copyText(made[what]()).then(
        () => setSaid({ id: Date.now(), tone: 'status', icon: 'copy', text: words[what] }),
        () =>
          setSaid({
            id: Date.now(),
            tone: 'alert',
            text: 'Not copied. The browser refused the clipboard. Allow it for this page, then copy again.',
          }),
      );
    },
    [bench],
  );
  return { said, copy, hush: () => setSaid(null) };
}

/** Before paint: a hidden picture is never drawn otherwise than the settings say. */
function useVeilLook(): void {
  const { blur, grey, blurStrength, greyStrength } = useStore(useBench().settings.store);
  useLayoutEffect(
    () => applyVeilLook({ blur, grey, blurStrength, greyStrength }),
    [blur, grey, blurStrength, greyStrength],
  );
}

/** Errors of items are raised once each, in words that name no file. */
function useAlarms(): void {
  const { pictures, announcer } = useBench();
  const { items } = useStore(pictures.store);
  useEffect(() => {
    const failed = items.find((item) =>
      Object.values(item.scores).some((scores) => scores.status !== 'scored'),
    );
    const reason =
      failed && Object.values(failed.scores).find((scores) => scores.status !== 'scored')?.reason;
    if (reason) announcer.alarm(`Picture ${failed.number} needs review. ${reason}`);
  }, [items, announcer]);
}
