/** How the store's keys are made. */

/** Every key that begins with `prefix`: an array sorts after all strings and numbers. */
export const within = (...prefix: IDBValidKey[]): IDBKeyRange =>
  IDBKeyRange.bound(prefix, [...prefix, []], true, true);

/** The Web Lock held while a model is being installed, so that other tabs leave its chunks alone. */
export const installLock = (id: string): string => `winnow-install-${id}`;
