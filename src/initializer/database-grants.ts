// What the account of each role may do in the database: its own kinds, and what every process of the store needs. The account that owns the
// database is another one: it makes and changes tables or collections.
import { INDEXES, type Kind } from '../model/kinds.ts';
import { ROLES, type Role } from '../model/role.ts';
import { readsKind, writesKind } from '../model/role-kinds.ts';

/** One person's or program's right in MongoDB: actions on one collection. */
export interface MongodbPrivilege {
  readonly resource: { readonly db: string; readonly collection: string };
  readonly actions: readonly string[];
}

/** A role of MongoDB, as its command createRole takes it. */
export interface MongodbRole {
  readonly createRole: string;
  readonly privileges: readonly MongodbPrivilege[];
  readonly roles: readonly [];
}

/** Where the accounts are made, and how they are told apart. */
export interface MysqlAccounts {
  readonly database: string;
  /** Where they connect from, as MySQL writes it: `%`, `10.0.0.%`. */
  readonly from: string;
  readonly accounts: readonly DatabaseAccount[];
}

/** One process's account. A process of several roles has what each of them has. */
export interface DatabaseAccount {
  readonly user: string;
  readonly password: string;
  readonly roles: readonly Role[];
}

const KINDS = Object.keys(INDEXES) as readonly Kind[];

/** Where accounts of components that the initializer makes connect from: the network is the platform's own. */
export const DATABASE_ACCOUNTS_FROM = '%';

/** The account that owns a database that the initializer makes. */
export const DATABASE_OWNER = 'berth_owner';

const READ = ['find', 'listIndexes', 'collStats'];
const WRITE = ['insert', 'update', 'remove'];

/** The name of a role's account in the database. */
export function databaseUser(role: Role): string {
  return `berth_${role}`;
}

/**
 * The statements that make accounts in MySQL or MariaDB, or give accounts that are there exactly these rights. The tables have to be there: Berth has
 * been started once with the account that owns the database. The statements hold the passwords.
 */
export function mysqlStatements({ database, from, accounts }: MysqlAccounts): readonly string[] {
  return accounts.flatMap(({ user: account, password, roles }) => {
    const user = `${mysqlText(account)}@${mysqlText(from)}`;
    const grants = tableRights(roles).map(
      ([table, rights]) => `GRANT ${rights.join(', ')} ON ${mysqlName(database)}.${mysqlName(table)} TO ${user}`,
    );
    return [`DROP USER IF EXISTS ${user}`, `CREATE USER ${user} IDENTIFIED BY ${mysqlText(password)}`, ...grants];
  });
}

/** The roles of MongoDB, each to be made in the database and given to the account of that name there. */
export function mongodbRoles(database: string): readonly MongodbRole[] {
  return ROLES.map((role) => ({
    createRole: databaseUser(role),
    privileges: [
      ...kindsOf([role]).map(({ kind, writes }) => right(database, kind, writes ? [...READ, ...WRITE] : READ)),
      right(database, 'berth_schema', READ),
      right(database, 'berth_version', [...READ, 'update']),
    ],
    roles: [],
  }));
}

function right(db: string, collection: string, actions: readonly string[]): MongodbPrivilege {
  return { resource: { db, collection }, actions };
}

/** What processes of some roles may do with each table. */
export function tableRights(roles: readonly Role[]): readonly (readonly [table: string, rights: readonly string[]])[] {
  return [
    ...kindsOf(roles).map(
      ({ kind, writes }) => [kind, writes ? ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] : ['SELECT']] as const,
    ),
    ['berth_schema', ['SELECT']],
    ['berth_layout', ['SELECT']],
    ['berth_version', ['SELECT', 'UPDATE']],
    ['berth_writer', ['SELECT', 'INSERT', 'UPDATE', 'DELETE']],
  ];
}

function kindsOf(roles: readonly Role[]): readonly { readonly kind: Kind; readonly writes: boolean }[] {
  return KINDS.filter((kind) => readsKind(roles, kind)).map((kind) => ({ kind, writes: writesKind(roles, kind) }));
}

/** A text as MySQL reads it. A backslash escapes there unless a mode says otherwise; a password that holds one would mean two things. */
export function mysqlText(value: string): string {
  if (/[\\\0]/.test(value)) throw new TypeError('A name or a password for the database holds a backslash or a NUL');
  return `'${value.replaceAll("'", "''")}'`;
}

/** A name as MySQL reads it. */
export function mysqlName(value: string): string {
  return `\`${value.replaceAll('`', '``')}\``;
}
