/** Steps on the way to a first answer, on the browser's own timeline: `npm run bench -- prepare` prints them, and so do profilers. */

/** Once per opening at most: the browser keeps every mark. Names say nothing of content. */
export const step = (what: string): void => void performance.mark(`winnow: ${what}`);
