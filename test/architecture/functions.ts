// How long functions are, in lines of code: blank lines and comments do not count. Measured are functions and methods that have a
// name; what is passed along in place counts with the function around it.
import { codeLines, lineOf, nodeIn, type Source, type SyntaxNode } from './source.ts';

/** A function and its length. */
export interface Measured {
  readonly path: string;
  readonly line: number;
  readonly name: string;
  readonly lines: number;
}

/** The functions of some files, the longest first. */
export function measuredFunctions(sources: readonly Source[]): Measured[] {
  return sources.flatMap(functionsOf).toSorted((a, b) => b.lines - a.lines);
}

/** The length that a share (0 to 1) of the functions does not exceed; 0 when there are none. */
export function percentile(functions: readonly Measured[], share: number): number {
  const lengths = functions.map((each) => each.lines).toSorted((a, b) => a - b);
  return lengths[Math.max(Math.ceil(lengths.length * share) - 1, 0)] ?? 0;
}

const FUNCTIONS = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'];
const HOLDERS = ['MethodDefinition', 'VariableDeclarator', 'PropertyDefinition', 'Property'];

function functionsOf(source: Source): Measured[] {
  return source.places.flatMap(({ node, above }) => {
    if (!FUNCTIONS.includes(node.type) || !nodeIn(node, 'body')) return [];
    const holder = above && HOLDERS.includes(above.type) ? above : node;
    const name = nameIn(holder);
    if (name === undefined) return [];
    const lines = codeLines(source, holder.start, holder.end);
    return [{ path: source.path, line: lineOf(source, holder.start), name, lines }];
  });
}

function nameIn(holder: SyntaxNode): string | undefined {
  const key = nodeIn(holder, 'id') ?? nodeIn(holder, 'key');
  const name = key?.name ?? key?.value;
  return typeof name === 'string' ? name : undefined;
}

/** A function as a line to print. */
export function functionText({ path, line, name, lines }: Measured): string {
  return `${path}:${line} ${name} has ${lines} lines`;
}
