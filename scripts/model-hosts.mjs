/** Which hosts a build lets its download worker reach, as whoever makes the build says in its environment. */
import { MODEL_HOSTS } from './header-rules.mjs';

/** A scheme and a host, with a port or a leading `*.` at most: what a policy takes for an origin. */
const ORIGIN = /^https?:\/\/(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/;

/**
 * `WINNOW_MODEL_HOSTS`: origins, with spaces or commas between them, that the worker may reach beside the Hub; `none`
 * leaves its own origin alone; absent or empty, the Hub alone.
 * @param {Readonly<Record<string, string | undefined>>} env @returns {readonly string[]}
 * @throws {Error} for anything that is not an origin: in a policy it would mean something else, or everything
 */
export function modelHostsOf(env) {
  const named = (env.WINNOW_MODEL_HOSTS ?? '').split(/[\s,]+/).filter((one) => one !== '');
  if (named.length === 1 && named[0] === 'none') return [];
  const origins = named.map((one) => one.toLowerCase().replace(/\/$/, ''));
  for (const one of origins)
    if (!ORIGIN.test(one))
      throw new Error(
        `WINNOW_MODEL_HOSTS: ${one} is not an origin. Give a scheme and a host, such as https://models.example.org`,
      );
  return [...new Set([...MODEL_HOSTS, ...origins])];
}
