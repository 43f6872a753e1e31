/** Reads archives, tables and lists of folders on their way into triage. No network: its CSP says `default-src 'none'`. */
import { serve } from '../src/rpc/serve';
import { createReading } from '../src/runtime/inputs/reading';

void serve(createReading());
