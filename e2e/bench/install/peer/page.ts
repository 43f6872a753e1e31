/** The same file, fetched and kept by @huggingface/transformers as it does for a model it opens. */
import { AutoModel, env } from '@huggingface/transformers';

declare global {
  /** Milliseconds from the call until the file is in memory and in its cache. */
  var fetchPeer: (what: {
    endpoint: string;
    repo: string;
    revision: string;
    path: string;
  }) => Promise<number>;
}

/** Thrown when the file is there, so that no session is made of it. */
class Fetched extends Error {}

globalThis.fetchPeer = async ({ endpoint, repo, revision, path }) => {
  env.remoteHost = `${endpoint}/`;
  env.allowLocalModels = false;
  const began = performance.now();
  try {
    await AutoModel.from_pretrained(repo, {
      revision,
      dtype: 'fp32',
      progress_callback: (info: { status: string; file?: string }) => {
        if (info.status === 'done' && info.file === path) throw new Fetched();
      },
    });
  } catch (error) {
    if (!(error instanceof Fetched)) throw error;
  }
  return performance.now() - began;
};
