// The database servers that neighbours keep their jobs in: on Unix sockets of their own, below a temporary directory, by a user who may do
// nothing else. They end with the process that started them, however that ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun, run } from '../../test/world/command.ts';
import { until } from '../../test/world/until.ts';
import { neighbourPrograms } from './install.ts';

/** A server that runs. */
export interface NeighbourServer {
  /** What clients connect to: PostgreSQL's directory of sockets, or Redis's socket. */
  readonly socket: string;
  /** Ends it, with all that it kept. */
  stop(): Promise<void>;
}

/** When Redis waits for the disk: at every write, or once a second, whose last writes a crash of the machine takes. */
export type AppendFsync = 'always' | 'everysec';

/** Debian's user and group of that name, 65534 both, own nothing. */
const NOBODY = { name: 'nobody', group: 'nogroup', id: 65534 } as const;
const AS_NOBODY = ['setpriv', '--reuid', NOBODY.name, '--regid', NOBODY.group, '--clear-groups'] as const;
const WITHIN_MS = 30_000;
const LOG = 'log';

interface Launched {
  readonly directory: string;
  readonly child: ChildProcess;
}

/** Starts a PostgreSQL whose commits wait for the disk; all else as it comes, but for 256 MB of shared buffers. */
export async function startPostgres(): Promise<NeighbourServer> {
  const { initdb, postgres } = neighbourPrograms();
  const directory = makeDirectory('postgres');
  const data = join(directory, 'data');
  const make = [initdb, '-D', data, '-U', 'berth', '--auth=trust', '--encoding=UTF8', '--no-locale'];
  await mustRun([...AS_NOBODY, ...make]).catch((error: unknown) => {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  });
  const durable = ['-c', 'fsync=on', '-c', 'synchronous_commit=on', '-c', 'full_page_writes=on'];
  const places = ['-D', data, '-k', directory, '-c', 'listen_addresses='];
  const launched = launch([postgres, ...places, ...durable, '-c', 'shared_buffers=256MB'], directory);
  await answers(launched, ['psql', '-h', directory, '-U', 'berth', '-c', 'SELECT 1', 'postgres']);
  return { socket: directory, stop: () => stop(launched, 'SIGINT') };
}

/** Starts a Redis that keeps an append-only file. */
export async function startRedis(appendfsync: AppendFsync): Promise<NeighbourServer> {
  const directory = makeDirectory('redis');
  const program = join(directory, 'redis-server');
  // One program under three names: by its name it knows that it is to serve.
  symlinkSync(neighbourPrograms().redis, program);
  const socket = join(directory, 'redis.sock');
  const places = ['--port', '0', '--unixsocket', socket, '--unixsocketperm', '777', '--dir', directory];
  const kept = ['--appendonly', 'yes', '--appendfsync', appendfsync, '--save', '', '--maxmemory-policy', 'noeviction'];
  const launched = launch([program, ...places, ...kept], directory);
  await answers(launched, ['redis-cli', '-s', socket, 'PING']);
  return { socket, stop: () => stop(launched, 'SIGKILL') };
}

function makeDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `berth-bench-${name}-`));
  chownSync(directory, NOBODY.id, NOBODY.id);
  chmodSync(directory, 0o755);
  return directory;
}

function launch(argv: readonly string[], directory: string): Launched {
  const log = openSync(join(directory, LOG), 'a');
  const [program, ...words] = [...AS_NOBODY, '--pdeathsig', 'KILL', ...argv];
  const child = spawn(program ?? '', words, { cwd: directory, stdio: ['ignore', log, log] });
  closeSync(log);
  return { directory, child };
}

/** @throws with the end of the server's log when it ends, or does not answer in time */
async function answers({ directory, child }: Launched, question: readonly string[]): Promise<void> {
  try {
    await until('the server to answer', WITHIN_MS, async () => {
      if (child.exitCode !== null) return false;
      return (await run(question)).code === 0 || undefined;
    });
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
  } catch (error) {
    const log = readFileSync(join(directory, LOG), 'utf8').slice(-2000);
    await stop({ directory, child }, 'SIGKILL');
    throw new Error(`${question[0]} was not answered: ${log}`, { cause: error });
  }
}

async function stop({ directory, child }: Launched, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
  rmSync(directory, { recursive: true, force: true });
}
