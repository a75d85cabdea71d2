// A MariaDB server of the tests' own, on a socket and a port of its own, ended by the process that started it.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, run } from './command.ts';
import { cachePath } from './directories.ts';
import { freePort } from './free-port.ts';
import { locked } from './lock.ts';
import { owner } from './owner.ts';
import { installPrerequisites } from './prerequisites.ts';
import { isAlive } from './process-identity.ts';
import { until } from './until.ts';

const USER = 'berth';

/** Holds what an address must encode. */
const PASSWORD = 'p%s:w@rd/ü';

/** A server that runs. */
export class Mariadb {
  readonly port: number;
  readonly #directory: string;
  #child: ChildProcess;

  constructor(directory: string, port: number, child: ChildProcess) {
    this.#directory = directory;
    this.port = port;
    this.#child = child;
  }

  get socketPath(): string {
    return join(this.#directory, 'mysql.sock');
  }

  /** The password of the tests' user, which must appear nowhere. */
  get password(): string {
    return PASSWORD;
  }

  /** Makes an empty database; resolves to its name. */
  async makeDatabase(): Promise<string> {
    const name = `berth_${randomBytes(6).toString('hex')}`;
    await this.look(`CREATE DATABASE ${name}; GRANT ALL ON ${name}.* TO ${USER}@'%'`);
    return name;
  }

  /** The address of a database, for Berth. */
  url(database: string, options = `socketPath=${encodeURIComponent(this.socketPath)}`, port = this.port): string {
    return `mysql://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}?${options}`;
  }

  /** What the database's own client shows to root, a row a line, columns apart by tabs, names first. */
  look(sql: string, database = 'mysql'): Promise<string> {
    return mustRun([
      'mariadb',
      '--no-defaults',
      '-uroot',
      `--socket=${this.socketPath}`,
      '--batch',
      database,
      '-e',
      sql,
    ]);
  }

  /** Ends it as a power failure would, and starts it again on what it kept. */
  async crash(): Promise<void> {
    await this.#end('SIGKILL');
    this.#child = await launch(this.#directory, this.port);
  }

  /** Ends it for good, with all that it kept. */
  async destroy(): Promise<void> {
    await this.#end('SIGKILL');
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}

/** Starts a server; whoever asked ends it with `destroy`. */
export async function startMariadb(): Promise<Mariadb> {
  await locked('prerequisites', installPrerequisites);
  clearLeftovers();
  const directory = mkdtempSync(join(cachePath('mariadb', owner()), 'server-'));
  const install = ['mariadb-install-db', '--no-defaults', '--user=root', `--datadir=${join(directory, 'data')}`];
  await mustRun([...install, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve']);
  const port = await freePort();
  const server = new Mariadb(directory, port, await launch(directory, port));
  await server.look(`CREATE USER ${USER}@'%' IDENTIFIED BY '${PASSWORD}'`);
  return server;
}

// setpriv ends the server with the process that started it, however that ends.
async function launch(directory: string, port: number): Promise<ChildProcess> {
  const places = [`--datadir=${join(directory, 'data')}`, `--socket=${join(directory, 'mysql.sock')}`];
  const network = ['--bind-address=127.0.0.1', `--port=${port}`, '--skip-name-resolve'];
  const small = ['--innodb-buffer-pool-size=64M', '--innodb-log-file-size=48M', '--performance-schema=OFF'];
  const log = openSync(join(directory, 'mariadbd.log'), 'a');
  const server = ['mariadbd', '--no-defaults', '--user=root', ...places, ...network, ...small];
  const [program = '', ...words] = ['setpriv', '--pdeathsig', 'KILL', ...server];
  const child = spawn(program, words, { stdio: ['ignore', log, log] });
  closeSync(log);
  await until('MariaDB to answer', 60_000, async () => {
    if (child.exitCode !== null) throw new Error(readFileSync(join(directory, 'mariadbd.log'), 'utf8').slice(-2000));
    const ping = ['mariadb', '--no-defaults', '-uroot', `--socket=${join(directory, 'mysql.sock')}`, '-e', 'SELECT 1'];
    return (await run(ping)).code === 0 || undefined;
  });
  return child;
}

function clearLeftovers(): void {
  for (const name of readdirSync(cachePath('mariadb'))) {
    if (!isAlive(name)) rmSync(join(cachePath('mariadb'), name), { recursive: true, force: true });
  }
}
