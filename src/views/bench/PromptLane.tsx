/** The Prompt lane: text in, what each text model makes of it out, as you type. */
import { type RefObject, useMemo } from 'react';
import type { Scores } from '../../core/policy';
import type { PromptState } from '../../state/prompt';
import { useBench, useStore } from '../../state/use';
import { Button, PromptEditor, type PromptMeterFacts } from '../../ui';
import { pushingSpans } from './marks';
import { Panel } from './Panel';
import { Say } from './Say';
import { SAMPLE_PROMPTS } from './samples';
import { count } from './words';

export function PromptLane({ field }: { field: RefObject<HTMLTextAreaElement | null> }) {
  const bench = useBench();
  const state = useStore(bench.prompt.store);
  const { models, chosen } = useStore(bench.models.store);
  const lane = chosen.flatMap((id) => models.filter(({ card }) => card.id === id && card.task === 'text'));
  const pending = state.pending.length > 0;
  return (
    <section className="lane" data-of="prompt" aria-labelledby="lane-prompt">
      <div className="lane__in">
        <div className="lane__head">
          <h2 id="lane-prompt">Prompt</h2>
          <span className="push">
            <Button
              size="small"
              variant="bare"
              icon="close"
              hidden={state.text === ''}
              aria-label="Clear the prompt"
              onClick={() => bench.clearPrompt()}
            >
              Clear
            </Button>
          </span>
        </div>
        <Editor state={state} field={field} />
        <div className="under">
          <Samples shown={state.text === ''} />
          <Note state={state} />
        </div>
      </div>
      <div className="lane__out">
        <Say
          subject="Prompt"
          answers={lane.map(({ card }) => ({ model: card.id, scores: state.scores[card.id] }))}
          pending={pending}
          idle={state.text === ''}
          empty="Type something, or try a sample. The verdict and its reason appear here."
        />
        <div className="models">
          {lane.map((model) => (
            <Panel
              key={model.card.id}
              model={model}
              scores={state.scores[model.card.id]}
              pending={state.pending.includes(model.card.id)}
              onRetry={() => void bench.reopen(model.card.id)}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

function Editor({ state, field }: { state: PromptState; field: RefObject<HTMLTextAreaElement | null> }) {
  const bench = useBench();
  const { policy } = useStore(bench.thresholds.store);
  const answers = Object.values(state.scores);
  const explained = answers.find((each) => each.contributions);
  const spans = useMemo(() => (explained ? pushingSpans(explained, policy) : []), [explained, policy]);
  const found = answers.find((each) => each.hidden);
  return (
    <PromptEditor
      ref={field}
      label="Prompt"
      placeholder="Type or paste a prompt"
      value={state.text}
      onChange={(value) => bench.prompt.write(value)}
      spans={spans}
      hidden={found?.hidden}
      marksFor={state.scored}
      meter={meter(state.text, answers[0])}
    />
  );
}

/** How much of a model's window the text takes; several windows side by side when it is longer. */
function meter(text: string, scores: Scores | undefined): PromptMeterFacts {
  const windows = scores?.coverage.unit === 'windows' ? windowsOf(scores) : 1;
  const size = text.length / windows;
  return {
    text: `${count(text.length)} ${text.length === 1 ? 'character' : 'characters'}${windows > 1 ? `, ${count(windows)} windows` : ''}`,
    windows: Array.from({ length: windows }, (_, at) => ({
      start: Math.round(at * size),
      end: Math.round((at + 1) * size),
      fill: text === '' ? 0 : windows > 1 ? 1 : Math.min(1, text.length / 4_000),
    })),
  };
}

/** Windows of one reading: parts are named `raw, window 1`, `normalised, window 1` and so on. */
function windowsOf({ coverage }: Scores): number {
  const first = coverage.parts?.[0]?.name.split(',')[0];
  const same = coverage.parts?.filter((part) => part.name.split(',')[0] === first).length ?? 1;
  return Math.max(1, same);
}

/** What the marks mean. Stands where the samples were, so that the first character moves nothing. */
function Note({ state: { text, scores } }: { state: PromptState }) {
  const answers = Object.values(scores).filter((each) => each.status === 'scored');
  if (text === '' || answers.length === 0) return null;
  const hidden = answers.find((each) => each.hiddenCount)?.hiddenCount ?? 0;
  const what = hidden === 1 ? 'The hidden character was' : 'Hidden characters were';
  return (
    <p className="meta">
      {answers.some((each) => each.contributions)
        ? 'Underlined words pushed the score, the heavier the more.'
        : 'The models here cannot say which words pushed the score.'}
      {hidden > 0 && ` ${what} removed for a second scoring; your text is unchanged.`}
    </p>
  );
}

function Samples({ shown }: { shown: boolean }) {
  const { prompt } = useBench();
  return (
    <div className="samples" inert={!shown} data-shown={shown}>
      <span className="meta">Try</span>
      {SAMPLE_PROMPTS.map((sample) => (
        <Button key={sample.label} size="small" onClick={() => prompt.write(sample.text)}>
          {sample.label}
        </Button>
      ))}
    </div>
  );
}
