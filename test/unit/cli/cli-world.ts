// The command line as a person uses it: words in, text and exit code out, against the real API over a real socket.
import { Writable } from 'node:stream';
import { serve } from '../../../src/api/server.ts';
import { buildProgram, runProgram } from '../../../src/cli/program.ts';
import type { Surroundings } from '../../../src/cli/surroundings.ts';
import { type ApiWorld, openApi } from '../api/api-world.ts';
import { EXAMPLE_APP, exampleInstancePath } from '../api/example-zip.ts';

/** What a run of the command line gave. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A command line with a platform behind it. */
export interface CliWorld {
  readonly api: ApiWorld;
  readonly url: string;
  /** Runs one command. */
  berth(words: readonly string[], over?: Partial<Surroundings>): Promise<Ran>;
}

/** Opens an empty platform and a command line for it. */
export async function openCli(): Promise<CliWorld> {
  const api = await openApi();
  const url = await serve(api.server, { host: '127.0.0.1', port: 0 });
  const credentials = { url, token: api.token };
  return { api, url, berth: (words, over = {}) => runWords(words, { credentials, ...over }) };
}

/** The example application with one instance of it, `room-report-every-minute`. */
export async function withInstance(world: CliWorld): Promise<void> {
  await world.berth(['app', 'push', EXAMPLE_APP]);
  await world.berth(['instance', 'create', '-f', exampleInstancePath('report-every-minute')]);
}

/** Runs words with surroundings of which only some matter. */
export async function runWords(words: readonly string[], over: Partial<Surroundings> = {}): Promise<Ran> {
  const [out, err] = [collector(), collector()];
  const surroundings: Surroundings = {
    credentials: { url: 'http://127.0.0.1:1', token: 'none' },
    ...{ out: out.stream, err: err.stream, terminal: false, color: false, columns: 80, zone: 'Europe/Berlin' },
    now: () => Date.now(),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    confirm: undefined,
    tokenGiven: true,
    readSecret: async () => '',
    saveCredentials: () => Promise.reject(new Error('Nothing is kept here.')),
    leave: new AbortController().signal,
    ...over,
  };
  const code = await runProgram(buildProgram(surroundings, '0.1.0'), words, surroundings);
  return { code, out: out.text(), err: err.text() };
}

/** Keeps what is written to it. */
export function collector(): { readonly stream: NodeJS.WritableStream; text(): string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
