/** C01, C02: what happened to an item that was marked as a concern, and whose it is now. Not legal advice. */
import { useState } from 'react';
import type { Item } from '../../core/triage/types';
import { Button, Icon } from '../../ui';
import { copyText } from '../frame/clipboard';

export interface HandOffProps {
  item: Pick<Item, 'kind' | 'sha256'>;
  /** The mark is in force; otherwise it was taken back, or is on an identical copy. */
  marked: boolean;
}

export function HandOff({ item: { kind, sha256 }, marked }: HandOffProps) {
  const what = kind === 'image' ? 'picture' : 'text';
  return (
    <section className="handoff" aria-label="Hand-off">
      <h3>
        <Icon name="warn" /> {marked ? 'Possible child-safety concern' : `This ${what} was released`}
      </h3>
      {marked ? (
        <p>
          <b>Needs specialist review.</b> Do not copy, forward, screenshot or re-upload this item. Stop
          viewing, follow your organisation’s escalation procedure, and let trained staff handle it.
        </p>
      ) : (
        <p>
          It, or an identical copy, was marked as a possible child-safety concern. Undo takes the mark back,
          not the release: nothing of it is shown again in this run.
        </p>
      )}
      <p>
        This tool does not report to anyone and keeps no copy of the {what}. In the US, providers report to
        NCMEC’s CyberTipline (report.cybertip.org); in the UK see the IWF (iwf.org.uk); elsewhere see INHOPE
        (inhope.org).
      </p>
      <p>
        Your organisation may have duties to report and to preserve material. Do not delete the original on
        the advice of this tool.
      </p>
      <p>
        This is a screening signal, not a finding; it cannot judge age. Of this item an export holds hash,
        time, label, model and decision, nothing else.
        {marked && ` Undo takes back the decision; the ${what} stays released in this run.`}
      </p>
      {sha256 && <HashToHandOver hash={sha256} />}
    </section>
  );
}

function HashToHandOver({ hash }: { hash: string }) {
  const [said, setSaid] = useState('Copy hash');
  const copy = () =>
    copyText(hash).then(
      () => setSaid('Hash copied'),
      () => setSaid('Not copied'),
    );
  return (
    <p className="handoff__hash">
      <span className="meta">SHA-256 for whoever takes over</span>
      <code className="mono">{hash}</code>
      <Button size="small" icon="copy" reserve="Hash copied" onClick={() => void copy()}>
        {said}
      </Button>
    </p>
  );
}
