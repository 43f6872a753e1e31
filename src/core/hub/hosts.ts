/** The hosts a model may come from. `scripts/header-rules.mjs` has the same list, for the policy of the worker. */

export const HUB = 'https://huggingface.co';

/**
 * The Hub, and where it sends large files: its content network and the stores behind it.
 * https://huggingface.co/docs/hub/models-downloading, "behind a proxy or firewall"; all but the Hub itself lie below hf.co.
 */
export const HUB_HOSTS: readonly string[] = [HUB, 'https://*.hf.co'];

/** Whether `address` is of one of these origins; `*.` stands for one or more names, as in a policy. */
export function allowed(address: string, origins: readonly string[]): boolean {
  const { origin, protocol, host } = new URL(address);
  return origins.some((one) => {
    const [scheme = '', rest = ''] = one.split('//');
    if (rest.startsWith('*.')) return scheme === protocol && host.endsWith(rest.slice(1));
    return one === origin;
  });
}
