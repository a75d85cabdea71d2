// The programs of Apache Kafka for the tests: its jars from the machine's Maven repository, kept between runs.
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, run } from './command.ts';
import { cachePath } from './directories.ts';
import { locked } from './lock.ts';

const VERSION = '4.1.1';

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>berth.test</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version></dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-tools</artifactId><version>${VERSION}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.24.3</version></dependency>
  </dependencies>
</project>
`;

/** The words that run a class of Kafka's with that much memory; its jars are fetched when they are not there. */
export async function kafkaJava(): Promise<(main: string, memory: string, settings?: readonly string[]) => string[]> {
  const directory = await locked('kafka', installJars);
  const quick = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto', '-XX:-UsePerfData'];
  return (main, memory, settings = []) => [
    ...[
      'java',
      `-Xmx${memory}`,
      ...quick,
      ...settings,
      `-Dlog4j2.configurationFile=${join(directory, 'log4j2.properties')}`,
    ],
    ...['-cp', `${join(directory, 'jars')}/*`, main],
  ];
}

/** The directory of its jars; they are fetched when they are not there. */
export async function kafkaJars(): Promise<string> {
  return join(await locked('kafka', installJars), 'jars');
}

/** Resolves to the directory; it is renamed to its name last, so that one that broke off is never used. */
async function installJars(): Promise<string> {
  const directory = join(cachePath('kafka'), `${VERSION}-logging`);
  const mark = join(directory, 'pom.xml');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === POM && (await hasJava())) return directory;
  await installJava();
  process.stderr.write(`Fetching Kafka ${VERSION} by Maven; less than a minute, once\n`);
  const fresh = mkdtempSync(join(cachePath('kafka'), 'fresh-'));
  writeFileSync(join(fresh, 'pom.xml'), POM);
  writeFileSync(join(fresh, 'log4j2.properties'), LOGGING);
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${join(fresh, 'jars')}`];
  await mustRun(['mvn', '-q', '-B', '-f', join(fresh, 'pom.xml'), ...goal]);
  rmSync(directory, { recursive: true, force: true });
  renameSync(fresh, directory);
  return directory;
}

const LOGGING = `rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.target = SYSTEM_ERR
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %m (%c{1})%n
`;

async function hasJava(): Promise<boolean> {
  try {
    return (await run(['java', '-version'])).code === 0;
  } catch {
    return false;
  }
}

/** Large, and of use to these tests alone: hence not among what every run installs. */
async function installJava(): Promise<void> {
  const hasMaven = await run(['mvn', '-version'])
    .then(({ code }) => code === 0)
    .catch(() => false);
  if (hasMaven && (await hasJava())) return;
  process.stderr.write("Installing Java and Maven from this machine's package source\n");
  await mustRun(['apt-get', 'update']);
  const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  const packages = ['openjdk-17-jre-headless', 'maven'];
  await mustRun(['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', ...options, ...packages]);
}
