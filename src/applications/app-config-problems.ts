// What the shape of app_config.json cannot tell: names that stand twice, scripts that are not in the package. It reads the file as it
// was sent, not as the schema left it, so that these problems are told together with those of the schema.
import type { Problem } from '../model/errors.ts';
import { CONFIG_FILES } from './examine-archive.ts';
import { pathFault } from './path-fault.ts';
import { shortened } from './shortened.ts';

const SUGGESTIONS = 10;

/** Problems of a parsed app_config.json beside those that its schema finds. */
export function appConfigProblems(value: unknown, files: readonly string[]): Problem[] {
  const algorithms = listOf(value, 'algorithms');
  const dependencies = fieldOf(value, 'dependencies');
  return [
    ...repeated('$.algorithms', algorithms, 'id'),
    ...repeated('$.network', listOf(value, 'network'), 'host'),
    ...repeatedTexts('$.dependencies.pip', listOf(dependencies, 'pip')),
    ...repeatedTexts('$.dependencies.debian', listOf(dependencies, 'debian')),
    ...algorithms.flatMap((algorithm, index) => algorithmProblems(algorithm, `$.algorithms[${index}]`, files)),
  ];
}

/** Problems of a parsed sensor_config.json beside those that its schema finds. */
export function sensorConfigProblems(value: unknown): Problem[] {
  return repeated('$.sensors', listOf(value, 'sensors'), 'id').map((problem) => ({
    ...problem,
    file: CONFIG_FILES.sensors,
  }));
}

function algorithmProblems(algorithm: unknown, path: string, files: readonly string[]): Problem[] {
  return [
    ...scriptProblems(fieldOf(algorithm, 'script'), `${path}.script`, files),
    ...repeated(`${path}.sensors`, listOf(algorithm, 'sensors'), 'name'),
    ...repeated(`${path}.controls`, listOf(algorithm, 'controls'), 'name'),
  ];
}

function scriptProblems(script: unknown, path: string, files: readonly string[]): Problem[] {
  // Everything else is told by the schema.
  if (typeof script !== 'string' || script === '') return [];
  const expected = pathFault(script) ?? (files.includes(script) ? extensionFault(script) : missingScript(files));
  return expected === undefined ? [] : [problem(path, shortened(script), expected)];
}

function extensionFault(script: string): string | undefined {
  return script.endsWith('.py') ? undefined : 'a script that ends in .py';
}

function missingScript(files: readonly string[]): string {
  const scripts = files.filter((file) => file.endsWith('.py'));
  if (scripts.length === 0) return 'a script of the package; it holds no .py file';
  const more = scripts.length > SUGGESTIONS ? ` and ${scripts.length - SUGGESTIONS} more` : '';
  return `a script of the package: ${scripts.slice(0, SUGGESTIONS).join(', ')}${more}`;
}

function repeated(path: string, items: readonly unknown[], field: string): Problem[] {
  return repeats(items.map((item) => fieldOf(item, field))).map(({ index, first, text }) =>
    problem(`${path}[${index}].${field}`, `${shortened(text)}, as in ${path}[${first}]`, `its own ${field}`),
  );
}

function repeatedTexts(path: string, items: readonly unknown[]): Problem[] {
  return repeats(items).map(({ index, first, text }) =>
    problem(`${path}[${index}]`, `${shortened(text)}, as in ${path}[${first}]`, 'each dependency once'),
  );
}

function repeats(values: readonly unknown[]): { index: number; first: number; text: string }[] {
  const firsts = new Map<string, number>();
  return values.flatMap((text, index) => {
    if (typeof text !== 'string') return [];
    const first = firsts.get(text.toLowerCase());
    if (first !== undefined) return [{ index, first, text }];
    firsts.set(text.toLowerCase(), index);
    return [];
  });
}

function listOf(value: unknown, field: string): readonly unknown[] {
  const list = fieldOf(value, field);
  // Longer lists are refused by the schema; here they only must not take long.
  return Array.isArray(list) ? list.slice(0, 1000) : [];
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, field)
    ? Reflect.get(value, field)
    : undefined;
}

function problem(path: string, found: string, expected: string): Problem {
  return { file: CONFIG_FILES.app, path, found, expected };
}
