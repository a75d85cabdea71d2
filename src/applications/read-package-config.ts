// Reads the configuration of a package and gives it, or every problem of both files at once.

import type { z } from 'zod';
import { BerthError, type Problem } from '../model/errors.ts';
import type { AppConfig, SensorConfig } from '../model/package.ts';
import { appConfigProblems, sensorConfigProblems } from './app-config-problems.ts';
import { appConfigSchema } from './app-config-schema.ts';
import { CONFIG_FILES, type ExaminedArchive } from './examine-archive.ts';
import { parseJsonFile } from './json-text.ts';
import type { PackageLimits } from './package-limits.ts';
import { readBySchema, type SchemaReading } from './schema-problems.ts';
import { sensorConfigSchema } from './sensor-config-schema.ts';
import { atLines } from './text-places.ts';

/** The configuration of a package, its defaults filled in. */
export interface PackageConfig {
  readonly config: AppConfig;
  readonly sensorConfig: SensorConfig;
}

const MAX_PROBLEMS = 100;
const NO_SENSORS: SchemaReading<SensorConfig> = { value: { sensors: [] } };

/** @throws package.no-config, package.invalid */
export function readPackageConfig({ files, configs }: ExaminedArchive, limits: PackageLimits): PackageConfig {
  const paths = files.map((file) => file.path);
  const appBytes = configs.get(CONFIG_FILES.app);
  if (!appBytes) throw new BerthError('package.no-config', { hint: whereInstead(paths) });
  const sensorBytes = configs.get(CONFIG_FILES.sensors);
  const app = read(CONFIG_FILES.app, appBytes, appConfigSchema, limits, (value) => appConfigProblems(value, paths));
  const sensors = sensorBytes
    ? read(CONFIG_FILES.sensors, sensorBytes, sensorConfigSchema, limits, sensorConfigProblems)
    : NO_SENSORS;
  if ('value' in app && 'value' in sensors) return { config: app.value, sensorConfig: sensors.value };
  throw invalid([...problemsIn(app), ...problemsIn(sensors)]);
}

function read<T>(
  file: string,
  bytes: Buffer,
  schema: z.ZodType<T>,
  limits: PackageLimits,
  otherProblems: (value: unknown) => readonly Problem[],
): SchemaReading<T> {
  if (bytes.length > limits.configBytes) {
    const expected = `at most ${limits.configBytes} bytes`;
    return { problems: [{ file, path: '', found: 'a larger file', expected }] };
  }
  const { value, problems, lineOf } = parseJsonFile(file, bytes);
  if (value === undefined) return { problems };
  const reading = readBySchema(schema, file, value);
  const all = [...problems, ...problemsIn(reading), ...otherProblems(value)];
  return all.length === 0 ? reading : { problems: atLines(all, lineOf) };
}

function problemsIn(reading: SchemaReading<unknown>): readonly Problem[] {
  return 'problems' in reading ? reading.problems : [];
}

function invalid(problems: readonly Problem[]): BerthError {
  const details = { count: problems.length, file: problems[0]?.file ?? '', path: problems[0]?.path ?? '' };
  return new BerthError('package.invalid', details, { problems: problems.slice(0, MAX_PROBLEMS) });
}

function whereInstead(paths: readonly string[]): string {
  const nested = paths.find((path) => path.endsWith(`/${CONFIG_FILES.app}`));
  if (nested !== undefined) return `; it was found at ${nested}`;
  const misspelt = paths.find((path) => path.toLowerCase() === CONFIG_FILES.app);
  return misspelt === undefined ? '' : `; it was found as ${misspelt}`;
}
