/** Reads a stored model's weights before they are asked for. It is sent a Blob and memory, and does nothing else. */
import { readAhead } from '../src/runtime/ahead/reader';
import type { Reading } from '../src/runtime/ahead/ring';

const begin = ({ data }: MessageEvent<Reading>) => {
  // Only now: what is sent to a worker that starts goes through the thread that started it, which will soon be busy.
  postMessage('ready');
  void readAhead(data);
};
addEventListener('message', begin, { once: true });
