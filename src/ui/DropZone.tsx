import { type ReactNode, useRef } from 'react';
import { Button } from './Button';
import { formatCount } from './format';
import { Icon } from './Icon';
import { Notice } from './Notice';
import { useFileDrop } from './useFileDrop';

export interface Refusal {
  readonly name: string;
  /** Why, and what to do. */
  readonly reason: string;
}

export interface DropZoneProps {
  /** "Drop or paste pictures". */
  prompt: string;
  onFiles(files: File[]): void;
  /** Drops with all they hold, folders too, in place of `onFiles`; to be read before this returns. */
  onDrop?: ((data: DataTransfer) => void) | undefined;
  /** Being read: how many there are and how many are ready. */
  reading?: { readonly total: number; readonly ready: number } | undefined;
  onStop?: (() => void) | undefined;
  refused?: readonly Refusal[] | undefined;
  onDismissRefused?: (() => void) | undefined;
  /** The `accept` of the file picker. */
  accept?: string | undefined;
  /** Opens "How this is enforced". */
  onEnforced(): void;
  /** The form for an empty screen, with a head and more room. */
  tall?: { readonly title: string; readonly sentence: string; readonly more?: ReactNode } | undefined;
  /** Takes drops and pastes anywhere in the window; on unless told. One zone per screen should. */
  wholeWindow?: boolean | undefined;
  buttonLabel?: string | undefined;
}

export function DropZone(props: DropZoneProps) {
  const {
    prompt,
    onFiles,
    reading,
    onStop,
    refused = [],
    accept,
    onEnforced,
    tall,
    wholeWindow = true,
  } = props;
  const input = useRef<HTMLInputElement>(null);
  const zone = useRef<HTMLDivElement>(null);
  const over = useFileDrop(zone, onFiles, wholeWindow, props.onDrop);
  const choose = (
    <Button
      size={tall ? 'normal' : 'small'}
      variant={tall ? 'main' : 'default'}
      onClick={() => input.current?.click()}
    >
      {props.buttonLabel ?? 'Choose files'}
    </Button>
  );
  return (
    <div className="dropzone">
      <div className={tall ? 'drop drop--tall' : 'drop'} ref={zone} data-over={over !== null || undefined}>
        {over !== null ? (
          <>
            <Icon name="drop" />
            <b>
              {over === 0
                ? 'Drop to score here'
                : `Drop ${formatCount(over)} ${over === 1 ? 'file' : 'files'} to score ${over === 1 ? 'it' : 'them'} here`}
            </b>
          </>
        ) : reading ? (
          <>
            <Icon name="clock" />
            <span className="drop__text num" role="status">
              Reading {formatCount(reading.total)} files. {formatCount(reading.ready)} ready
            </span>
            {onStop && (
              <Button size="small" onClick={onStop}>
                Stop
              </Button>
            )}
          </>
        ) : tall ? (
          <>
            <Icon name="drop" size={24} />
            <h3>{tall.title}</h3>
            <p>{tall.sentence}</p>
            <div className="row wrap">
              {choose}
              {tall.more}
            </div>
          </>
        ) : (
          <>
            <Icon name="drop" />
            <span className="drop__text">{prompt}</span>
            {choose}
          </>
        )}
      </div>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={accept}
        aria-label={prompt}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
      {refused.length > 0 && <Refusals items={refused} onDismiss={props.onDismissRefused} />}
      <p className="meta">
        Your data does not leave this machine.{' '}
        <button type="button" className="link" onClick={onEnforced}>
          How this is enforced
        </button>
      </p>
    </div>
  );
}

const shownRefusals = 3;

function Refusals({ items, onDismiss }: { items: readonly Refusal[]; onDismiss: (() => void) | undefined }) {
  const rest = items.length - shownRefusals;
  return (
    <div className="stack" role="status">
      {items.slice(0, shownRefusals).map((item) => (
        <Notice key={item.name} tone="bad" title={`${item.name} was not read.`}>
          {item.reason}
        </Notice>
      ))}
      {(rest > 0 || onDismiss) && (
        <p className="meta row">
          {rest > 0 && `${formatCount(rest)} more were not read.`}
          {onDismiss && (
            <button type="button" className="link push" onClick={onDismiss}>
              Hide
            </button>
          )}
        </p>
      )}
    </div>
  );
}
