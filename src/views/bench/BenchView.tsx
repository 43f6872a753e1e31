/** The test bench: two lanes, input at the left, every model's answer at the right. */
import type { RefObject } from 'react';
import { useBench, useStore } from '../../state/use';
import { Button, Icon, type VeilHandle } from '../../ui';
import './bench.css';
import { PicturesLane } from './PicturesLane';
import { PromptLane } from './PromptLane';

export interface BenchViewProps {
  field: RefObject<HTMLTextAreaElement | null>;
  veil: RefObject<VeilHandle | null>;
  onAddModel(): void;
  onCopy(what: 'policy' | 'code'): void;
  onEnforced(): void;
}

export function BenchView({ field, veil, onAddModel, onCopy, onEnforced }: BenchViewProps) {
  const { models } = useBench();
  const { status } = useStore(models.store);
  return (
    <>
      <div className="head">
        <h1>Bench</h1>
        <span className="soft head__sub">Type or drop something. Every model answers as you go.</span>
        <span className="legend">
          <span>
            <Icon name="diamond" size={11} />
            Review from
          </span>
          <span>
            <Icon name="square" size={11} />
            Block from
          </span>
        </span>
        <span className="row head__acts">
          <Button size="small" icon="copy" onClick={() => onCopy('policy')} className="head__copy">
            Copy as policy
          </Button>
          <Button size="small" icon="code" onClick={() => onCopy('code')} className="head__copy">
            Copy code
          </Button>
          <Button size="small" variant="main" icon="plus" disabled={status !== 'ready'} onClick={onAddModel}>
            Add model
          </Button>
        </span>
      </div>
      <PromptLane field={field} />
      <PicturesLane veil={veil} onEnforced={onEnforced} />
    </>
  );
}
