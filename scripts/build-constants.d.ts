/** Origins that models may come from; the build writes them in (vite.config.ts). */
declare const __MODEL_HOSTS__: readonly string[];
