/** Reads a stored model's weights before they are asked for, and ends runs. It is sent a Blob and memory, and does nothing else. */
import { serveHelper } from '../src/runtime/helper/serve';

serveHelper();
