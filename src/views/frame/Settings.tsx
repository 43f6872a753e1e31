/** How a person likes to work, in the help. */
import { STRENGTHS, type Strength } from '../../state/settings';
import { useBench, useStore } from '../../state/use';
import { ThemeSwitch } from '../../ui';

export function Settings() {
  const { settings, exposure } = useBench();
  const { theme, pressOnce, holdTexts, breaks, blur, grey } = useStore(settings.store);
  const { seconds, reveals } = useStore(exposure.store);
  return (
    <div className="settings">
      <ThemeSwitch value={theme} onChange={(next) => settings.theme(next)} />
      <fieldset className="looks">
        <legend>Pictures</legend>
        <Check on={blur} onTurn={(on) => settings.turnLook('blur', on)}>
          Blur what is hidden
        </Check>
        <StrengthOf name="blurStrength" label="Strength of the blur" off={!blur} />
        <Check on={grey} onTurn={(on) => settings.turnLook('grey', on)}>
          Grey, hidden and revealed
        </Check>
        <StrengthOf name="greyStrength" label="Strength of the grey" off={!grey} />
        <Check on={pressOnce} onTurn={(on) => settings.turn('pressOnce', on)}>
          Press once to reveal, for people who cannot hold
        </Check>
        <p className="meta">
          Both are on again at each visit. A hidden picture has 24 pixels on its longer side, blurred or not.
        </p>
      </fieldset>
      <fieldset className="looks">
        <legend>Reading and breaks</legend>
        <Check on={holdTexts} onTurn={(on) => settings.turn('holdTexts', on)}>
          Texts in triage only while held
        </Check>
        <Check on={breaks} onTurn={(on) => settings.turn('breaks', on)}>
          Say when a break is due
        </Check>
        <p className="meta num">
          In view since this page opened: {Math.round(seconds)} s in {reveals}{' '}
          {reveals === 1 ? 'look' : 'looks'}. Only you see this; it is not kept.
        </p>
      </fieldset>
    </div>
  );
}

function Check(props: { on: boolean; onTurn(on: boolean): void; children: React.ReactNode }) {
  return (
    <label className="settings__check">
      <input type="checkbox" checked={props.on} onChange={(event) => props.onTurn(event.target.checked)} />
      {props.children}
    </label>
  );
}

function StrengthOf({ name, label, off }: { name: Strength; label: string; off: boolean }) {
  const { settings } = useBench();
  const { [name]: value } = useStore(settings.store);
  const [least, most] = STRENGTHS[name];
  const percent = `${Math.round(value * 100)} %`;
  return (
    <label className="looks__strength">
      <span className="sr">{label}</span>
      <input
        type="range"
        min={least}
        max={most}
        step={0.1}
        value={value}
        disabled={off}
        aria-valuetext={percent}
        onChange={(event) => settings.strength(name, Number(event.target.value))}
      />
      <span className="num meta">{percent}</span>
    </label>
  );
}
