// A package index of one tiny package, which containers of the tests' engine reach over its bridge: installing from it takes nothing
// from anywhere else.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import yazl from 'yazl';
import { listenForContainers } from '../../world/bridge-server.ts';

/** Name of the package, to be asked for and imported. */
export const PACKAGE = 'tenfold';

const WHEEL = `${PACKAGE}-1.0-py3-none-any.whl`;
const METADATA = `Metadata-Version: 2.1\nName: ${PACKAGE}\nVersion: 1.0\n`;
const FILES: Readonly<Record<string, string>> = {
  [`${PACKAGE}.py`]: 'def tenfold(number):\n    return 10 * number\n',
  [`${PACKAGE}-1.0.dist-info/METADATA`]: METADATA,
  [`${PACKAGE}-1.0.dist-info/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
};

/** A running index, in the simple form of PEP 503. */
export interface PackageIndex {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the index. */
export async function packageIndex(): Promise<PackageIndex> {
  const wheel = await wheelBytes();
  const digest = createHash('sha256').update(wheel).digest('hex');
  const server = createServer((request, answer) => {
    if (request.url?.endsWith('.whl')) answer.end(wheel);
    else answer.setHeader('content-type', 'text/html').end(`<a href="/${WHEEL}#sha256=${digest}">${WHEEL}</a>`);
  });
  return { url: `${await listenForContainers(server)}/simple/`, close: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  const ended = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await ended;
}

/** A wheel is a zip (PEP 427); RECORD lists its files, their digests may be left out. */
async function wheelBytes(): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  const record = `${PACKAGE}-1.0.dist-info/RECORD`;
  const names = [...Object.keys(FILES), record];
  const files = { ...FILES, [record]: names.map((name) => `${name},,\n`).join('') };
  for (const [name, text] of Object.entries(files)) zip.addBuffer(Buffer.from(text), name);
  zip.end();
  return Buffer.concat((await Array.fromAsync(zip.outputStream)) as Buffer[]);
}
