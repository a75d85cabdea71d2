// The accounts of a MariaDB that the initializer runs, brought to what they should be while processes use them: first each is given what it
// lacks, and when all processes have been started with their roles, what is too much is taken away. No process ever lacks a right in between.
import {
  DATABASE_OWNER,
  type DatabaseAccount,
  DATABASE_ACCOUNTS_FROM as FROM,
  mysqlName,
  mysqlText,
  tableRights,
} from './database-grants.ts';

/** What a database has of tables, accounts and rights. */
export interface DatabaseRights {
  readonly tables: ReadonlySet<string>;
  /** Accounts of the platform's components. */
  readonly accounts: ReadonlySet<string>;
  /** Rights on one table each. */
  readonly rights: readonly { readonly account: string; readonly table: string; readonly rights: readonly string[] }[];
  /** Accounts with rights on all of the database, as older initializers gave them. */
  readonly overall: readonly string[];
}

/** What is wanted. */
export interface WantedRights {
  readonly database: string;
  readonly owner: { readonly user: string; readonly password: string };
  readonly accounts: readonly DatabaseAccount[];
}

/** The accounts of components are named after them; nobody else's account begins like this. */
const OURS = 'berth-%';

/** The statements that make the database and the account that owns it. They hold its password, and may be repeated. */
export function ownerStatements({ database, owner }: Omit<WantedRights, 'accounts'>): readonly string[] {
  const user = `${mysqlText(owner.user)}@'127.0.0.1'`;
  return [
    `CREATE DATABASE IF NOT EXISTS ${mysqlName(database)}`,
    ...account(user, owner.password),
    `GRANT ALL PRIVILEGES ON ${mysqlName(database)}.* TO ${user}`,
  ];
}

/** The statements that ask for the rights, for `mariadb --batch --skip-column-names`. */
export function rightsQuery(database: string): string {
  const of = mysqlText(database);
  return [
    `SELECT 'table', TABLE_NAME, '', '' FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${of}`,
    `SELECT 'account', User, '', '' FROM mysql.user WHERE User LIKE '${OURS}' AND Host = ${mysqlText(FROM)}`,
    `SELECT 'right', GRANTEE, TABLE_NAME, GROUP_CONCAT(PRIVILEGE_TYPE) FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = ${of} GROUP BY GRANTEE, TABLE_NAME`,
    `SELECT DISTINCT 'overall', GRANTEE, '', '' FROM information_schema.SCHEMA_PRIVILEGES WHERE TABLE_SCHEMA = ${of}`,
  ].join(';\n');
}

/** Reads their answer. */
export function readRights(answer: string): DatabaseRights {
  const rows = answer.split('\n').map((line) => line.split('\t'));
  const of = (kind: string) => rows.filter(([first]) => first === kind);
  const accountIn = (grantee = '') => new RegExp(`^'(berth-[^']*)'@'${FROM}'$`).exec(grantee)?.[1];
  return {
    tables: new Set(of('table').map(([, table = '']) => table)),
    accounts: new Set(of('account').map(([, name = '']) => name)),
    rights: of('right').flatMap(([, grantee, table = '', rights = '']) => {
      const name = accountIn(grantee);
      return name === undefined ? [] : [{ account: name, table, rights: rights.split(',') }];
    }),
    overall: of('overall').flatMap(([, grantee]) => accountIn(grantee) ?? []),
  };
}

/** The statements that give each account what it lacks. They hold passwords. A table that an older program does not have is passed over. */
export function givingStatements({ database, accounts }: WantedRights, { tables }: DatabaseRights): readonly string[] {
  return accounts.flatMap(({ user, password, roles }) => [
    ...account(at(user), password),
    ...tableRights(roles).flatMap(([table, rights]) =>
      tables.has(table)
        ? [`GRANT ${rights.join(', ')} ON ${mysqlName(database)}.${mysqlName(table)} TO ${at(user)}`]
        : [],
    ),
  ]);
}

/** The statements that take away what an account has and does not need, and accounts of components that are no more. */
export function takingStatements({ database, accounts }: WantedRights, found: DatabaseRights): readonly string[] {
  const wanted = new Map(accounts.map(({ user, roles }) => [user, new Map(tableRights(roles))]));
  const goneAccounts = [...found.accounts].filter((name) => !wanted.has(name));
  const overall = found.overall.filter((name) => wanted.has(name));
  return [
    ...goneAccounts.map((name) => `DROP USER IF EXISTS ${at(name)}`),
    ...overall.map((name) => `REVOKE ALL PRIVILEGES ON ${mysqlName(database)}.* FROM ${at(name)}`),
    ...found.rights.flatMap(({ account: name, table, rights }) => {
      const needed: readonly string[] | undefined = wanted.get(name)?.get(table);
      const surplus = rights.filter((right) => !needed?.includes(right));
      if (!wanted.has(name) || surplus.length === 0) return [];
      return [`REVOKE ${surplus.join(', ')} ON ${mysqlName(database)}.${mysqlName(table)} FROM ${at(name)}`];
    }),
  ];
}

/** The statement that asks for all accounts that the initializer made, each as a statement takes it. */
export function namesQuery(): string {
  return `SELECT CONCAT(QUOTE(User), '@', QUOTE(Host)) FROM mysql.user WHERE User LIKE '${OURS}' OR User = '${DATABASE_OWNER}'`;
}

/** The statements that take these accounts away, and the database where its data are to go. */
export function leaveStatements(
  database: string,
  names: readonly string[],
  data: 'kept' | 'removed',
): readonly string[] {
  return [
    ...names.filter((name) => name !== '').map((name) => `DROP USER IF EXISTS ${name}`),
    ...(data === 'removed' ? [`DROP DATABASE IF EXISTS ${mysqlName(database)}`] : []),
  ];
}

/** Made, or given this password. */
function account(user: string, password: string): readonly string[] {
  const identified = `${user} IDENTIFIED BY ${mysqlText(password)}`;
  return [`CREATE USER IF NOT EXISTS ${identified}`, `ALTER USER ${identified}`];
}

function at(user: string): string {
  return `${mysqlText(user)}@${mysqlText(FROM)}`;
}
