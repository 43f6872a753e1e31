/** The last resort: a fault in our own code. Says so without showing any of what was being looked at. */
import { Component, type ReactNode } from 'react';
import { Button, EmptyState } from '../../ui';

/** C12: as text, to be read by somebody who may just have seen something bad. */
const HELP: readonly string[] = [
  'If something you have seen troubles you: findahelpline.com lists people to talk to, by country.',
  'If it may show child abuse: do not copy or forward it, follow your organisation’s procedure; inhope.org lists hotlines.',
];

interface CrashState {
  /** The kind of fault only: a message may quote content. */
  readonly kind?: string;
}

export class Crash extends Component<{ children: ReactNode }, CrashState> {
  override state: CrashState = {};

  static getDerivedStateFromError(error: unknown): CrashState {
    return { kind: error instanceof Error ? error.name : 'Error' };
  }

  override render() {
    const { kind } = this.state;
    if (kind === undefined) return this.props.children;
    return (
      <main className="page" id="main">
        <EmptyState
          level="page"
          icon="warn"
          title="Winnow stopped because of a fault of its own"
          sentence="Nothing was sent anywhere. Your thresholds are kept; pictures and prompt have to be given again."
          points={[`Fault: ${kind}.`, ...HELP]}
          actions={
            <Button variant="main" icon="retry" onClick={() => location.reload()}>
              Start again
            </Button>
          }
        />
      </main>
    );
  }
}
