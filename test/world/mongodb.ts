// A server that speaks MongoDB's protocol, for the tests: FerretDB of the tests' own, or a real one whose address BERTH_TEST_MONGODB holds.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { cachePath } from './directories.ts';
import { ferretdbProgram } from './ferretdb-program.ts';
import { freePort } from './free-port.ts';
import { OwnProcess } from './own-process.ts';
import { owner } from './owner.ts';
import { isAlive } from './process-identity.ts';
import { Turnstile } from './turnstile.ts';

/** A server that runs. */
export interface Mongodb {
  /** Where it listens on this machine; 0 when it is somewhere else. */
  readonly port: number;
  /** The password of the tests' user, which must appear nowhere. */
  readonly password: string;
  /** For looking with the database's own client. */
  readonly client: MongoClient;
  /** Whether it is a real one, which the tests neither end nor start. */
  readonly given: boolean;
  /** Makes the name of a database that is not there yet; it is dropped at the end. */
  makeDatabase(): string;
  /** The address of a database, for Berth. */
  url(database: string, options?: Readonly<Record<string, string>>, port?: number): string;
  /** Ends it as a power failure would, and starts it again on what it kept. */
  crash(): Promise<void>;
  /** Ends it for good, with all that it kept. */
  destroy(): Promise<void>;
}

/** Holds what an address must encode. */
const PASSWORD = 'p%s:w@rd/x';

/** Starts a server, or connects to the given one; whoever asked ends it with `destroy`. */
export function startMongodb(): Promise<Mongodb> {
  const given = process.env.BERTH_TEST_MONGODB;
  return given ? connectTo(given) : startFerretdb();
}

function databaseName(): string {
  return `berth_${randomBytes(6).toString('hex')}`;
}

async function connectTo(address: string): Promise<Mongodb> {
  const client = await new MongoClient(address).connect();
  const made: string[] = [];
  return {
    ...{
      port: 0,
      given: true,
      client,
      password: decodeURIComponent(/:([^:@/]*)@/.exec(address)?.[1] ?? 'no password'),
    },
    makeDatabase() {
      made.push(databaseName());
      return made.at(-1) ?? '';
    },
    url: (database, options) => withDatabase(address, database, { authSource: 'admin', ...options }),
    crash: () => Promise.reject(new Error('A server that was given is not ended')),
    async destroy() {
      for (const name of made) await client.db(name).dropDatabase();
      await client.close();
    },
  };
}

/** The address with another database and more options. */
function withDatabase(address: string, database: string, options: Readonly<Record<string, string>>): string {
  const [, hosts = '', query = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?[^?]*(?:\?(.*))?$/.exec(address) ?? [];
  const all = new URLSearchParams({ ...Object.fromEntries(new URLSearchParams(query)), ...options });
  return `${hosts}/${database}?${all}`;
}

async function startFerretdb(): Promise<Mongodb> {
  const program = await ferretdbProgram();
  clearLeftovers();
  const directory = mkdtempSync(join(cachePath('mongodb', owner()), 'server-'));
  const port = await freePort();
  let server = await launch(program, directory, port);
  const turnstile = await Turnstile.start(port);
  const user = `berth:${encodeURIComponent(PASSWORD)}`;
  const url: Mongodb['url'] = (database, options = {}, at = turnstile.port) =>
    withDatabase(`mongodb://${user}@127.0.0.1:${at}`, database, { authSource: 'admin', ...options });
  const client = await new MongoClient(url('admin'), { retryWrites: false }).connect();
  return {
    ...{ port: turnstile.port, given: false, client, password: PASSWORD, makeDatabase: databaseName, url },
    async crash() {
      await server.end('SIGKILL');
      server = await launch(program, directory, port);
    },
    async destroy() {
      await client.close();
      turnstile.close();
      await server.end('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function launch(program: string, directory: string, port: number): Promise<OwnProcess> {
  const data = join(directory, 'data');
  mkdirSync(data, { recursive: true });
  const place = [`--sqlite-url=file:${data}/?_pragma=synchronous(off)`, `--state-dir=${directory}`];
  const user = ['--setup-database=admin', '--setup-username=berth', `--setup-password=${PASSWORD}`];
  const quiet = ['--telemetry=disable', '--log-level=WARN', '--debug-addr=-'];
  return OwnProcess.start({
    what: 'FerretDB',
    argv: [
      program,
      '--handler=sqlite',
      `--listen-addr=127.0.0.1:${port}`,
      '--test-enable-new-auth',
      ...place,
      ...user,
      ...quiet,
    ],
    logPath: join(directory, 'ferretdb.log'),
    withinMs: 30_000,
    answers: () => answers(port),
  });
}

async function answers(port: number): Promise<boolean> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}`, { serverSelectionTimeoutMS: 500 });
  try {
    await client.db('admin').command({ hello: 1 });
    return true;
  } finally {
    await client.close();
  }
}

function clearLeftovers(): void {
  for (const name of readdirSync(cachePath('mongodb'))) {
    if (!isAlive(name)) rmSync(join(cachePath('mongodb'), name), { recursive: true, force: true });
  }
}
