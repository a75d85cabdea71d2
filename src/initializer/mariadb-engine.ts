// MariaDB as a machine of the platform has it: Debian's, with the platform's database, an account that owns it on that machine alone, and an
// account for each component.
import { DATABASE_ACCOUNTS_FROM, DATABASE_OWNER, type DatabaseAccount } from './database-grants.ts';
import { ETC } from './machine-paths.ts';
import { type WantedMariadb, wantedFile } from './wanted-machine.ts';

/** Debian's package. */
export const MARIADB_PACKAGES: readonly string[] = ['mariadb-server'];

/** Where it listens. */
export const MARIADB_PORT = 3306;

/** The configuration that is beside Debian's own. */
export const MARIADB_CONFIGURATION = '/etc/mysql/mariadb.conf.d/60-berth.cnf';

/** Where Debian's server keeps everything. */
export const MARIADB_DATA = '/var/lib/mysql';

/** What is made in it: the platform's database, and who may come in. */
export interface MariadbWish {
  readonly database: string;
  /** Digest of the program whose tables it is to have. */
  readonly program: string;
  readonly accounts: readonly DatabaseAccount[];
  readonly passwordOf: (account: string) => string;
  /** A text that tells a password apart and does not give it away. */
  readonly proofOf: (password: string) => string;
}

/** The engine with its configuration and accounts. */
export function mariadbEngine(wish: MariadbWish): WantedMariadb {
  const { database, program, accounts, passwordOf, proofOf } = wish;
  const configuration = `# Written by 'berth platform'.\n[mysqld]\nbind-address = 0.0.0.0\nport = ${MARIADB_PORT}\nmax_connections = 300\n`;
  const shown = accounts.map(({ user, password, roles }) => ({ user, proof: proofOf(password), roles }));
  const told = (of: object) => `${JSON.stringify({ ...of, accounts: shown }, null, 1)}\n`;
  const owner = { user: DATABASE_OWNER, password: passwordOf(DATABASE_OWNER) };
  const ownerUrl = `mysql://${owner.user}:${owner.password}@127.0.0.1:${MARIADB_PORT}/${database}`;
  return {
    ...{ kind: 'mariadb', database, accounts, owner, ownerUrl },
    // With it a person restores a backup: accounts of components may not make tables.
    notes: [wantedFile(`${ETC}/database-owner.env`, `BERTH_STORE="${ownerUrl}"\n`, 0o600)],
    files: [wantedFile(MARIADB_CONFIGURATION, configuration, 0o644)],
    // A newer program may bring tables with it.
    setUp: wantedFile(`${ETC}/mariadb-accounts.json`, told({ program }), 0o600),
    settled: wantedFile(`${ETC}/mariadb-settled.json`, told({ from: DATABASE_ACCOUNTS_FROM }), 0o600),
  };
}
