// A Kafka broker of the tests' own (KRaft, one node), on ports of its own, ended by the process that started it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from './command.ts';
import { freePort } from './free-port.ts';
import { kafkaJava } from './kafka-jars.ts';
import { isListening } from './listening.ts';
import { locked } from './lock.ts';
import { OwnProcess } from './own-process.ts';
import { installPrerequisites } from './prerequisites.ts';

/** What a broker offers. */
export interface KafkaOptions {
  /** Names that clients reach it by; absent: 127.0.0.1, where it listens alone. Others make it listen on every address. */
  readonly host?: string;
  /** With it: TLS, SASL and access rules, where nobody but `admin` may do anything until somebody says so. */
  readonly secure?: KafkaAccess;
}

/** Certificate and key as PEM, and who may come in with which password. */
export interface KafkaAccess {
  readonly cert: string;
  readonly key: string;
  readonly users: Readonly<Record<string, string>>;
}

/** The password of `admin`, who may do everything on a broker with access rules. */
export const KAFKA_ADMIN = { user: 'admin', password: 'the-admins-own' } as const;

interface Plan {
  readonly directory: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly host: string;
  readonly java: Awaited<ReturnType<typeof kafkaJava>>;
}

/** A broker that runs, or did. */
export class TestKafka {
  readonly port: number;
  /** `kafka://…` or `kafkas://…`, without a name or password. */
  readonly url: string;
  readonly #plan: Plan;
  #process: OwnProcess | undefined;

  constructor(plan: Plan, url: string) {
    this.#plan = plan;
    this.port = plan.port;
    this.url = url;
  }

  /** Starts it on what it kept; resolves when it takes clients. */
  async start(): Promise<void> {
    const { directory, port, java } = this.#plan;
    this.#process = await OwnProcess.start({
      what: 'Kafka',
      argv: [...java('kafka.Kafka', '384m', ['-Xms128m']), join(directory, 'server.properties')],
      logPath: join(directory, 'kafka.log'),
      withinMs: 60_000,
      answers: () => isListening(port),
    });
  }

  /** Ends it in order, and keeps its data. */
  async stop(): Promise<void> {
    await this.#process?.end('SIGTERM');
  }

  /** Ends it as a power failure would, and keeps its data. */
  async kill(): Promise<void> {
    await this.#process?.end('SIGKILL');
  }

  /** Nothing of it moves until `resume`; its connections stay. */
  pause(): void {
    this.#process?.signal('SIGSTOP');
  }

  resume(): void {
    this.#process?.signal('SIGCONT');
  }

  /** Ends it for good, with all that it kept. */
  async destroy(): Promise<void> {
    await this.kill();
    rmSync(this.#plan.directory, { recursive: true, force: true });
  }

  /** Words that run Kafka's own console producer, which takes a message a line from its input. */
  consoleProducer(topic: string, ...options: readonly string[]): string[] {
    return this.tool('org.apache.kafka.tools.ConsoleProducer', '--topic', topic, ...options);
  }

  /** Words that run Kafka's own console consumer. */
  consoleConsumer(topic: string, ...options: readonly string[]): string[] {
    return this.tool('org.apache.kafka.tools.consumer.ConsoleConsumer', '--topic', topic, ...options);
  }

  /** Words that run `kafka-acls`, as admin. */
  acls(...options: readonly string[]): string[] {
    const admin = join(this.#plan.directory, 'admin.properties');
    return this.tool('org.apache.kafka.tools.AclCommand', '--command-config', admin, ...options);
  }

  /** Words that run another of Kafka's tools against this broker, by the name of its class. */
  tool(main: string, ...options: readonly string[]): string[] {
    return [...this.#plan.java(main, '128m'), '--bootstrap-server', `${this.#plan.host}:${this.port}`, ...options];
  }
}

/** Starts a broker in about 3 s; whoever asked ends it with `destroy`. */
export async function startKafka({ host = '127.0.0.1', secure }: KafkaOptions = {}): Promise<TestKafka> {
  await locked('prerequisites', installPrerequisites);
  const java = await kafkaJava();
  const directory = mkdtempSync(join(tmpdir(), 'berth-kafka-'));
  const plan = { directory, port: await freePort(), controllerPort: await freePort(), host, java };
  writeFileSync(join(directory, 'server.properties'), lines(properties(plan, secure)));
  if (secure) writeFileSync(join(directory, 'admin.properties'), lines(adminProperties(secure)));
  const format = ['format', '--cluster-id', 'MkU3OEVBNTcwNTJENDM2Qg', '--config', join(directory, 'server.properties')];
  await mustRun([...java('kafka.tools.StorageTool', '128m'), ...format, ...(secure ? scramUsers(secure) : [])]);
  const broker = new TestKafka(plan, `${secure ? 'kafkas' : 'kafka'}://${host}:${plan.port}`);
  await broker.start();
  return broker;
}

function properties({ directory, port, controllerPort, host }: Plan, secure: KafkaAccess | undefined) {
  const listen = host === '127.0.0.1' ? host : '0.0.0.0';
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `CLIENTS://${listen}:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `CLIENTS://${host}:${port}`,
    'inter.broker.listener.name': 'CLIENTS',
    'listener.security.protocol.map': `CLIENTS:${secure ? 'SASL_SSL' : 'PLAINTEXT'},CONTROLLER:PLAINTEXT`,
    'log.dirs': join(directory, 'data'),
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    'log.cleaner.dedupe.buffer.size': '20971520',
    'log.index.size.max.bytes': '65536',
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '500',
    'num.network.threads': '2',
    'num.io.threads': '2',
    'num.recovery.threads.per.data.dir': '2',
    ...(secure ? accessProperties(secure) : {}),
  };
}

function accessProperties({ cert, key, users }: KafkaAccess) {
  const entries = Object.entries({ ...users, [KAFKA_ADMIN.user]: KAFKA_ADMIN.password });
  const plain = entries.map(([name, password]) => `user_${name}="${password}"`).join(' ');
  const { user, password } = KAFKA_ADMIN;
  return {
    'sasl.enabled.mechanisms': 'SCRAM-SHA-256,SCRAM-SHA-512,PLAIN',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'listener.name.clients.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required username="${user}" password="${password}" ${plain};`,
    'listener.name.clients.scram-sha-256.sasl.jaas.config': `org.apache.kafka.common.security.scram.ScramLoginModule required;`,
    'listener.name.clients.scram-sha-512.sasl.jaas.config': `org.apache.kafka.common.security.scram.ScramLoginModule required;`,
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.certificate.chain': oneLine(cert),
    'ssl.keystore.key': oneLine(key),
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.certificates': oneLine(cert),
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    // The controller's own listener has no names.
    'super.users': `User:${user};User:ANONYMOUS`,
    'allow.everyone.if.no.acl.found': 'false',
  };
}

function adminProperties({ cert }: KafkaAccess) {
  const { user, password } = KAFKA_ADMIN;
  return {
    'security.protocol': 'SASL_SSL',
    'sasl.mechanism': 'PLAIN',
    'sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required username="${user}" password="${password}";`,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.certificates': oneLine(cert),
  };
}

function scramUsers({ users }: KafkaAccess): string[] {
  return Object.entries(users).flatMap(([name, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((way) => ['--add-scram', `${way}=[name=${name},password=${password}]`]),
  );
}

function lines(entries: Readonly<Record<string, string>>): string {
  return Object.entries(entries)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function oneLine(pem: string): string {
  return pem.trim().replaceAll('\n', '\\n');
}
