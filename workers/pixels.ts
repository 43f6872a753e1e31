/** Decodes pictures into input tensors, for the workers that run models. No network: its CSP says `connect-src 'none'`. */
import { serve } from '../src/rpc/serve';
import { createPixels } from '../src/runtime/pixels';

void serve(createPixels());
