/** Databases of this origin. Their names all begin alike, so that clearing finds those of other versions too. */
export const DATABASE_PREFIX = 'winnow-';

export const MODELS_DATABASE = 'winnow-models';
export const SOURCES_DATABASE = 'winnow-sources';
export const PINS_DATABASE = 'winnow-pins';

export const DATABASES: readonly string[] = [MODELS_DATABASE, SOURCES_DATABASE, PINS_DATABASE];
