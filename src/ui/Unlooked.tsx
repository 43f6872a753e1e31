import { type DecisionWord, decidedIcons } from './DecideBar';
import { formatCount } from './format';
import { Icon } from './Icon';

export interface Neighbourhood {
  readonly label: string;
  /** None: nothing lies there. */
  readonly decisions: Readonly<Partial<Record<DecisionWord | 'open', number>>>;
}

export interface UnlookedProps {
  /** "Picture 12". */
  name: string;
  /** Alike ones, and near ones: how many, and what was decided about them. */
  around: readonly Neighbourhood[];
}

const WORDS: readonly (readonly [DecisionWord | 'open', string])[] = [
  ['clear', 'cleared'],
  ['block', 'blocked'],
  ['escalate', 'escalated'],
  ['skip', 'skipped'],
  ['concern', 'a concern'],
  ['open', 'open'],
];

/** In the place of a picture or a text while somebody decides without looking. */
export function Unlooked({ name, around }: UnlookedProps) {
  return (
    <section className="unlooked" aria-label={`${name}, not shown`}>
      <p className="unlooked__head">
        <Icon name="hidden" />
        <span>
          <b>Not shown.</b> You decide by the scores and by what was decided about others like it.
        </span>
      </p>
      <dl>
        {around.map(({ label, decisions }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <Decided decisions={decisions} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Decided({ decisions }: Pick<Neighbourhood, 'decisions'>) {
  const some = WORDS.flatMap(([word, called]) => {
    const count = decisions[word] ?? 0;
    return count > 0 ? [{ word, called, count }] : [];
  });
  if (some.length === 0) return 'None';
  return some.map(({ word, called, count }) => (
    <span key={word} className="unlooked__one num">
      {word !== 'open' && <Icon name={decidedIcons[word]} size={14} />}
      {formatCount(count)} {called}
    </span>
  ));
}
