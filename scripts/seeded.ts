/** Before every test file: properties try the same cases in each run, so that a run says something about the code alone. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 20_261_120 });
