// Reads a machines file: all that is wrong with it at once, each with its line.
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { BerthError, type Problem } from '../model/errors.ts';
import { type GivenMachinesFile, machinesFileSchema } from './machines-file-schema.ts';

/** Where the file is from, and which settings it may name. */
export interface MachinesFileOrigin {
  readonly path: string;
  /** Variables of all settings, as BERTH_PORT. */
  readonly variables: readonly string[];
}

type Path = readonly (string | number)[];

interface Fault {
  readonly path: Path;
  readonly found: string;
  readonly expected: string;
}

/** Settings that follow from the map. */
const DECIDED: ReadonlySet<string> = new Set(
  [
    'STORE',
    'BUS',
    'BUS_CREDENTIALS',
    'BUS_CERTIFICATES',
    'BLOBS',
    'ROLES',
    'COMPONENT',
    'MACHINE',
    'PEER_HOST',
    'PEER_PORT',
  ].map((name) => `BERTH_${name}`),
);

/** @throws initializer.file-invalid with a problem for each fault */
export function readMachinesFile(text: string, origin: MachinesFileOrigin): GivenMachinesFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'core', merge: false, logLevel: 'error' });
  const broken = [...document.errors, ...document.warnings].map(({ message, linePos }) => {
    const line = linePos?.[0].line;
    const found = message.split(/ at line |\n/)[0] ?? message;
    return { file: origin.path, path: '', found, expected: 'YAML', ...(line === undefined ? {} : { line }) };
  });
  if (broken.length > 0) throw invalid(origin.path, broken);
  const parsed = machinesFileSchema.safeParse(document.toJS({ maxAliasCount: 100 }));
  const faults = parsed.success
    ? meaningFaults(parsed.data, origin)
    : parsed.error.issues.map(({ path, message }) => ({
        path: path.filter((part) => typeof part !== 'symbol'),
        found: foundAt(document, path),
        expected: message,
      }));
  const problems = faults.map((fault) => problemOf(fault, { document, lines, file: origin.path }));
  if (!parsed.success || problems.length > 0) throw invalid(origin.path, problems);
  return parsed.data;
}

/** What the schema cannot say: names that must be there, once, and things that exclude each other. */
function meaningFaults(file: GivenMachinesFile, { variables }: MachinesFileOrigin): Fault[] {
  return [
    ...nameFaults(file),
    ...file.machines.flatMap((machine, index) => accessFaults(machine, ['machines', index])),
    ...referenceFaults(file),
    ...storeFaults(file),
    ...engineFaults(file),
    ...Object.entries(file.settings).flatMap(([name, value]) => settingFaults(name, String(value), variables)),
  ];
}

function nameFaults({ machines }: GivenMachinesFile): Fault[] {
  const names = machines.map(({ name }) => name);
  return names.flatMap((name, index) =>
    names.indexOf(name) === index
      ? []
      : [{ path: ['machines', index, 'name'], found: `${name} a second time`, expected: 'each name once' }],
  );
}

function accessFaults(machine: GivenMachinesFile['machines'][number], path: Path): Fault[] {
  const faults: Fault[] = [];
  const { host, provider, hostKey } = machine;
  if ((host === undefined) === (provider === undefined))
    faults.push({ path: [...path], found: host === undefined ? 'neither' : 'both', expected: 'a host or a provider' });
  if (host !== undefined && host !== 'local' && hostKey === undefined && !machine.scan)
    faults.push({ path: [...path], found: 'no hostKey', expected: "its hostKey, or 'scan: true'" });
  const roles = Array.isArray(machine.roles) ? machine.roles.flat() : [];
  const twice = roles.find((role, index) => roles.indexOf(role) !== index);
  if (twice)
    faults.push({ path: [...path, 'roles'], found: `${twice} twice`, expected: 'each role once on a machine' });
  return faults;
}

function referenceFaults({ machines, nodes, store, bus, providers }: GivenMachinesFile): Fault[] {
  const known = new Set(machines.map(({ name }) => name));
  const strangers = machines.flatMap(({ provider = '' }, index): Fault[] =>
    provider === '' || provider in providers
      ? []
      : [{ path: ['machines', index, 'provider'], found: provider, expected: "a provider of 'providers'" }],
  );
  const named: [Path, string][] = nodes.map((name, index) => [['nodes', index], name]);
  if (store && 'on' in store) named.push([['store', 'on'], store.on]);
  if (bus !== 'none' && 'on' in bus) named.push([['bus', 'on'], bus.on]);
  const unknown = named.flatMap(([path, name]) =>
    known.has(name) ? [] : [{ path, found: name, expected: `a machine of this file: ${[...known].join(', ')}` }],
  );
  return [...strangers, ...unknown];
}

function storeFaults({ machines, store, bus }: GivenMachinesFile): Fault[] {
  const faults: Fault[] = [];
  const processes = machines.flatMap(({ roles }) => (roles === 'auto' ? [1] : processesOf(roles)));
  if (processes.length === 0)
    faults.push({ path: ['machines'], found: 'no machine that does anything', expected: 'at least one with roles' });
  if (processes.length > 1 && !store)
    faults.push({
      path: ['machines'],
      found: 'several processes without a store',
      expected: "a 'store' that all of them reach",
    });
  // Without one, each process would hold itself to be the whole platform.
  if (processes.length > 1 && bus === 'none')
    faults.push({
      path: ['machines'],
      found: 'several processes without a bus',
      expected: "a 'bus' by which they share the work",
    });
  return faults;
}

/** What all machines must reach cannot be at an address that means each of them. */
function engineFaults({ machines, store, bus }: GivenMachinesFile): Fault[] {
  const places: [Path, string | undefined][] = [
    [['store', 'on'], store && 'on' in store ? store.on : undefined],
    [['bus', 'on'], bus !== 'none' && 'on' in bus ? bus.on : undefined],
  ];
  return places.flatMap(([path, name]) => {
    const machine = machines.find((each) => each.name === name);
    if (machines.length === 1 || machine?.host !== 'local' || machine.peer !== undefined) return [];
    return [{ path, found: `${machine.name}, whose host is local`, expected: "a machine with a 'peer' address" }];
  });
}

function processesOf(roles: readonly unknown[]): readonly unknown[] {
  if (roles.length === 0) return [];
  return roles.some(Array.isArray) ? roles : [roles];
}

/** Signs that would need quotes within the quotes of the file that holds the settings. */
const UNQUOTABLE = /["\\\n\r]/;
/** Two levels deep: taking the platform down with its data removes it. */
const DATA_DIRECTORY = /^(\/[A-Za-z0-9_][A-Za-z0-9._-]*){2,}$/;

function settingFaults(name: string, value: string, variables: readonly string[]): Fault[] {
  const fault = (found: string, expected: string) => [{ path: ['settings', name], found, expected }];
  if (DECIDED.has(name)) return fault(name, 'a setting that the map does not decide');
  if (!variables.includes(name)) return fault(name, 'a setting of docs/settings.md, as BERTH_LOG_LEVEL');
  if (UNQUOTABLE.test(value)) return fault(JSON.stringify(value), 'a value without quotes, backslashes and line ends');
  if (name === 'BERTH_DATA' && !DATA_DIRECTORY.test(value)) return fault(value, 'a directory such as /srv/berth');
  return [];
}

function foundAt(document: Document, path: readonly PropertyKey[]): string {
  const value: unknown = document.getIn(path.map((part) => (typeof part === 'number' ? part : String(part))));
  if (value === undefined) return 'nothing';
  return isNode(value) ? 'something of another form' : (JSON.stringify(value) ?? 'nothing');
}

interface Place {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly file: string;
}

/** The line of what is meant; of what holds it when it is not there. */
function problemOf({ path, found, expected }: Fault, { document, lines, file }: Place): Problem {
  const shown = `$${path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('')}`;
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range)
      return { file, path: shown, found, expected, line: lines.linePos(node.range[0]).line };
  }
  return { file, path: shown, found, expected };
}

function invalid(path: string, problems: readonly Problem[]): BerthError {
  return new BerthError('initializer.file-invalid', { path, count: problems.length }, { problems });
}
