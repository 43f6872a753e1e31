/** Fetches files of models and of the runtime. The only thread with network; no content ever reaches it. */
import { serve } from '../src/rpc/serve';
import { createDownload } from '../src/runtime/download';
import hashingUrl from './hashing.ts?worker&url';

void serve(createDownload(new URL(hashingUrl, import.meta.url).href));
