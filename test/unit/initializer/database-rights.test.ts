// Rights in the database follow roles: given before, taken away after, and nothing of anybody else is touched.
import { expect, test } from 'vitest';
import {
  givingStatements,
  leaveStatements,
  ownerStatements,
  readRights,
  takingStatements,
} from '../../../src/initializer/database-rights.ts';
import type { Role } from '../../../src/model/role.ts';

const account = (user: string, roles: readonly Role[]) => ({ user, password: `of ${user}`, roles });
const WANTED = {
  database: 'berth',
  owner: { user: 'berth_owner', password: 'of the owner' },
  accounts: [account('berth-m0', ['api']), account('berth-m1', ['scheduler'])],
};
const TABLES = ['job', 'jobStatus', 'password', 'berth_schema', 'berth_version'];
const answer = (...rows: readonly (readonly string[])[]) =>
  [...TABLES.map((table) => ['table', table, '', '']), ...rows].map((row) => row.join('\t')).join('\n');

test('each account is made and given the tables of its roles, as far as they are there', () => {
  const statements = givingStatements(WANTED, readRights(answer()));
  expect(statements.filter((each) => each.includes('berth-m1'))).toEqual([
    "CREATE USER IF NOT EXISTS 'berth-m1'@'%' IDENTIFIED BY 'of berth-m1'",
    "ALTER USER 'berth-m1'@'%' IDENTIFIED BY 'of berth-m1'",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON `berth`.`job` TO 'berth-m1'@'%'",
    "GRANT SELECT ON `berth`.`jobStatus` TO 'berth-m1'@'%'",
    "GRANT SELECT ON `berth`.`berth_schema` TO 'berth-m1'@'%'",
    "GRANT SELECT, UPDATE ON `berth`.`berth_version` TO 'berth-m1'@'%'",
  ]);
  expect(statements).toContain("GRANT SELECT, INSERT, UPDATE, DELETE ON `berth`.`password` TO 'berth-m0'@'%'");
});

test('the owner of the tables comes in from the machine of the database alone', () => {
  const statements = ownerStatements(WANTED);
  expect(statements.filter((each) => each.includes('berth_owner')).every((each) => each.includes("'127.0.0.1'"))).toBe(
    true,
  );
});

test('what a component had for roles that went elsewhere is taken, and no more', () => {
  const found = readRights(
    answer(
      ['account', 'berth-m0'],
      ['account', 'berth-m1'],
      ['account', 'berth-gone'],
      ['right', "'berth-m1'@'%'", 'job', 'SELECT,INSERT,UPDATE,DELETE'],
      ['right', "'berth-m1'@'%'", 'jobStatus', 'SELECT,INSERT,UPDATE,DELETE'],
      ['right', "'berth-m1'@'%'", 'password', 'SELECT'],
      ['right', "'berth_scheduler'@'%'", 'password', 'SELECT'],
      ['overall', "'berth-m0'@'%'"],
      ['overall', "'berth_owner'@'127.0.0.1'"],
    ),
  );
  expect(takingStatements(WANTED, found)).toEqual([
    "DROP USER IF EXISTS 'berth-gone'@'%'",
    "REVOKE ALL PRIVILEGES ON `berth`.* FROM 'berth-m0'@'%'",
    "REVOKE INSERT, UPDATE, DELETE ON `berth`.`jobStatus` FROM 'berth-m1'@'%'",
    "REVOKE SELECT ON `berth`.`password` FROM 'berth-m1'@'%'",
  ]);
});

test('where everybody has what they need, nothing is taken', () => {
  const found = readRights(answer(['account', 'berth-m0'], ['right', "'berth-m0'@'%'", 'job', 'SELECT']));
  expect(takingStatements(WANTED, found)).toEqual([]);
});

test('a server that stays loses the accounts, and the database only with the data', () => {
  const names = ["'berth-m0'@'%'", "'berth_owner'@'127.0.0.1'", ''];
  const accounts = ["DROP USER IF EXISTS 'berth-m0'@'%'", "DROP USER IF EXISTS 'berth_owner'@'127.0.0.1'"];
  expect(leaveStatements('berth', names, 'kept')).toEqual(accounts);
  expect(leaveStatements('berth', names, 'removed')).toEqual([...accounts, 'DROP DATABASE IF EXISTS `berth`']);
});
