// What roles and tokens give: never more than their table says, and never more than the person behind them has.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Access,
  accessOf,
  FULL_ACCESS,
  mayAnywhere,
  mayEverywhere,
  mayIn,
  narrowed,
} from '../../../src/model/access.ts';
import {
  type Permission,
  PLATFORM_PERMISSIONS,
  PROJECT_PERMISSIONS,
  type ProjectRole,
  ROLE_PERMISSIONS,
} from '../../../src/model/permission.ts';

const ALL: readonly Permission[] = [...PROJECT_PERMISSIONS, ...PLATFORM_PERMISSIONS];
const PROJECTS = ['default', 'one', 'two', '__proto__', 'constructor'] as const;

const permission = fc.constantFrom<string>('*', ...ALL);
const permissions = fc.uniqueArray(permission, { maxLength: 6 });
const project = fc.constantFrom(...PROJECTS);
const memberships = fc
  .array(fc.tuple(project, fc.constantFrom<ProjectRole>('developer', 'configurer', 'user')))
  .map((pairs) => Object.fromEntries(pairs));
const access: fc.Arbitrary<Access> = fc.record({
  everywhere: permissions,
  projects: fc.array(fc.tuple(project, permissions)).map((pairs) => Object.fromEntries(pairs)),
});
const limit = fc.option(fc.uniqueArray(project), { nil: null });

function expectWithin(less: Access, more: Access): void {
  for (const each of ALL) {
    expect(mayEverywhere(less, each) && !mayEverywhere(more, each), `${each} everywhere`).toBe(false);
    expect(mayAnywhere(less, each) && !mayAnywhere(more, each), `${each} anywhere`).toBe(false);
    for (const where of PROJECTS) expect(mayIn(less, each, where) && !mayIn(more, each, where), each).toBe(false);
  }
}

describe('a token', () => {
  it('never gives more than its owner has, whatever it was made for', () => {
    fc.assert(
      fc.property(fc.boolean(), memberships, permissions, limit, (administrator, roles, given, projects) => {
        const owner = accessOf(administrator, roles);
        expectWithin(narrowed(owner, given, projects), owner);
      }),
    );
  });

  it('never gives more than it was made for, whatever its owner has', () => {
    fc.assert(
      fc.property(access, permissions, limit, (owner, given, projects) => {
        expectWithin(narrowed(owner, given, projects), { everywhere: given, projects: {} });
      }),
    );
  });

  it('gives no more when it is narrowed again', () => {
    fc.assert(
      fc.property(access, permissions, limit, permissions, limit, (owner, given, projects, again, fewer) => {
        const once = narrowed(owner, given, projects);
        expectWithin(narrowed(once, again, fewer), once);
        expectWithin(once, owner);
      }),
    );
  });

  it('that is limited to projects gives nothing in others', () => {
    fc.assert(
      fc.property(access, permissions, fc.uniqueArray(project), (owner, given, projects) => {
        const limited = narrowed(owner, given, projects);
        const others = PROJECTS.filter((each) => !projects.includes(each));
        for (const each of PROJECT_PERMISSIONS)
          for (const other of others) expect(mayIn(limited, each, other), `${each} in ${other}`).toBe(false);
      }),
    );
  });
});

describe('roles', () => {
  it('give exactly what their table says, in their project alone', () => {
    fc.assert(
      fc.property(memberships, (roles) => {
        const given = accessOf(false, roles);
        for (const where of PROJECTS)
          for (const each of PROJECT_PERMISSIONS) {
            const role = Object.hasOwn(roles, where) ? roles[where] : undefined;
            expect(mayIn(given, each, where)).toBe(role !== undefined && ROLE_PERMISSIONS[role].includes(each));
          }
      }),
    );
  });

  it.each<[ProjectRole, Permission, boolean]>([
    ['user', 'jobs:read', true],
    ['user', 'jobs:write', false],
    ['user', 'nodes:read', false],
    ['configurer', 'instances:write', true],
    ['configurer', 'applications:write', false],
    ['configurer', 'secrets:write', false],
    ['developer', 'applications:write', true],
    ['developer', 'secrets:write', true],
    ['developer', 'nodes:write', false],
    ['developer', 'users:read', false],
    ['developer', 'tokens:write', false],
    ['developer', 'audit:read', false],
  ])('a %s has %s: %s', (role, each, has) => {
    expect(mayAnywhere(accessOf(false, { default: role }), each)).toBe(has);
  });

  it('of nobody give nothing, and an administrator has everything', () => {
    for (const each of ALL) {
      expect(mayAnywhere(accessOf(false, {}), each)).toBe(false);
      expect(mayEverywhere(accessOf(true, {}), each)).toBe(true);
    }
    expect(accessOf(true, { default: 'user' })).toEqual(FULL_ACCESS);
  });
});
