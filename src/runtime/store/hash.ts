/** SHA-256 as the browser computes it: whole buffers only, off this thread. */
import { UnsupportedError } from '../../core/errors';

/** Hex, lower case. Rejects with UnsupportedError where the page is not in a secure context. */
export async function sha256(bytes: BufferSource): Promise<string> {
  if (!globalThis.crypto?.subtle)
    throw new UnsupportedError(
      'unsupported-browser',
      'Files cannot be verified over plain http. Open this page over https or from localhost.',
    );
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
