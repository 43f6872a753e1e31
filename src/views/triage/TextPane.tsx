/** A prompt: read when it is looked at, shown as plain text, kept nowhere. */
import { type RefObject, useEffect, useState } from 'react';
import { toWinnowError } from '../../state/errors';
import type { Screening } from '../../state/triage/screening';
import { useBench, useStore } from '../../state/use';
import { Button, TextVeil, type VeilHandle } from '../../ui';

/** Characters that are drawn: a text of megabytes would stop the page, and nobody reads it here. */
const SHOWN = 20_000;

export interface TextPaneProps {
  screening: Screening;
  ordinal: number;
  released: boolean;
  veil: RefObject<VeilHandle | null>;
}

export function TextPane(props: TextPaneProps) {
  const { settings } = useBench();
  const { holdTexts, covered } = useStore(settings.store);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="review__text" aria-label={`Text ${props.ordinal + 1}`} tabIndex={0} data-scrolls="">
      {props.released ? (
        <p className="soft">Text released. Needs specialist review.</p>
      ) : holdTexts || covered ? (
        <Held {...props} covered={covered} />
      ) : (
        <Read {...props} />
      )}
    </section>
  );
}

function Read({ screening, ordinal }: TextPaneProps) {
  const [read, setRead] = useState<{ text?: string; problem?: string }>(() => {
    const text = screening.looks.textAhead(ordinal);
    return text === undefined ? {} : { text };
  });
  useEffect(() => {
    let gone = false;
    screening.looks.text(ordinal).then(
      (text) => gone || setRead({ text }),
      (thrown: unknown) => gone || setRead({ problem: toWinnowError(thrown).message }),
    );
    return () => {
      gone = true;
    };
  }, [screening, ordinal]);
  const { text, problem } = read;
  return (
    <>
      {problem ? <p className="soft">{problem}</p> : <p dir="auto">{text?.slice(0, SHOWN)}</p>}
      {text !== undefined && text.length > SHOWN && (
        <p className="meta">Only the beginning is shown. All of it was scored.</p>
      )}
    </>
  );
}

/** After *Blur all*, and for those who want texts hidden as pictures are. */
function Held({ screening, ordinal, veil, covered }: TextPaneProps & { covered: boolean }) {
  const { settings, pictures } = useBench();
  const { pressOnce, holdTexts } = useStore(settings.store);
  const { blurs } = useStore(pictures.store);
  return (
    <>
      <TextVeil
        ref={veil}
        name={`Text ${ordinal + 1}`}
        itemKey={`${ordinal}`}
        onReveal={async () => ({
          text: (await screening.looks.text(ordinal)).slice(0, SHOWN),
          close() {},
        })}
        mode={pressOnce ? 'press' : 'hold'}
        hideSignal={blurs}
      />
      {covered && !holdTexts && (
        <p className="textveil__more">
          <Button size="small" onClick={() => settings.uncover()}>
            Show texts again
          </Button>
        </p>
      )}
    </>
  );
}
