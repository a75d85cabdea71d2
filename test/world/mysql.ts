// A server of MySQL's protocol, for the tests: MariaDB of the tests' own, or a real MySQL whose address BERTH_TEST_MYSQL holds
// (mysql://user:password@host:port, of a user that may make databases and users).
import { randomBytes } from 'node:crypto';
import { mustRun } from './command.ts';
import { locked } from './lock.ts';
import { startMariadb } from './mariadb.ts';
import { installPrerequisites } from './prerequisites.ts';

/** A server that runs. */
export interface Mysql {
  /** Makes an empty database; resolves to its name. */
  makeDatabase(): Promise<string>;
  /** The address of a database, for Berth. */
  url(database: string, options?: string): string;
  /** What the database's own client shows, a row a line, columns apart by tabs, names first. */
  look(sql: string, database?: string): Promise<string>;
  /** Ends what was begun for the tests. */
  destroy(): Promise<void>;
}

/** Starts a server, or uses the given one; whoever asked ends it with `destroy`. */
export async function startMysql(): Promise<Mysql> {
  const given = process.env.BERTH_TEST_MYSQL;
  if (!given) return startMariadb();
  await locked('prerequisites', installPrerequisites);
  return givenMysql(new URL(given));
}

function givenMysql({ hostname, port, username, password }: URL): Mysql {
  const made: string[] = [];
  const place = ['-h', hostname, '-P', port || '3306', '-u', decodeURIComponent(username)];
  const client = ['env', `MYSQL_PWD=${decodeURIComponent(password)}`, 'mariadb', '--no-defaults', ...place, '--batch'];
  const look = (sql: string, database = 'mysql') => mustRun([...client, database, '-e', sql]);
  return {
    look,
    async makeDatabase() {
      const name = `berth_${randomBytes(6).toString('hex')}`;
      await look(`CREATE DATABASE ${name}`);
      made.push(name);
      return name;
    },
    url: (database, options = '') =>
      `mysql://${username}:${password}@${hostname}:${port || '3306'}/${database}?${options}`,
    async destroy() {
      for (const name of made) await look(`DROP DATABASE ${name}`);
    },
  };
}
