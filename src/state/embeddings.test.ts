import { describe, expect, it, vi } from 'vitest';
import type { Scores } from '../core/policy';
import { InvalidError } from '../sdk/errors';
import { Announcer } from './announce';
import { countVerdicts, Embeddings, histogram, scoresCsv } from './embeddings';
import { cardOf, policyOf, rule, scoresOf, settled } from './testing';

const card = cardOf('a', 'image');
const policy = policyOf({ a: [rule(0.45, 0.7)] });
const broken: Scores = {
  ...scoresOf('a', 0),
  status: 'error',
  probabilities: [],
  code: 'invalid-input',
  reason: '=cmd, not "finite"',
};
const rows = [scoresOf('a', 0.1), scoresOf('a', 0.5), scoresOf('a', 0.7), scoresOf('a', 1), broken];

describe('ready-made embeddings', () => {
  it('R1: are counted by verdict; a row that could not be scored needs review', () => {
    expect(countVerdicts(rows, policy)).toEqual({ clear: 1, review: 1, block: 2, 'needs-review': 1 });
  });

  it('are spread over 0 to 1, the ends included, without rows that have no score', () => {
    expect(histogram(rows, ['pineapple'], 10)).toEqual([0, 1, 0, 0, 0, 1, 0, 1, 0, 1]);
    expect(histogram([scoresOf('a', 0), broken], ['pineapple'], 4)).toEqual([1, 0, 0, 0]);
  });

  it('are saved as a table whose cells no spreadsheet runs', () => {
    const text = scoresCsv(
      { ...card, scores: [{ ...card.scores[0]!, name: '@pineapple' }] },
      rows.slice(3),
      policy,
    );
    expect(text.split('\r\n')).toEqual([
      "row,'@pineapple,verdict,code,reason",
      '0,1,block,,',
      `1,,needs-review,invalid-input,"'=cmd, not ""finite"""`,
      '',
    ]);
  });

  it('keep numbers as numbers: full precision, small ones too', () => {
    expect(scoresCsv(card, [scoresOf('a', 1.5e-7)], policy)).toContain('\r\n0,1.5e-7,0.99999985,clear,');
  });

  it('show the last file only, however late an earlier one answers', async () => {
    const answers: ((value: { rows: Scores[] }) => void)[] = [];
    const winnow = { scoreEmbeddings: () => new Promise<{ rows: Scores[] }>((done) => answers.push(done)) };
    const embeddings = new Embeddings(winnow, new Announcer());
    void embeddings.score(card, new File([], 'one.npy'));
    void embeddings.score(card, new File([], 'two.npy'));
    answers[1]!({ rows: rows.slice(0, 1) });
    await settled();
    answers[0]!({ rows });
    await settled();
    expect(embeddings.store.get().get('a')).toMatchObject({ name: 'two.npy', state: 'scored' });
    expect(embeddings.store.get().get('a')?.rows).toHaveLength(1);
  });

  it('say why a file was not scored', async () => {
    const alarm = vi.fn();
    const refuse = () =>
      Promise.reject(new InvalidError('invalid-input', 'Its rows have 512 numbers, not 768.'));
    const embeddings = new Embeddings({ scoreEmbeddings: refuse }, { say: vi.fn(), alarm });
    await embeddings.score(card, new File([], 'wrong.npy'));
    expect(embeddings.store.get().get('a')).toMatchObject({
      state: 'failed',
      error: { code: 'invalid-input' },
    });
    expect(alarm).toHaveBeenCalledTimes(1);
    embeddings.clear('a');
    expect(embeddings.store.get().size).toBe(0);
  });
});
