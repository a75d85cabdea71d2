// What may be used only in few places: the wall clock, timers, randomness, the environment, the console, and shells.
import { roomOf } from './import-table.ts';
import {
  type Finding,
  findingAt,
  nameOf,
  nodeIn,
  nodesIn,
  type Place,
  type Source,
  type SyntaxNode,
} from './source.ts';

const TIMERS = ['setTimeout', 'setInterval'];
const CRYPTO_RANDOM = ['randomBytes', 'randomUUID', 'randomInt', 'randomFill', 'randomFillSync', 'getRandomValues'];
const OBJECTS_OF_TIME = [
  'Date.now',
  'performance.now',
  'AbortSignal.timeout',
  'process.hrtime',
  'process.uptime',
  'Math.random',
];

/** Uses of time, timers and randomness outside of the clock and random adapters, the simulation, the console in the browser and the SDKs. */
export function timeAndChance(source: Source): Finding[] {
  if (mayUseTime(source.path)) return [];
  const imported = source.imports.filter(({ from }) => /^node:timers/.test(from));
  const found = source.places.flatMap((place) => {
    const word = wordOfTime(place, source.path);
    return word
      ? [findingAt(source, place.node.start, `${word} is forbidden here: take a Clock or Random as an argument`)]
      : [];
  });
  const timers = imported.map(({ line, from }) => ({
    path: source.path,
    line,
    what: `${from} is forbidden here: take a Clock`,
  }));
  return [...found, ...timers];
}

function mayUseTime(path: string): boolean {
  return /^src\/(adapters\/[^/]*(clock|random)[^/]*|sim)\//.test(path) || /^(web|sdk|test|bench)\//.test(path);
}

function wordOfTime(place: Place, path: string): string | undefined {
  const member = memberText(place.node);
  if (member && (OBJECTS_OF_TIME.includes(member) || /^Temporal\.Now\.(instant|zoned|plain)/.test(member)))
    return member;
  if (isNewDate(place.node)) return 'new Date() without argument';
  const name = freeName(place);
  if (name === undefined) return undefined;
  const isImmediate = name === 'setImmediate' && roomOf(path) !== 'adapters';
  return TIMERS.includes(name) || CRYPTO_RANDOM.includes(name) || isImmediate ? name : undefined;
}

function isNewDate(node: SyntaxNode): boolean {
  const isDate =
    (node.type === 'NewExpression' || node.type === 'CallExpression') && nameOf(nodeIn(node, 'callee')) === 'Date';
  return isDate && nodesIn(node, 'arguments').length === 0;
}

/** The environment and the arguments, outside of main and config. */
export function environment(source: Source): Finding[] {
  if (!source.path.startsWith('src/') || ['main', 'config'].includes(roomOf(source.path) ?? '')) return [];
  return source.places.flatMap(({ node }) => {
    const member = memberText(node) ?? '';
    if (!['process.env', 'process.argv'].includes(member)) return [];
    return [findingAt(source, node.start, `${member} is for main and config: take the value as an argument`)];
  });
}

/** The console, outside of main and the command line. */
export function consoleUse(source: Source): Finding[] {
  if (!source.path.startsWith('src/') || ['main', 'cli'].includes(roomOf(source.path) ?? '')) return [];
  return source.places.flatMap((place) =>
    freeName(place) === 'console'
      ? [findingAt(source, place.node.start, 'console is for main and cli: take a Log, or tell an event')]
      : [],
  );
}

const SHELLS = /^(\/(usr\/)?bin\/)?(sh|bash|dash|zsh)$/;

/** Commands that a shell would read. */
export function shellStrings(source: Source): Finding[] {
  const bringsSsh = source.imports.some(({ from }) => from === 'ssh2');
  const executes = source.imports.filter(({ from }) => /^(node:)?child_process$/.test(from));
  const imported = executes.flatMap(({ names, line }) => {
    const shells = names.filter((name) => name === 'exec' || name === 'execSync');
    return shells.map((name) => ({
      path: source.path,
      line,
      what: `${name} runs a shell: use spawn or execFile with words`,
    }));
  });
  const used = source.places.flatMap(({ node }) => {
    const what = shellUse(node, bringsSsh);
    return what ? [findingAt(source, node.start, `${what}: commands are arrays of words`)] : [];
  });
  return [...imported, ...used];
}

function shellUse(node: SyntaxNode, bringsSsh: boolean): string | undefined {
  if (node.type === 'Property' && nameOf(nodeIn(node, 'key')) === 'shell' && nodeIn(node, 'value')?.value !== false) {
    return 'a shell is asked for';
  }
  const words = nodesIn(node, node.type === 'ArrayExpression' ? 'elements' : 'arguments').map((each) => each.value);
  const option = words.findIndex((word) => typeof word === 'string' && /^-[a-z]*c$/.test(word));
  if (option > 0 && words.slice(0, option).some((word) => typeof word === 'string' && SHELLS.test(word)))
    return 'sh -c';
  const pasted = nodesIn(node, 'arguments')[0];
  const isExec = node.type === 'CallExpression' && nameOf(nodeIn(nodeIn(node, 'callee'), 'property')) === 'exec';
  return bringsSsh && isExec && isPasted(pasted) ? 'a command line is pasted together' : undefined;
}

function isPasted(node: SyntaxNode | undefined): boolean {
  return (
    node?.type === 'BinaryExpression' || (node?.type === 'TemplateLiteral' && nodesIn(node, 'expressions').length > 0)
  );
}

/** `a.b` or `a.b.c` of plain names; a leading `globalThis.` is left out. */
function memberText(node: SyntaxNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  const object = nodeIn(node, 'object');
  const left = object && (nameOf(object) ?? memberText(object));
  const right = nameOf(nodeIn(node, 'property'));
  return left && right ? `${left}.${right}`.replace(/^globalThis\./, '') : undefined;
}

/** The name of an identifier that refers to something from outside: no key, no property of something else, no import. */
function freeName({ node, above, field }: Place): string | undefined {
  const name = nameOf(node);
  if (!name || !above) return undefined;
  if (above.type === 'MemberExpression' && field === 'property') return globalProperty(above, name);
  const isKey = field === 'key' && above.shorthand !== true;
  const isNamed =
    above.type.startsWith('TS') || above.type === 'ImportSpecifier' || field === 'id' || field === 'label';
  return isKey || isNamed ? undefined : name;
}

function globalProperty(member: SyntaxNode, name: string): string | undefined {
  const object = nameOf(nodeIn(member, 'object')) ?? '';
  return ['globalThis', 'crypto', 'webcrypto'].includes(object) ? name : undefined;
}
