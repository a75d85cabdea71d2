// Habits of single files: their names, their length, their comments, and what no line may hold.
import { posix } from 'node:path';
import { codeLines, type Finding, findingAt, nodeIn, nodesIn, type Source, type SyntaxNode } from './source.ts';

const EMPTY_NAMES = /(^|-)(utils?|helpers?|manager\d*|misc|common)$/;
const LONGEST_FILE = 350;

/** Names that say nothing, or are not in kebab case. */
export function fileNames(source: Source): Finding[] {
  const name = posix.basename(source.path).replace(/(\.test|\.config|\.d)?\.tsx?$/, '');
  if (EMPTY_NAMES.test(name))
    return [findingAt(source, 0, `'${name}' says nothing: name the file after what it exports`)];
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return [findingAt(source, 0, `'${name}' is not in kebab case`)];
  return [];
}

/** Files with more than 350 lines of code. */
export function fileLength(source: Source): Finding[] {
  const lines = codeLines(source, 0, source.text.length);
  return lines <= LONGEST_FILE
    ? []
    : [findingAt(source, 0, `${lines} lines of code, ${LONGEST_FILE} are allowed: split it by what it does`)];
}

/** Files that only pass on what others export. */
export function barrels(source: Source): Finding[] {
  const statements = nodesIn(source.program, 'body');
  const passedOn = statements.filter((each) => each.type.startsWith('Export') && nodeIn(each, 'source'));
  const all = passedOn.filter((each) => each.type === 'ExportAllDeclaration');
  const own = statements.filter((each) => each.type !== 'ImportDeclaration' && !passedOn.includes(each));
  const wrong = own.length === 0 ? passedOn : all;
  return wrong.map((each) => findingAt(source, each.start, 'a barrel: import from the file that has it'));
}

/** Exports without a sentence that says what they are. */
export function undocumentedExports(source: Source): Finding[] {
  const bare = exportsOf(source).filter(
    (each) => !source.comments.some((comment) => isJustBefore(source, comment, each.start)),
  );
  return bare.map((each) =>
    findingAt(source, each.start, 'an export without a doc comment: say in one sentence what it is'),
  );
}

function isJustBefore(source: Source, comment: { isDoc: boolean; end: number }, start: number): boolean {
  return comment.isDoc && comment.end <= start && source.text.slice(comment.end, start).trim() === '';
}

/** Files that do not begin with a comment that says what they are for. One documented export says it as well. */
export function missingTopComments(source: Source): Finding[] {
  const [first] = source.comments;
  const before = first && source.text.slice(0, first.start).replace(/^#!.*\n/, '');
  if (before?.trim() === '' || (exportsOf(source).length === 1 && undocumentedExports(source).length === 0)) return [];
  return [findingAt(source, 0, 'no comment at the top: say what the file is for')];
}

function exportsOf(source: Source): SyntaxNode[] {
  const statements = nodesIn(source.program, 'body');
  return statements.filter(
    (each) => /^Export(Named|Default)Declaration$/.test(each.type) && nodeIn(each, 'declaration'),
  );
}

const PROMISES = /\b(TODO|FIXME|XXX|HACK)\b/;
const SILENCED = /@ts-(ignore|expect-error|nocheck)|biome-ignore|eslint-disable/;

/** Work left for later, and checks that were talked out of their finding. */
export function looseEnds(source: Source): Finding[] {
  const comments = source.comments.flatMap(({ text, start }) => {
    const word = PROMISES.exec(text)?.[0] ?? SILENCED.exec(text)?.[0];
    return word ? [findingAt(source, start, `${word}: do it now, or say why not without the word`)] : [];
  });
  const casts = source.places.flatMap(({ node }) => {
    const what = forcedType(node);
    return what ? [findingAt(source, node.start, `${what}: narrow the type with a check instead`)] : [];
  });
  return [...comments, ...casts];
}

function forcedType(node: Parameters<typeof nodeIn>[0]): string | undefined {
  if (node?.type === 'TSAnyKeyword') return 'any';
  if (node?.type === 'TSNonNullExpression') return "a '!' that silences the check for null";
  const inner = nodeIn(node, 'expression');
  const twice = node?.type === 'TSAsExpression' && inner?.type === 'TSAsExpression';
  return twice && nodeIn(inner, 'typeAnnotation')?.type === 'TSUnknownKeyword' ? 'as unknown as' : undefined;
}
