/** The running SHA-256 of a download. It is sent bytes and gives them back. No network: its CSP says `connect-src 'none'`. */
import { serveHasher } from '../src/runtime/downloads/hash-thread';

void serveHasher();
