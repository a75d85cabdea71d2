// The project's source as the rules see it: files, their syntax trees, and walks over those.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';

/** A node of the syntax tree (ESTree with TypeScript); fields by name. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** What another file or package is imported or re-exported for. */
export interface Import {
  readonly from: string;
  readonly names: readonly string[];
  readonly typesOnly: boolean;
  readonly line: number;
}

/** A comment; `text` is without its marks. */
export interface Comment {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly isDoc: boolean;
}

/** A node with the node above it and the field that holds it. */
export interface Place {
  readonly node: SyntaxNode;
  readonly above: SyntaxNode | undefined;
  readonly field: string;
}

/** A parsed file. Its path is relative to the project's root. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly program: SyntaxNode;
  /** Every node, outermost first. */
  readonly places: readonly Place[];
  readonly comments: readonly Comment[];
  readonly imports: readonly Import[];
}

/** A breach of a rule: where, and what to do. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

/** Parses a file's text. @throws when it is no TypeScript */
export function readSource(path: string, text: string): Source {
  const { program, comments, errors } = parseSync(path, text, { lang: 'ts', sourceType: 'module' });
  const [error] = errors;
  if (error) throw new Error(`${path}: ${error.message}`);
  const tree: unknown = program;
  if (!isNode(tree)) throw new Error(`${path}: the parser gave no tree`);
  const source = { path, text, program: tree, places: [...walk(tree)], comments: comments.map(commentOf), imports: [] };
  return { ...source, imports: importsOf(source) };
}

/** All TypeScript files below a directory of the project. */
export function sourcesBelow(root: string, directory: string): Source[] {
  const names = readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => /\.tsx?$/.test(name) && !name.includes('node_modules'));
  return files.sort().map((name) => {
    const path = `${directory}/${name}`;
    return readSource(path, readFileSync(join(root, path), 'utf8'));
  });
}

/** Line of an offset, from 1. */
export function lineOf(source: Pick<Source, 'text'>, offset: number): number {
  return source.text.slice(0, offset).split('\n').length;
}

/** A finding at a place in a file. */
export function findingAt(source: Pick<Source, 'path' | 'text'>, offset: number, what: string): Finding {
  return { path: source.path, line: lineOf(source, offset), what };
}

function* walk(node: SyntaxNode, above: SyntaxNode | undefined = undefined, field = ''): Generator<Place> {
  yield { node, above, field };
  for (const [name, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child, node, name);
  }
}

/** A node in a field, if that is one. */
export function nodeIn(node: SyntaxNode | undefined, field: string): SyntaxNode | undefined {
  const value = node?.[field];
  return isNode(value) ? value : undefined;
}

/** The nodes in a field that holds a list. */
export function nodesIn(node: SyntaxNode | undefined, field: string): SyntaxNode[] {
  const value = node?.[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The name of an identifier. */
export function nameOf(node: SyntaxNode | undefined): string | undefined {
  return node?.type === 'Identifier' && typeof node.name === 'string' ? node.name : undefined;
}

/** Lines of a part of the text that are neither blank nor comment alone. */
export function codeLines(source: Pick<Source, 'text' | 'comments'>, start: number, end: number): number {
  let code = '';
  let at = start;
  for (const comment of source.comments) {
    if (comment.start < at || comment.end > end) continue;
    code += source.text.slice(at, comment.start);
    at = comment.end;
  }
  code += source.text.slice(at, end);
  return code.split('\n').filter((line) => line.trim() !== '').length;
}

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value
  );
}

function commentOf(comment: { type: string; value: string; start: number; end: number }): Comment {
  const isDoc = comment.type === 'Block' && comment.value.startsWith('*');
  return { text: comment.value, start: comment.start, end: comment.end, isDoc };
}

const WITH_SOURCE = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression'];

function importsOf(source: Pick<Source, 'text' | 'places'>): Import[] {
  return source.places.flatMap(({ node }) => {
    const from = nodeIn(node, 'source');
    if (!WITH_SOURCE.includes(node.type) || typeof from?.value !== 'string') return [];
    const parts = nodesIn(node, 'specifiers');
    const names = parts.map((part) => nameOf(nodeIn(part, 'imported')) ?? '*');
    const isType = (part: SyntaxNode) => part.importKind === 'type' || part.exportKind === 'type';
    const typesOnly = isType(node) || (parts.length > 0 && parts.every(isType));
    return [{ from: from.value, names, typesOnly, line: lineOf(source, node.start) }];
  });
}
