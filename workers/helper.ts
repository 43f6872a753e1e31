/** Reads a stored model's weights before they are asked for, and ends runs. It is sent a Blob and memory, and does nothing else. */
import { readAhead } from '../src/runtime/ahead/reader';
import { passOn } from '../src/runtime/engines/pass-on';
import type { Task } from '../src/runtime/helper';

// Only at the first message: what is sent to a worker that starts goes through the thread that started it, which will soon
// be busy.
addEventListener('message', () => postMessage('ready'), { once: true });
addEventListener('message', ({ data }: MessageEvent<Task>) => {
  if ('reading' in data) void readAhead(data.reading);
  else void passOn(data.braking);
});
