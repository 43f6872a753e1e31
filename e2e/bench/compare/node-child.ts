/** The process of onnxruntime-node. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { filled } from '../prepare/peer/feed';
import type { Answer, Ask, Feeds } from './node';

let session: InferenceSession | undefined;
let tensors: Record<string, Tensor> = {};

const answer = (what: Answer): void => void process.send!(what);

process.on('message', (question: Ask) => {
  act(question).then(
    (milliseconds) => answer({ milliseconds }),
    (error: unknown) => answer({ error: String(error) }),
  );
});
answer({ milliseconds: 0 });

async function act(question: Ask): Promise<number> {
  if (question.do === 'open') tensors = inputs(question.feeds);
  const began = performance.now();
  if (question.do === 'close') {
    await session?.release();
    session = undefined;
    return performance.now() - began;
  }
  if (question.do === 'open')
    session = await InferenceSession.create(question.file, {
      intraOpNumThreads: question.threads,
      interOpNumThreads: 1,
    });
  await session!.run(tensors);
  return performance.now() - began;
}

function inputs(feeds: Feeds): Record<string, Tensor> {
  const made = Object.entries(feeds).map(([name, feed]) => {
    const data = filled(feed);
    const tensor =
      data instanceof Float32Array
        ? new Tensor('float32', data, feed.dims)
        : new Tensor('int64', data, feed.dims);
    return [name, tensor] as const;
  });
  return Object.fromEntries(made);
}
