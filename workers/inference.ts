/** Opens one model, classifies, makes previews. No network: its CSP says `connect-src 'none'`. */
import { serve } from '../src/rpc/serve';
import { createInference } from '../src/runtime/inference';

void serve(createInference());
