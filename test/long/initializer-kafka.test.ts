// A platform on bare machines with MariaDB on one and Kafka on another: each component has accounts for its roles and no more, a schedule
// becomes a job through both, a newer program brings the database forward, what is taken down without its data is there again when it is
// set up once more, and taken down with it nothing is left.
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ApiClient } from '../../src/cli/api-client.ts';
import { Installation } from '../reality/machines/installation.ts';
import { pushProbe } from '../reality/spine/probe.ts';
import { Story } from '../reality/spine/story.ts';
import { mustRun } from '../world/command.ts';
import { startServer } from '../world/fleet.ts';
import { kafkaJars } from '../world/kafka-jars.ts';
import type { Server } from '../world/server.ts';
import { until } from '../world/until.ts';

const installation = new Installation();
/** Each component has other roles, so that each has something that it may not do. */
const ROLES = ['[api, deployment]', '[scheduler, servers]', '[nodes, sensors, monitoring]'];
/** The same with the scheduler elsewhere. */
const MOVED = ['[api, deployment]', '[servers]', '[nodes, sensors, monitoring, scheduler]'];
const DATA = ['/var/lib/berth', '/var/lib/berth-kafka', '/var/lib/mysql'];
const OURS = [
  ...['/opt/berth', '/etc/berth', '/etc/rc.local', '/etc/cron.d/berth', '/root/.config/berth', '/root/.cache/berth'],
  '/etc/mysql/mariadb.conf.d/60-berth.cnf',
];
let servers: Server[] = [];

beforeAll(async () => {
  await archiveOfKafka();
  servers = await Promise.all(ROLES.map(() => startServer({ kind: 'bare' })));
  writeMachines(ROLES);
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.destroy()));
  installation.remove();
});

/** As Apache publishes it: everything in a directory of the release's name. */
async function archiveOfKafka(): Promise<void> {
  const { directory } = installation;
  const release = join(directory, 'kafka_2.13-4.1.1');
  mkdirSync(release);
  symlinkSync(await kafkaJars(), join(release, 'libs'));
  writeFileSync(join(release, 'LICENSE'), 'a file that no broker needs\n');
  await mustRun(['tar', '-C', directory, '--dereference', '-czf', `${release}.tgz`, 'kafka_2.13-4.1.1']);
}

function writeMachines(roles: readonly string[]): void {
  const engines = ['store: { on: m0 }', 'bus: { on: m1, program: kafka_2.13-4.1.1.tgz }', 'least: { diskGb: 1 }'];
  const settings = 'settings: { BERTH_BASE_TAR: /given/base.tar, BERTH_LOG_LEVEL: debug }';
  const own = roles.map((each) => `roles: ${each}`);
  installation.describe(servers, [settings, ...engines], own);
}

async function berth(verb: string, ...words: readonly string[]) {
  const { code, stdout, stderr } = await installation.berth(verb, '--patience', '180', ...words);
  if (code !== 0) process.stderr.write(await logs());
  expect(code, stderr).toBe(0);
  return stdout;
}

/** The last lines of everything that runs. */
async function logs(): Promise<string> {
  const files = 'for f in /etc/berth/logs/*.log /var/lib/berth/berth.log; do echo "== $f"; tail -n 15 $f; done';
  const texts = await Promise.all(servers.map((each) => each.run(['sh', '-c', files])));
  return texts.map(({ stdout }, index) => `=== m${index}\n${stdout}\n`).join('');
}

function server(index: number): Server {
  const found = servers[index];
  if (!found) throw new Error(`there is no machine m${index}`);
  return found;
}

/** What a component has of both accounts. */
async function accountsOf(index: number): Promise<{ readonly database: string; readonly brokers: string }> {
  const { stdout: settings } = await server(index).run(['cat', `/etc/berth/berth-m${index}.env`]);
  const { stdout: line } = await server(index).run(['cat', `/etc/berth/berth-m${index}.bus`]);
  const database = new URL(/^BERTH_STORE="(.*)"$/m.exec(settings)?.[1] ?? '').password;
  return { database, brokers: line.trim().split(':')[1] ?? '' };
}

/** Asks the database's own client as a component. */
async function askDatabase(index: number, statement: string) {
  const { database } = await accountsOf(index);
  const come = [`--host=${server(0).address}`, `--user=berth-m${index}`, 'berth', '--batch', '-e', statement];
  return server(0).run(['env', `MYSQL_PWD=${database}`, 'mariadb', ...come]);
}

/** Reads a topic with Kafka's own console program as a component. */
async function readTopic(index: number, topic: string, group: string) {
  const { brokers } = await accountsOf(index);
  const login = `org.apache.kafka.common.security.scram.ScramLoginModule required username="berth-m${index}" password="${brokers}";`;
  const text = `security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-512\nsasl.jaas.config=${login}\n`;
  await server(1).run(['sh', '-c', 'printf %s "$0" > /tmp/client.properties', text]);
  const java = 'exec java -Xmx128m -cp "$(echo /opt/berth/kafka-*)/libs/*" "$@"';
  const program = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
  const where = ['--bootstrap-server', `${server(1).address}:9092`, '--consumer.config', '/tmp/client.properties'];
  const what = ['--topic', topic, '--group', group, '--from-beginning', '--timeout-ms', '8000', '--max-messages', '1'];
  const done = await server(1).run(['sh', '-c', java, 'sh', program, ...where, ...what]);
  await server(1).run(['rm', '-f', '/tmp/client.properties']);
  return `${done.stdout}${done.stderr}`;
}

/** Adds a change of the database to the program, as a later release of it would; resolves to its version. */
function releaseWithMigration(): number {
  const path = join(installation.program, 'src/adapters/mysql-store/migrations.ts');
  const text = readFileSync(path, 'utf8');
  const version = Math.max(...[...text.matchAll(/^ {4}version: (\d+),$/gm)].map((match) => Number(match[1]))) + 1;
  const statements = "['CREATE TABLE IF NOT EXISTS berth_newer (id INT NOT NULL PRIMARY KEY) ENGINE = InnoDB']";
  const migration = `  { version: ${version}, what: 'of a later release', statements: ${statements} },\n];\n\n/**`;
  const newer = text.replace('];\n\n/**', migration);
  expect(newer).not.toBe(text);
  writeFileSync(path, newer);
  return version;
}

async function idsOfJobs(story: Story): Promise<readonly string[]> {
  return (await story.jobs('often')).map(({ id }) => id);
}

/** Which of these paths there are. */
async function found(on: Server, paths: readonly string[]): Promise<readonly string[]> {
  return (await on.run(['find', ...paths, '-maxdepth', '0'])).stdout.split('\n').filter((path) => path !== '');
}

/** Whatever says in a log that somebody may not do something. */
async function refusals(): Promise<string[]> {
  const words =
    'command denied|access denied|is Denied|AuthorizationException|bus.forbidden|login-refused|authentication failed';
  const find = `grep -hiE '${words}' /etc/berth/logs/*.log /var/lib/berth/berth.log || true`;
  const texts = await Promise.all(servers.map((each) => each.run(['sh', '-c', find])));
  return texts.flatMap(({ stdout }) => stdout.split('\n').filter((line) => line !== ''));
}

async function person(): Promise<Story> {
  const { stdout } = await server(0).run(['cat', '/var/lib/berth/config/berth/credentials.json']);
  const { token } = JSON.parse(stdout) as { readonly token: string };
  return new Story(new ApiClient({ url: `http://${server(0).address}:7400`, token }));
}

async function javaOf(): Promise<string> {
  return (await server(1).run(['pgrep', '-u', 'berth-kafka', '-x', 'java'])).stdout.trim();
}

test('database, brokers and components come up in order, and done again nothing differs', async () => {
  const { map, steps } = JSON.parse(await berth('init'));
  expect(map.bus).toEqual({ kind: 'kafka', machine: 'm1', address: `${server(1).address}:9092` });
  const phases = steps.map(({ phase }: { readonly phase: string }) => phase);
  expect([...new Set(phases)]).toEqual(['prepare', 'database', 'bus', 'components', 'console', 'rights']);
  expect(JSON.parse(await berth('init'))).toMatchObject({ steps: [] });
  await berth('status');
});

test('occurrences of a schedule become jobs, which go over the brokers to whoever places them', async () => {
  const story = await person();
  await pushProbe(story.client, '1');
  await story.create('often', 'results', { schedule: { kind: 'interval', every: '2s' } });
  // No machine of this platform can make an image: the reason comes from who makes images, over who places jobs, to whoever asks.
  await until('a job that waits for its image, and occurrences behind it', 60_000, async () => {
    const jobs = await story.jobs('often');
    const { items } = await story.client.call('listGaps', { params: { instance: 'often' }, query: { limit: 10 } });
    if (jobs.some(({ reason }) => reason.includes('image')) && items.length >= 2) return true;
    throw new Error(JSON.stringify({ jobs, items }));
  });
  await story.client.call('disableInstance', { params: { instance: 'often' } });
});

test('nobody was refused anything, and no password is in a list of processes', async () => {
  expect(await refusals()).toEqual([]);
  for (const [index, each] of servers.entries()) {
    const { stdout } = await each.run(['ps', '-eo', 'args', '--cols', '100000']);
    for (const password of Object.values(await accountsOf(index))) expect(stdout).not.toContain(password);
  }
});

test('the account of a component reaches its own topics and tables, and no others', async () => {
  expect((await askDatabase(1, 'SELECT COUNT(*) FROM instance')).code).toBe(0);
  expect((await askDatabase(1, 'SELECT COUNT(*) FROM password')).stderr).toContain('SELECT command denied');
  expect((await askDatabase(1, 'DELETE FROM taskStatus')).stderr).toContain('command denied');
  expect((await askDatabase(1, 'CREATE TABLE more (id INT)')).stderr).toContain('CREATE command denied');
  expect(await readTopic(1, 'berth.wakes', 'berth.scheduler.wakes')).not.toContain('AuthorizationException');
  const forbidden = await readTopic(1, 'berth.sensor.readings', 'berth.scheduler.readings');
  expect(forbidden).toContain('TopicAuthorizationException');
  expect(await readTopic(1, 'berth.wakes', 'berth.nodes.wakes')).toContain('GroupAuthorizationException');
});

test('a role that moves takes its rights along, and nobody is refused meanwhile', async () => {
  const before = await javaOf();
  const known = (await refusals()).length;
  writeMachines(MOVED);
  await berth('init');
  expect(JSON.parse(await berth('init'))).toMatchObject({ steps: [] });
  expect((await refusals()).slice(known)).toEqual([]);
  expect((await askDatabase(2, 'DELETE FROM instanceState WHERE id = 0')).code).toBe(0);
  expect((await askDatabase(1, 'SELECT COUNT(*) FROM instance')).stderr).toContain('SELECT command denied');
  expect(await readTopic(1, 'berth.wakes', 'berth.scheduler.wakes')).toContain('GroupAuthorizationException');
  expect(await javaOf()).toBe(before);
});

test('brokers that are killed come back, and so do brokers that stand still', async () => {
  for (const [signal, why] of [
    ['-KILL', /ended by the signal SIGKILL/],
    ['-STOP', /did not answer for 6\d seconds/],
  ] as const) {
    const first = await answeringBrokers('');
    await server(1).run(['kill', signal, first.pid]);
    expect((await answeringBrokers(first.pid)).why).toMatch(why);
  }
});

/** Another process of the brokers than that one, as their supervisor has it. */
function answeringBrokers(notPid: string): Promise<{ readonly pid: string; readonly why: string }> {
  return until('the brokers to answer', 150_000, async () => {
    const { state, pid, lastEnd } = JSON.parse(
      (await server(1).run(['cat', '/etc/berth/status/apache-kafka.json'])).stdout,
    );
    if (state === 'running' && String(pid) !== notPid) return { pid: String(pid), why: String(lastEnd?.why) };
    throw new Error(JSON.stringify({ state, pid, lastEnd }));
  });
}

test('an upgrade brings the database forward, keeps what is in it, and leaves the brokers alone', async () => {
  const [before, brokers] = [await idsOfJobs(await person()), await javaOf()];
  const version = releaseWithMigration();
  await berth('upgrade');
  expect(await javaOf()).toBe(brokers);
  await berth('status');
  const { stdout } = await askDatabase(0, 'SELECT MAX(version) FROM berth_schema');
  expect(stdout.trim().split('\n').at(-1)).toBe(String(version));
  expect(before.length).toBeGreaterThan(0);
  expect(await idsOfJobs(await person())).toEqual(before);
});

test('taken down without its data and set up again, it goes on where it was', async () => {
  const before = await idsOfJobs(await person());
  await berth('destroy', '--yes');
  expect(await Promise.all(servers.map((each) => found(each, OURS)))).toEqual([[], [], []]);
  expect(await Promise.all(servers.map((each) => found(each, DATA)))).not.toEqual([[], [], []]);
  await berth('init');
  await berth('status');
  const story = await person();
  expect(await idsOfJobs(story)).toEqual(before);
  const since = Date.now();
  await story.client.call('enableInstance', { params: { instance: 'often' } });
  // It becomes a job when the one before has failed for want of an image, and is skipped while that waits.
  await until('an occurrence after it', 60_000, async () => {
    const { items } = await story.client.call('listGaps', { params: { instance: 'often' }, query: { limit: 1 } });
    const jobs = await story.jobs('often');
    const at = [...items.map(({ to }) => to), ...jobs.map(({ startsAt }) => startsAt)];
    if (at.some((each) => Date.parse(each) >= since)) return true;
    throw new Error(JSON.stringify({ items, since, jobs }));
  });
});

test('taken down with its data, nothing of ours is left', async () => {
  await berth('destroy', '--yes', '--data');
  for (const each of servers) {
    expect(await found(each, [...OURS, ...DATA])).toEqual([]);
    expect((await each.run(['ps', '-eo', 'args'])).stdout).not.toMatch(/berth|kafka|mariadbd/);
    expect((await each.run(['id', 'berth-kafka'])).code).not.toBe(0);
  }
});
