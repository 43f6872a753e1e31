/** The Prompt lane: text in, what each text model makes of it out, as you type. */
import { type RefObject, useMemo } from 'react';
import type { ModelCard } from '../../catalog/card';
import { judge, type Part, type Policy, type Scores, worst } from '../../core/policy';
import type { PromptState } from '../../state/prompt';
import { useBench, useStore } from '../../state/use';
import { Button, Icon, PromptEditor, type PromptMeterFacts } from '../../ui';
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
  const { covered } = useStore(bench.settings.store);
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
        {covered && state.text !== '' ? (
          <Covered />
        ) : (
          <Editor state={state} field={field} cards={lane.map(({ card }) => card)} />
        )}
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
        {lane.some(({ card }) => card.install?.family === 'qwen3-guard') && (
          <p className="lane__limit meta">
            The text guard answers one question, which its card names. It is not a general filter.
          </p>
        )}
      </div>
    </section>
  );
}

/** After *Blur all*. What is typed is content, too. */
function Covered() {
  const { settings } = useBench();
  return (
    <div className="covered">
      <Icon name="hidden" size={24} />
      <p>The prompt is hidden. It is still there, and still scored.</p>
      <Button onClick={() => settings.uncover()}>Show the prompt</Button>
    </div>
  );
}

interface EditorProps {
  state: PromptState;
  field: RefObject<HTMLTextAreaElement | null>;
  /** Of the lane's models. */
  cards: readonly ModelCard[];
}

function Editor({ state, field, cards }: EditorProps) {
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
      meter={meter(state.text, cards, answers, policy)}
    />
  );
}

/** How much of a model's window the text takes; several windows side by side when it is longer. */
function meter(
  text: string,
  cards: readonly ModelCard[],
  answers: readonly Scores[],
  policy: Policy,
): PromptMeterFacts {
  const deciding = worst(answers.map((each) => judge(each, policy)));
  const scores = answers.find(({ model }) => model === deciding?.model);
  const windows = windowsOf(scores);
  const length = `${count(text.length)} ${text.length === 1 ? 'character' : 'characters'}`;
  if (!scores || !deciding || windows.length < 2) {
    const shares = cards.map((card) => share(card, text, answers));
    const fullest = Math.max(...shares.map(({ fill }) => fill));
    const tightest = shares.find(({ fill }) => fill === fullest) ?? { text: length, fill: 0 };
    return { text: tightest.text, windows: [{ start: 0, end: text.length, fill: tightest.fill }] };
  }
  const { verdict, fired } = deciding;
  // Another reading may have decided: the raw window that begins with or before its window. They overlap.
  const at = scores.coverage.parts?.find(({ name }) => name === fired?.part)?.start ?? -1;
  const decided = windows.findLastIndex(({ start = 0 }) => start <= at);
  return {
    text: `${length}, ${count(windows.length)} windows`,
    windows: windows.map(({ start = 0, end = 0 }, index) => ({
      start,
      end,
      fill: 1,
      ...(index === decided && (verdict === 'review' || verdict === 'block') && { verdict }),
    })),
  };
}

/** How much of what one model reads at once the text takes, in the model's own units. */
function share(
  { id, input }: ModelCard,
  text: string,
  answers: readonly Scores[],
): { readonly text: string; readonly fill: number } {
  const tokens = answers.find(({ model }) => model === id)?.coverage.tokens;
  const [of, most, unit] =
    input.kind === 'tokens'
      ? [tokens ?? 0, input.maxTokens, 'tokens']
      : [text.length, input.kind === 'ngrams' ? input.windowCharacters : 0, 'characters'];
  return { text: `${count(of)} of ${count(most)} ${unit}`, fill: most === 0 ? 0 : Math.min(1, of / most) };
}

/** Windows of the raw reading: the others cover the same text. */
function windowsOf(scores: Scores | undefined): readonly Part[] {
  if (scores?.coverage.unit !== 'windows') return [];
  return scores.coverage.parts?.filter(({ name }) => name.startsWith('raw')) ?? [];
}

/** What the marks mean. Stands where the samples were, so that the first character moves nothing. */
function Note({ state: { text, scores } }: { state: PromptState }) {
  const { policy } = useStore(useBench().thresholds.store);
  const answers = Object.values(scores).filter((each) => each.status === 'scored');
  if (text === '' || answers.length === 0) return null;
  const explained = answers.find((each) => each.contributions);
  const hidden = answers.find((each) => each.hiddenCount)?.hiddenCount ?? 0;
  const what = hidden === 1 ? 'The hidden character was' : 'Hidden characters were';
  return (
    <p className="meta">
      {wordsNote(explained, policy)}
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

function wordsNote(explained: Scores | undefined, policy: Policy): string {
  if (!explained) return 'The models here cannot say which words pushed the score.';
  return pushingSpans(explained, policy).length > 0
    ? 'Underlined words pushed the score, the heavier the more.'
    : 'No single word pushed the score far.';
}
