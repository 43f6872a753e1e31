/** The page's only Trusted Types policy: scripts of the build's own origin. */

interface ScriptUrlPolicy {
  createScriptURL(url: string): unknown;
}
interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): ScriptUrlPolicy;
}

let policy: ScriptUrlPolicy | undefined;

/** `url` as the browser's Trusted Types want it. Throws TypeError for another origin. */
export function trustedScriptUrl(url: string): string {
  const checked = (value: string): string => {
    if (new URL(value, location.href).origin !== location.origin)
      throw new TypeError('Workers are started from the same origin only.');
    return value;
  };
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  if (!factory) return checked(url);
  policy ??= factory.createPolicy('winnow#scripturl', { createScriptURL: checked });
  return policy.createScriptURL(url) as string;
}
