/** Memory given back before the garbage collector gets to it. */

let nowhere: MessagePort | undefined;

/**
 * A buffer sent to a port that is closed is given back at once. The garbage collector does not hurry for memory outside its
 * heap (340 MB of a guard's 442), and `transfer(0)` only detaches: the browser's own object of it keeps the memory.
 */
export function discard(buffer: ArrayBuffer): void {
  if (!nowhere) {
    nowhere = new MessageChannel().port1;
    nowhere.close();
  }
  nowhere.postMessage(buffer, [buffer]);
}
