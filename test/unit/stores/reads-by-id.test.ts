// Reads by id that share statements: nobody gets what was read before it asked, and a failure reaches everybody it concerns.
import { expect, test } from 'vitest';
import { MOST_AT_ONCE, ReadsById } from '../../../src/adapters/mysql-store/reads-by-id.ts';
import type { Row } from '../../../src/adapters/mysql-store/session.ts';

interface Statement {
  readonly ids: readonly string[];
  answer(): void;
  fail(): void;
}

function gathered() {
  const statements: Statement[] = [];
  const reads = new ReadsById((_, ids) => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Row[]>();
    const rows = ids
      .filter((id) => id !== 'missing')
      .map((id) => ({ id, version: 1, doc: `${statements.length}` }) as Row);
    statements.push({ ids, answer: () => resolve(rows), fail: () => reject(new Error('gone')) });
    return promise;
  });
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { statements, reads, turn };
}

test('reads of one turn share a statement, and each gets its own', async () => {
  const { statements, reads, turn } = gathered();
  const answers = [reads.rows('job', ['a']), reads.rows('job', ['b', 'a']), reads.rows('job', ['missing'])];
  await turn();
  expect(statements.map(({ ids }) => ids)).toEqual([['a', 'b', 'missing']]);
  statements[0]?.answer();
  const [first, second, third] = await Promise.all(answers);
  expect(first?.get('a')).toBeDefined();
  expect(second?.get('b')).toBeDefined();
  expect(third?.get('missing')).toBeUndefined();
});

test('a read that comes while statements are under way is answered by one that begins later', async () => {
  const { statements, reads, turn } = gathered();
  const before = reads.rows('job', ['a']);
  await turn();
  const beside = reads.rows('job', ['a']);
  await turn();
  const after = [reads.rows('job', ['a']), reads.rows('job', ['b'])];
  await turn();
  expect(statements).toHaveLength(2);
  statements[0]?.answer();
  await before;
  await turn();
  expect(statements[2]?.ids).toEqual(['a', 'b']);
  for (const { answer } of statements) answer();
  expect((await beside).get('a')?.doc).toBe('1');
  expect((await after[0])?.get('a')?.doc).toBe('2');
});

test('a statement that fails is told to all who share it, and the next one goes on', async () => {
  const { statements, reads, turn } = gathered();
  const failing = [reads.rows('job', ['a']), reads.rows('job', ['b'])];
  const settled = Promise.allSettled(failing);
  await turn();
  statements[0]?.fail();
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const again = reads.rows('job', ['a']);
  await turn();
  statements[1]?.answer();
  expect((await again).get('a')).toBeDefined();
});

test('no statement asks for more than fit into one, and large documents are not gathered', async () => {
  const { statements, reads, turn } = gathered();
  const many = Array.from({ length: MOST_AT_ONCE }, (_, index) => `id-${index}`);
  const answers = [
    reads.rows('job', many),
    reads.rows('job', ['a']),
    reads.rows('blobChunk', ['x']),
    reads.rows('blobChunk', ['y']),
  ];
  await turn();
  for (const { answer } of statements) answer();
  await Promise.all(answers);
  expect(statements.map(({ ids }) => ids.length).toSorted((a, b) => b - a)).toEqual([MOST_AT_ONCE, 1, 1, 1]);
});
