/** Web pages where a model should be: a hotel's sign-in, or a host that answers any address with its own page. */

/** By what the answer says it is, or by how it begins; JSON and weights begin otherwise. */
export function isWebPage(contentType: string | null, start: Uint8Array): boolean {
  if (/^\s*(text\/html|application\/xhtml\+xml)\b/i.test(contentType ?? '')) return true;
  const text = String.fromCharCode(...start.subarray(0, 256)).replace(/^\xef\xbb\xbf/, '');
  return /^\s*(<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>])/i.test(text);
}
