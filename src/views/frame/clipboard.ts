/** Puts text on the clipboard. Rejects when the browser does not let it. */
export async function copyText(text: string): Promise<void> {
  // Absent outside secure contexts, such as a plain-http address that is not localhost.
  if (!navigator.clipboard) throw new Error('There is no clipboard here.');
  await navigator.clipboard.writeText(text);
}
