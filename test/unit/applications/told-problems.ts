// What is told of a package's configuration files.
import { expect } from 'vitest';
import { DEFAULT_PACKAGE_LIMITS } from '../../../src/applications/package-limits.ts';
import { readPackageConfig } from '../../../src/applications/read-package-config.ts';
import { BerthError, type Problem } from '../../../src/model/errors.ts';

const FILES = ['app_config.json', 'notes.txt', 'report.py'];

/** The problems of a package with these configurations. */
export function problemsOf(app: string | Buffer, sensors?: string): readonly Problem[] {
  const configs = new Map([['app_config.json', Buffer.from(app)]]);
  if (sensors !== undefined) configs.set('sensor_config.json', Buffer.from(sensors));
  const files = FILES.map((path) => ({ path, sizeBytes: 1 }));
  try {
    readPackageConfig({ files, configs }, DEFAULT_PACKAGE_LIMITS);
    return [];
  } catch (error) {
    if (!(error instanceof BerthError)) throw error;
    expect(error.code).toBe('package.invalid');
    return error.problems;
  }
}

/** A problem on one line, without its file. */
export const told = ({ path, found, expected }: Problem) => `${path}: ${found} → ${expected}`;
