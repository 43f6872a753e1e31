import { Button } from './Button';
import { Dialog } from './Dialog';
import { Icon } from './Icon';
import { Key } from './Key';

interface Openable {
  open: boolean;
  onClose(): void;
}

export interface KeyGroup {
  readonly title: string;
  /** `keys`: caps in order, such as `['Shift', 'Arrows']`. */
  readonly keys: readonly { readonly keys: readonly string[]; readonly does: string }[];
}

export interface HelpDialogProps extends Openable {
  groups: readonly KeyGroup[];
  children?: React.ReactNode;
}

/** Help and keys. */
export function HelpDialog({ open, onClose, groups, children }: HelpDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Help and keys" wide>
      {children}
      <div className="keygroups">
        {groups.map((group) => (
          <section key={group.title}>
            <h3>{group.title}</h3>
            <dl className="keylist">
              {group.keys.map((row) => (
                <div key={row.does}>
                  <dt>
                    {row.keys.map((key) => (
                      <Key key={key}>{key}</Key>
                    ))}
                  </dt>
                  <dd>{row.does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

export interface EnforcedFact {
  readonly title: string;
  readonly text: string;
  /** Whether this browser was seen to do it; left out where there is nothing to check. */
  readonly holds?: boolean;
}

export interface EnforcedDialogProps extends Openable {
  facts: readonly EnforcedFact[];
  /** What it does not protect against. */
  limits?: readonly string[] | undefined;
}

/** "How this is enforced": what keeps data on this machine, and what that does not cover. */
export function EnforcedDialog({ open, onClose, facts, limits = [] }: EnforcedDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="How this is enforced">
      <p>
        Your data does not leave this machine. Not by promise: by rules that the browser applies to this page.
      </p>
      <ul className="factlist">
        {facts.map((fact) => (
          <li key={fact.title} data-holds={fact.holds}>
            <Icon name={fact.holds === undefined ? 'lock' : fact.holds ? 'check' : 'warn'} />
            <div>
              <h3>{fact.title}</h3>
              <p>{fact.text}</p>
            </div>
          </li>
        ))}
      </ul>
      {limits.length > 0 && (
        <section className="stack">
          <h3>What it does not cover</h3>
          <ul className="dots">
            {limits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
        </section>
      )}
    </Dialog>
  );
}

export interface LimitsDialogProps extends Openable {
  models: readonly {
    readonly id: string;
    readonly name: string;
    readonly does: string;
    readonly limits: readonly string[];
  }[];
}

/** Limits of each model, from its card. */
export function LimitsDialog({ open, onClose, models }: LimitsDialogProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Limits of each model" wide>
      <p>Scores are estimates, not findings.</p>
      {models.map((model) => (
        <section key={model.id} className="stack">
          <h3>{model.name}</h3>
          <p className="soft">{model.does}</p>
          <ul className="dots">
            {model.limits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
        </section>
      ))}
    </Dialog>
  );
}

export interface PickerModel {
  readonly id: string;
  readonly name: string;
  /** "Image · 224 px · 2.4 MB" */
  readonly facts: string;
  readonly added: boolean;
  /** Why it cannot be added now. */
  readonly unavailable?: string;
  /** Not here yet: the address of where to get it. */
  readonly install?: string;
}

export interface ModelPickerProps extends Openable {
  models: readonly PickerModel[];
  onToggle(id: string): void;
}

/** Which models stand on the bench. Stays open, so that several can be added. */
export function ModelPicker({ open, onClose, models, onToggle }: ModelPickerProps) {
  return (
    <Dialog open={open} onClose={onClose} title="Models on the bench">
      <ul className="picklist">
        {models.map((model) => (
          <li key={model.id}>
            <Icon name="models" />
            <div className="picklist__text">
              <h3>{model.name}</h3>
              <p className="meta">{model.unavailable ?? model.facts}</p>
            </div>
            {model.install ? (
              <a
                className="btn btn--small"
                href={model.install}
                aria-label={`Install ${model.name}`}
                onClick={onClose}
              >
                Install
              </a>
            ) : (
              <Button
                size="small"
                icon={model.added ? 'check' : 'plus'}
                pressed={model.added}
                disabled={model.unavailable !== undefined}
                reserve="Added"
                aria-label={`${model.name} on the bench`}
                onClick={() => onToggle(model.id)}
              >
                {model.added ? 'Added' : 'Add'}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
