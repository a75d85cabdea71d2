// What each role's account may do in the database.
import { describe, expect, test } from 'vitest';
import { databaseUser, mongodbRoles, mysqlStatements } from '../../../src/initializer/database-grants.ts';
import { INDEXES, type Kind } from '../../../src/model/kinds.ts';
import { ROLES, type Role } from '../../../src/model/role.ts';
import { KIND_USES, readsKind, writesKind } from '../../../src/model/role-kinds.ts';

const KINDS = Object.keys(INDEXES) as readonly Kind[];
const accounts = ROLES.map((role) => ({ user: databaseUser(role), password: `it's ${role}`, roles: [role] }));

describe('the kinds of the roles', () => {
  test.each(KINDS)('%s is written by somebody, and named once for each role', (kind) => {
    const { writes, reads } = KIND_USES[kind];
    expect(writes.length).toBeGreaterThan(0);
    expect(new Set(writes).size).toBe(writes.length);
    expect(new Set(reads).size).toBe(reads.length);
  });

  test('how people sign in is for the edge alone', () => {
    for (const kind of ['password', 'session', 'token', 'invitation', 'auditEntry', 'auditOutcome'] as const)
      expect(ROLES.filter((role) => readsKind([role], kind))).toEqual(['api']);
  });

  test('secrets are read by those who hand them on, and written by the edge alone', () => {
    expect(ROLES.filter((role) => writesKind([role], 'secret'))).toEqual(['api']);
    expect(readsKind(['scheduler'], 'secret')).toBe(false);
    expect(readsKind(['monitoring'], 'secret')).toBe(false);
  });

  test('a process of several roles may do what each of them may', () => {
    expect(writesKind(['scheduler'], 'recoveryBudget')).toBe(false);
    expect(writesKind(['scheduler', 'servers'], 'recoveryBudget')).toBe(true);
  });
});

describe('accounts of MySQL', () => {
  const statements = mysqlStatements({ database: 'be`rth', from: '10.0.0.%', accounts });
  const of = (role: Role) => statements.filter((each) => each.includes(`'${databaseUser(role)}'@'10.0.0.%'`));

  test('each role has one, with its own tables and those of the store itself', () => {
    expect(of('scheduler')).toContain("CREATE USER 'berth_scheduler'@'10.0.0.%' IDENTIFIED BY 'it''s scheduler'");
    const job = "GRANT SELECT, INSERT, UPDATE, DELETE ON `be``rth`.`job` TO 'berth_scheduler'@'10.0.0.%'";
    expect(of('scheduler')).toContain(job);
    expect(of('scheduler')).toContain("GRANT SELECT ON `be``rth`.`jobStatus` TO 'berth_scheduler'@'10.0.0.%'");
    expect(of('scheduler').filter((each) => /`(password|secret|token)`/.test(each))).toEqual([]);
    for (const role of ROLES) expect(of(role).some((each) => each.includes('`berth_version`'))).toBe(true);
  });

  test('none may change tables', () => {
    expect(statements.filter((each) => /GRANT.*(ALL|CREATE|DROP|ALTER|INDEX)/.test(each))).toEqual([]);
  });

  test('a password that would mean two things is refused', () => {
    const bad = [{ user: 'berth_api', password: 'back\\slash', roles: ['api' as const] }];
    expect(() => mysqlStatements({ database: 'berth', from: '%', accounts: bad })).toThrow(TypeError);
  });
});

describe('roles of MongoDB', () => {
  test('each names its own collections', () => {
    const scheduler = mongodbRoles('berth').find(({ createRole }) => createRole === 'berth_scheduler');
    const collections = scheduler?.privileges.map(({ resource }) => resource.collection) ?? [];
    expect(collections).toEqual(expect.arrayContaining(['job', 'instanceStatus', 'berth_schema', 'berth_version']));
    expect(collections.filter((each) => ['password', 'secret', 'token'].includes(each))).toEqual([]);
    const job = scheduler?.privileges.find(({ resource }) => resource.collection === 'job');
    expect(job?.actions).toEqual(['find', 'listIndexes', 'collStats', 'insert', 'update', 'remove']);
    expect(mongodbRoles('berth').map(({ createRole }) => createRole)).toEqual(ROLES.map(databaseUser));
  });
});
