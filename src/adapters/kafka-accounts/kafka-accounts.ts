// Accounts and their rights on brokers that somebody may do everything on: SCRAM passwords and access rules, over Kafka's own protocol, so that
// no password is ever a word of a program.
import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import {
  type Acl,
  type AclFilter,
  AclOperations,
  AclPermissionTypes,
  Admin,
  alterUserScramCredentialsV0,
  Connection,
  describeUserScramCredentialsV0,
  ResourcePatternTypes,
  ResourceTypes,
  type SASLOptions,
} from '@platformatic/kafka';
import type { Random } from '../../ports/random.ts';

/** Where the brokers are asked, and as whom. */
export interface BrokerAccess {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Something that an account may do. */
export interface BrokerRight {
  readonly resource: 'topic' | 'group';
  readonly name: string;
  readonly pattern: 'literal' | 'prefixed';
  readonly operation: 'Read' | 'Write' | 'Create';
}

/** An account that is to be there. */
export interface WantedBrokerAccount {
  readonly user: string;
  readonly password: string;
  readonly grants: readonly BrokerRight[];
}

const SCRAM_SHA_512 = 2;
/** As Kafka's own tools take them. */
const ITERATIONS = 4096;
const SALT_BYTES = 20;
const KEY_BYTES = 64;
const OPERATIONS = { Read: AclOperations.READ, Write: AclOperations.WRITE, Create: AclOperations.CREATE } as const;
const EVERY_RULE: AclFilter = {
  ...{ resourceType: ResourceTypes.ANY, resourceName: null, resourcePatternType: ResourcePatternTypes.ANY },
  ...{ principal: null, host: null, operation: AclOperations.ANY, permissionType: AclPermissionTypes.ANY },
};
const derived = promisify(pbkdf2);

/** One cluster's accounts. */
export class KafkaAccounts {
  readonly #access: BrokerAccess;
  readonly #random: Random;
  readonly #admin: Admin;

  constructor(access: BrokerAccess, random: Random) {
    this.#access = access;
    this.#random = random;
    this.#admin = new Admin({
      ...{ clientId: 'berth-platform', bootstrapBrokers: [`${access.host}:${access.port}`] },
      ...{ connectTimeout: 3000, retries: 0, sasl: this.#sasl() },
    });
  }

  /** Resolves when the brokers have answered a request that takes the right to do everything. */
  async look(): Promise<void> {
    await this.#rules();
  }

  /** Makes accounts, or gives them their password, and gives each the rights that it lacks. */
  async give(wanted: readonly WantedBrokerAccount[]): Promise<void> {
    const passwords = await Promise.all(wanted.map((each) => this.#salted(each)));
    await this.#ask((connection) => alterUserScramCredentialsV0.api.async(connection, [], passwords));
    const there = new Set((await this.#rules()).map(shown));
    const creations = wanted.flatMap(rulesOf).filter((rule) => !there.has(shown(rule)));
    if (creations.length > 0) await this.#admin.createAcls({ creations });
  }

  /** Of accounts whose names begin so, takes away those that are not wanted, and rights that no account needs. */
  async settle(wanted: readonly Pick<WantedBrokerAccount, 'user' | 'grants'>[], prefix: string): Promise<void> {
    const needed = new Set(wanted.flatMap(rulesOf).map(shown));
    const surplus = (await this.#rules()).filter(
      (rule) => rule.principal.startsWith(`User:${prefix}`) && !needed.has(shown(rule)),
    );
    if (surplus.length > 0) await this.#admin.deleteAcls({ filters: surplus });
    const users = await this.#ask((connection) => describeUserScramCredentialsV0.api.async(connection, []));
    const gone = users.results
      .map(({ user }) => user)
      .filter((name) => name.startsWith(prefix) && !wanted.some(({ user }) => user === name));
    const deletions = gone.map((name) => ({ name, mechanism: SCRAM_SHA_512 }));
    if (gone.length > 0)
      await this.#ask((connection) => alterUserScramCredentialsV0.api.async(connection, deletions, []));
  }

  /** Ends the connections. */
  close(): Promise<void> {
    return this.#admin.close();
  }

  #sasl(): SASLOptions {
    return { mechanism: 'PLAIN', username: this.#access.user, password: this.#access.password };
  }

  async #rules(): Promise<readonly Acl[]> {
    const resources = await this.#admin.describeAcls({ filter: EVERY_RULE });
    return resources.flatMap(({ acls, ...target }) => acls.map((rule) => ({ ...target, ...rule })));
  }

  /** What the driver's clients have no word for goes over a connection of its own. */
  async #ask<T>(request: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = new Connection('berth-platform', { connectTimeout: 3000, sasl: this.#sasl() });
    await connection.connect(this.#access.host, this.#access.port);
    try {
      return await request(connection);
    } finally {
      await connection.close();
    }
  }

  /** The password as brokers keep it (RFC 5802). */
  async #salted({ user, password }: WantedBrokerAccount) {
    const salt = Buffer.from(this.#random.bytes(SALT_BYTES));
    const saltedPassword = await derived(password, salt, ITERATIONS, KEY_BYTES, 'sha512');
    return { name: user, mechanism: SCRAM_SHA_512, iterations: ITERATIONS, salt, saltedPassword };
  }
}

function rulesOf({ user, grants }: Pick<WantedBrokerAccount, 'user' | 'grants'>): readonly Acl[] {
  return grants.map(({ resource, name, pattern, operation }) => ({
    ...{ principal: `User:${user}`, host: '*', permissionType: AclPermissionTypes.ALLOW, resourceName: name },
    resourceType: resource === 'topic' ? ResourceTypes.TOPIC : ResourceTypes.GROUP,
    resourcePatternType: pattern === 'literal' ? ResourcePatternTypes.LITERAL : ResourcePatternTypes.PREFIXED,
    operation: OPERATIONS[operation],
  }));
}

function shown(rule: Acl): string {
  const { principal, host, permissionType, resourceType, resourceName, resourcePatternType, operation } = rule;
  return [principal, host, permissionType, resourceType, resourceName, resourcePatternType, operation].join(' ');
}
