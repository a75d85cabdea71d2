// A MariaDB server of the tests' own, on a socket and a port of its own, ended by the process that started it.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, run } from './command.ts';
import { cachePath } from './directories.ts';
import { freePort } from './free-port.ts';
import { locked } from './lock.ts';
import { OwnProcess } from './own-process.ts';
import { owner } from './owner.ts';
import { installPrerequisites } from './prerequisites.ts';
import { isAlive } from './process-identity.ts';

const USER = 'berth';

/** Holds what an address must encode. */
const PASSWORD = 'p%s:w@rd/ü';

/** Where a server's files are, and where it listens. */
interface Plan {
  readonly directory: string;
  readonly host: string;
  readonly port: number;
}

/** A server that runs. */
export class Mariadb {
  readonly port: number;
  readonly #plan: Plan;
  #process: OwnProcess;

  constructor(plan: Plan, process: OwnProcess) {
    this.#plan = plan;
    this.port = plan.port;
    this.#process = process;
  }

  get socketPath(): string {
    return join(this.#plan.directory, 'mysql.sock');
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
    return `mysql://${USER}:${encodeURIComponent(PASSWORD)}@${this.#plan.host}:${port}/${database}?${options}`;
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
    await this.#process.end('SIGKILL');
    this.#process = await launch(this.#plan);
  }

  /** Nothing of it moves until `resume`; its connections stay. */
  pause(): void {
    this.#process.signal('SIGSTOP');
  }

  resume(): void {
    this.#process.signal('SIGCONT');
  }

  /** Ends it for good, with all that it kept. */
  async destroy(): Promise<void> {
    await this.#process.end('SIGKILL');
    rmSync(this.#plan.directory, { recursive: true, force: true });
  }
}

/** Starts a server; whoever asked ends it with `destroy`. By another host than this one, machines of the fleet reach it too. */
export async function startMariadb(host = '127.0.0.1'): Promise<Mariadb> {
  await locked('prerequisites', installPrerequisites);
  clearLeftovers();
  const directory = mkdtempSync(join(cachePath('mariadb', owner()), 'server-'));
  const install = ['mariadb-install-db', '--no-defaults', '--user=root', `--datadir=${join(directory, 'data')}`];
  // Its temporary tables are named by a process id, and containers of tests count theirs anew.
  const aside = join(directory, 'aside');
  mkdirSync(aside);
  install.push(`--tmpdir=${aside}`);
  await mustRun([...install, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve']);
  const plan = { directory, host, port: await freePort() };
  const server = new Mariadb(plan, await launch(plan));
  await server.look(`CREATE USER ${USER}@'%' IDENTIFIED BY '${PASSWORD}'`);
  return server;
}

function launch({ directory, host, port }: Plan): Promise<OwnProcess> {
  const socket = `--socket=${join(directory, 'mysql.sock')}`;
  const network = [`--bind-address=${host}`, `--port=${port}`, '--skip-name-resolve'];
  const small = ['--innodb-buffer-pool-size=64M', '--innodb-log-file-size=48M', '--performance-schema=OFF'];
  const own = ['--no-defaults', '--user=root', `--datadir=${join(directory, 'data')}`, socket];
  return OwnProcess.start({
    what: 'MariaDB',
    argv: ['mariadbd', ...own, `--tmpdir=${join(directory, 'aside')}`, ...network, ...small],
    logPath: join(directory, 'mariadbd.log'),
    withinMs: 60_000,
    answers: async () => (await run(['mariadb', '--no-defaults', '-uroot', socket, '-e', 'SELECT 1'])).code === 0,
  });
}

function clearLeftovers(): void {
  for (const name of readdirSync(cachePath('mariadb'))) {
    if (!isAlive(name)) rmSync(join(cachePath('mariadb'), name), { recursive: true, force: true });
  }
}
