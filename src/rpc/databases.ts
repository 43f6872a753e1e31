/** Databases of this origin. Their names all begin alike, so that clearing finds those of other versions too. */
export const DATABASE_PREFIX = 'winnow-';

export const MODELS_DATABASE = 'winnow-models';
export const SOURCES_DATABASE = 'winnow-sources';
export const PINS_DATABASE = 'winnow-pins';
export const TRIAGE_DATABASE = 'winnow-triage';
export const DEVICE_DATABASE = 'winnow-device';

/** Handles of folders and files that runs came from. */
export const INPUTS_DATABASE = 'winnow-inputs';

/** Made and deleted at once, to have the browser write its own log anew. */
export const LOG_DATABASE = 'winnow-log';

export const DATABASES: readonly string[] = [
  MODELS_DATABASE,
  SOURCES_DATABASE,
  PINS_DATABASE,
  INPUTS_DATABASE,
  TRIAGE_DATABASE,
  DEVICE_DATABASE,
  LOG_DATABASE,
];

/** Chromium never answers a question that was asked while it deletes what a site keeps. */
const ANSWER_MS = 500;
const MOST_ASKED = 4;

/** Names of the origin's databases, of any page; undefined where the browser does not say. */
export async function databasesThere(): Promise<readonly string[] | undefined> {
  const asked: Promise<IDBDatabaseInfo[] | undefined>[] = [];
  while (asked.length < MOST_ASKED) {
    asked.push(Promise.resolve(indexedDB.databases?.()).catch(() => undefined));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), ANSWER_MS);
    });
    const there = await Promise.race([...asked, late]);
    clearTimeout(timer);
    if (there !== 'late') return there?.flatMap(({ name }) => name ?? []);
  }
  return undefined;
}
