// Kafka as a machine of the platform has it: one broker that is its own controller (KRaft), kept running by Berth's supervisor, as a user of
// its own, with an account for each component.
import type { BrokerAccount } from './bus-grants.ts';
import { COMPONENTS, ETC, kafkaDirectory } from './machine-paths.ts';
import { type WantedFile, type WantedKafka, wantedFile } from './wanted-machine.ts';

/** Debian's packages that it runs on. */
export const KAFKA_PACKAGES: readonly string[] = ['openjdk-17-jre-headless'];

/** Where components reach it. */
export const KAFKA_PORT = 9092;

/** Its own: for its controller, and for whoever looks after it on its machine. Both are of the machine alone. */
const CONTROLLER_PORT = 9093;
const LOCAL_PORT = 9094;

/** All of its ports. */
export const KAFKA_PORTS: readonly number[] = [KAFKA_PORT, CONTROLLER_PORT, LOCAL_PORT];

/** The user as whom it runs. */
export const KAFKA_USER = 'berth-kafka';

/** Its name among what the supervisor keeps running: before those of components, which are started after it and ended before it. */
export const KAFKA_NAME = 'apache-kafka';

/** Who may do everything on it, from its own machine alone. */
const SUPER_USER = 'berth';

/** What it is made from. */
export interface KafkaWish {
  /** Digest of its jars. */
  readonly digest: string;
  /** Where the platform's components reach it. */
  readonly host: string;
  /** Whether all of the platform is on its machine. */
  readonly isAlone: boolean;
  /** Directory of what it keeps. */
  readonly data: string;
  readonly platform: string;
  readonly accounts: readonly BrokerAccount[];
  readonly passwordOf: (account: string) => string;
  /** A text that tells a password apart and does not give it away. */
  readonly proofOf: (password: string) => string;
}

const CONFIGURATION = `${ETC}/kafka.properties`;
const LOGGING = `${ETC}/kafka-log.properties`;
const ENVIRONMENT = `${ETC}/${KAFKA_NAME}.env`;
const WRITTEN = "# Written by 'berth platform'.\n";
const PASSWORD = /^[A-Za-z0-9_-]{16,}$/;
/** Plenty for what processes of one platform tell each other; with what Java takes besides, a machine of 4 GB has room for its component. */
const MEMORY = ['-Xms128m', '-Xmx384m'];

/** The broker with its files. */
export function kafkaEngine(wish: KafkaWish): WantedKafka {
  const password = wish.passwordOf('the super user of the brokers');
  if (!PASSWORD.test(password)) throw new Error('The password of the super user would need quotes.');
  const configuration = wantedFile(CONFIGURATION, propertiesText(properties(wish, password)), 0o600);
  const logging = wantedFile(LOGGING, LOGGING_TEXT, 0o644);
  // What is started is told apart by its file and its environment alone.
  const environment = `KAFKA_CONFIGURATION="${configuration.digest}"\nKAFKA_LOGGING="${logging.digest}"\n`;
  return {
    ...{ kind: 'kafka', digest: wish.digest, data: wish.data, user: KAFKA_USER, configuration },
    files: [configuration, logging, wantedFile(ENVIRONMENT, environment, 0o600)],
    notes: [],
    start: startFile(wish),
    format: asItself(wish, 'kafka.tools.StorageTool', [
      ...['format', '--ignore-formatted', `--cluster-id=${clusterId(wish)}`, '--config', CONFIGURATION],
    ]),
    setUp: wantedFile(`${ETC}/kafka-accounts.json`, accountsText(wish), 0o600),
    settled: wantedFile(`${ETC}/kafka-settled.json`, accountsText(wish), 0o600),
    access: { port: LOCAL_PORT, user: SUPER_USER, password },
    accounts: wish.accounts,
  };
}

/** The name and password of an account as components read them. */
export function kafkaCredentials({ user, password }: Pick<BrokerAccount, 'user' | 'password'>): string {
  return `${user}:${password}\n`;
}

function startFile(wish: KafkaWish): WantedFile {
  const command = asItself(wish, 'kafka.Kafka', [CONFIGURATION]);
  const start = { name: KAFKA_NAME, roles: [], environmentFile: ENVIRONMENT, command, watch: { kafka: LOCAL_PORT } };
  return wantedFile(`${COMPONENTS}/${KAFKA_NAME}.json`, `${JSON.stringify(start, null, 2)}\n`, 0o644);
}

/** The words that run a class of Kafka's as its user, who gains no rights by whatever it starts. */
function asItself({ digest, data }: KafkaWish, main: string, words: readonly string[]): readonly string[] {
  return [
    ...['/usr/bin/setpriv', `--reuid=${KAFKA_USER}`, `--regid=${KAFKA_USER}`, '--clear-groups', '--no-new-privs'],
    ...['/usr/bin/java', ...MEMORY, '-XX:+UseG1GC', '-XX:+ExitOnOutOfMemoryError', '-XX:-UsePerfData'],
    ...['-Djava.awt.headless=true', `-Djava.io.tmpdir=${data}/tmp`, `-Dlog4j2.configurationFile=${LOGGING}`],
    ...['-cp', `${kafkaDirectory(digest)}/libs/*`, main, ...words],
  ];
}

function properties({ host, isAlone, data }: KafkaWish, password: string): Readonly<Record<string, string>> {
  const listen = isAlone ? '127.0.0.1' : '0.0.0.0';
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required username="${SUPER_USER}" password="${password}" user_${SUPER_USER}="${password}";`;
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${CONTROLLER_PORT}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `CLIENTS://${listen}:${KAFKA_PORT},CONTROLLER://127.0.0.1:${CONTROLLER_PORT},LOCAL://127.0.0.1:${LOCAL_PORT}`,
    'advertised.listeners': `CLIENTS://${host}:${KAFKA_PORT},LOCAL://127.0.0.1:${LOCAL_PORT}`,
    'inter.broker.listener.name': 'LOCAL',
    'listener.security.protocol.map': 'CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT,LOCAL:SASL_PLAINTEXT',
    // SCRAM sends no password over the network.
    'listener.name.clients.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.clients.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.controller.plain.sasl.jaas.config': plain,
    'listener.name.local.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.local.plain.sasl.jaas.config': plain,
    'sasl.mechanism.controller.protocol': 'PLAIN',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:${SUPER_USER}`,
    'allow.everyone.if.no.acl.found': 'false',
    'log.dirs': `${data}/log`,
    ...SMALL,
  };
}

/** One broker of one platform: no copies, no more threads and buffers than that takes, shares proposed without waiting. */
const SMALL: Readonly<Record<string, string>> = {
  'auto.create.topics.enable': 'false',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '8',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '1',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'share.coordinator.state.topic.num.partitions': '1',
  'group.initial.rebalance.delay.ms': '0',
  'group.min.session.timeout.ms': '1000',
  'log.cleaner.dedupe.buffer.size': '20971520',
  'log.index.size.max.bytes': '1048576',
  'num.network.threads': '2',
  'num.io.threads': '4',
  'num.recovery.threads.per.data.dir': '2',
};

/** To the output, which the supervisor keeps and shortens. Who was refused what is among it. */
const LOGGING_TEXT = `${WRITTEN}rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.target = SYSTEM_OUT
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %m (%c{1})%n
logger.server.name = kafka.server.KafkaRaftServer
logger.server.level = info
logger.access.name = kafka.authorizer.logger
logger.access.level = info
`;

/** Which accounts have which rights, and proofs of their passwords. */
function accountsText({ accounts, proofOf }: KafkaWish): string {
  const shown = accounts.map(({ user, password, grants }) => ({ user, proof: proofOf(password), grants }));
  return `${JSON.stringify({ accounts: shown }, null, 1)}\n`;
}

/** As Kafka writes them: 16 bytes. It follows from the platform's secret, so that data which stayed is known again. */
function clusterId({ platform, passwordOf }: KafkaWish): string {
  const bytes = Buffer.from(passwordOf(`the brokers of ${platform} as a cluster`), 'base64url').subarray(0, 16);
  // Its first sign may not be a hyphen.
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString('base64url');
}

function propertiesText(entries: Readonly<Record<string, string>>): string {
  const lines = Object.entries(entries).map(([name, value]) => `${name}=${value}\n`);
  return WRITTEN + lines.join('');
}
