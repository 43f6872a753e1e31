/** Keeps runs and decisions. No network, and no content: its CSP says `default-src 'none'`. */
import { serve } from '../src/rpc/serve';
import { createJournal } from '../src/runtime/triage';

void serve(createJournal());
