/**
 * The one place that says which headers each response of a build carries. Pure: the local server, the
 * recipes for hosts, the isolation service worker and the tests all read from here.
 *
 * A page's CSP does not cover its workers (Chromium 156): a worker gets the CSP its own script's response
 * carries, or none. So every script that could be started as a worker has one.
 */

/**
 * @typedef {'page' | 'inference' | 'download' | 'service-worker' | 'other'} Kind
 * @typedef {object} HeaderOptions
 * @property {boolean} [https] Served over TLS: adds HSTS. Default false.
 * @property {boolean} [isolation] COOP and COEP, which threads need. Default true.
 * @property {readonly string[]} [modelHosts] Origins the download worker may reach beside its own. Default MODEL_HOSTS.
 */

/** `default-src` does not cover these three, so every policy repeats them. */
const SEALED = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Tried in order against the address's path, wherever the build is mounted. The patterns keep to what
 * JavaScript and nginx (PCRE) both read the same way.
 * @type {readonly { readonly kind: Kind, readonly pattern: string }[]}
 */
export const KINDS = [
  { kind: 'page', pattern: '(/|\\.html)$' },
  // The runtime's glue starts itself as a worker per thread, so it is held to the inference worker's policy.
  {
    kind: 'inference',
    pattern: '/assets/((inference|pixels|hashing|helper)-[^/]+\\.js|ort-wasm-simd-threaded[^/]*\\.mjs)$',
  },
  { kind: 'download', pattern: '/assets/download-[^/]+\\.js$' },
  { kind: 'service-worker', pattern: '/isolation\\.js$' },
  { kind: 'other', pattern: '.*' },
];

/**
 * The Hub, and the hosts below hf.co that it sends large files on to. `src/core/hub/hosts.ts` has the same list.
 * @type {readonly string[]}
 */
export const MODEL_HOSTS = ['https://huggingface.co', 'https://*.hf.co'];

/** Vite writes a content hash into every name under `assets/`; nothing else is hashed. */
export const IMMUTABLE = '/assets/[^/]+$';
export const CACHE_FOREVER = 'public, max-age=31536000, immutable';
export const CACHE_CHECKED = 'no-cache';
export const HSTS = 'max-age=63072000; includeSubDomains';

/** Only features Chromium 156 knows: an unknown one is a console warning on every visit. */
const DENIED_FEATURES = [
  ...['accelerometer', 'autoplay', 'browsing-topics', 'camera', 'clipboard-read'],
  ...[
    'display-capture',
    'encrypted-media',
    'fullscreen',
    'geolocation',
    'gyroscope',
    'hid',
    'idle-detection',
  ],
  ...['local-fonts', 'magnetometer', 'microphone', 'midi', 'payment', 'picture-in-picture'],
  ...['publickey-credentials-get', 'screen-wake-lock', 'serial', 'storage-access', 'usb'],
  ...['window-management', 'xr-spatial-tracking'],
];

/** @param {string} path Of an address, such as `/assets/index-1a2b3c4d.js`. @returns {Kind} */
export function kindOf(path) {
  const rooted = path.startsWith('/') ? path : `/${path}`;
  const found = KINDS.find(({ pattern }) => new RegExp(pattern).test(rooted));
  return found?.kind ?? 'other';
}

/** @param {Kind} kind @param {HeaderOptions} [options] @returns {string} the Content-Security-Policy */
export function cspOf(kind, { modelHosts = MODEL_HOSTS } = {}) {
  switch (kind) {
    case 'page':
      return [
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'none'",
        "connect-src 'none'; worker-src 'self'; manifest-src 'self'; media-src 'none'; object-src 'none'",
        `frame-src 'none'; ${SEALED}`,
        "require-trusted-types-for 'script'; trusted-types winnow#scripturl",
      ].join('; ');
    case 'inference':
      return `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'none'; ${SEALED}`;
    case 'download':
      // WASM for the SHA-256 of files that do not fit into memory, where no thread of their own starts.
      return `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src ${["'self'", ...modelHosts].join(' ')}; ${SEALED}`;
    case 'service-worker':
      return `default-src 'none'; script-src 'self'; connect-src 'self'; ${SEALED}`;
    default:
      // Ignored when the file is a page's script or picture; as a worker or a document it can do nothing.
      return `default-src 'none'; ${SEALED}`;
  }
}

/** The same for every response. @param {HeaderOptions} [options] @returns {Record<string, string>} */
export function commonHeaders({ https = false, isolation = true } = {}) {
  return {
    ...(isolation && {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    }),
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Permissions-Policy': `${DENIED_FEATURES.map((feature) => `${feature}=()`).join(', ')}, clipboard-write=(self)`,
    ...(https && { 'Strict-Transport-Security': HSTS }),
  };
}

/** @param {string} path @returns {string} the Cache-Control */
export function cacheOf(path) {
  const rooted = path.startsWith('/') ? path : `/${path}`;
  return new RegExp(IMMUTABLE).test(rooted) ? CACHE_FOREVER : CACHE_CHECKED;
}

/**
 * Every header of the response at `path`, except type, length and encoding.
 * @param {string} path @param {HeaderOptions} [options] @returns {Record<string, string>}
 */
export function headersFor(path, options = {}) {
  return {
    'Content-Security-Policy': cspOf(kindOf(path), options),
    ...commonHeaders(options),
    'Cache-Control': cacheOf(path),
  };
}

/**
 * For hosts that send no headers: the page's policy as the content of a `<meta>`, where browsers ignore
 * `frame-ancestors` with a warning.
 */
export function metaPolicy() {
  return cspOf('page').replace("frame-ancestors 'none'; ", '');
}
