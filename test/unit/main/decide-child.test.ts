// What the supervisor does with a component, and what it reads of files.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readComponentFiles } from '../../../src/main/component-files.ts';
import { decideChild, keepsDying, startNotBeforeMs } from '../../../src/main/decide-child.ts';
import { temporaryDirectory } from '../../contracts/temporary-directory.ts';

const RUNNING = { startedAs: 'a', watch: 'beats', silentMs: 0, hasBeaten: true, askedToEndMs: null } as const;
const SILENT = { ...RUNNING, silentMs: 900_000, hasBeaten: false };

describe('a component', () => {
  test.each([
    ['is left alone while it beats', { process: RUNNING }, 'nothing'],
    ['is killed when its beats stop', { process: { ...RUNNING, silentMs: 10_000 } }, 'kill-blocked'],
    ['has time until its first beat', { process: { ...RUNNING, silentMs: 89_999, hasBeaten: false } }, 'nothing'],
    ['is killed when none ever comes', { process: { ...RUNNING, silentMs: 90_000, hasBeaten: false } }, 'kill-blocked'],
    ['that never beats is left alone', { process: { ...SILENT, watch: 'end' } }, 'nothing'],
    ['may take its time to answer', { process: { ...RUNNING, watch: 'answers', silentMs: 59_999 } }, 'nothing'],
    [
      'is killed when it does not any more',
      { process: { ...RUNNING, watch: 'answers', silentMs: 60_000 } },
      'kill-blocked',
    ],
    ['has all the time until its first answer', { process: { ...SILENT, watch: 'answers' } }, 'nothing'],
    ['is asked to end when it is described otherwise', { wanted: 'b', process: RUNNING }, 'ask-to-end'],
    ['is asked to end when its file is gone', { wanted: null, process: RUNNING }, 'ask-to-end'],
    ['has time to end', { wanted: null, process: { ...RUNNING, askedToEndMs: 70_001 } }, 'nothing'],
    ['is killed when it does not', { wanted: null, process: { ...RUNNING, askedToEndMs: 70_000 } }, 'kill'],
    ['is started when it does not run', {}, 'start'],
    ['is forgotten when it is not wanted', { wanted: null }, 'forget'],
    ['waits a moment after it died', { deathsMs: [99_900] }, 'nothing'],
    ['is started after that', { deathsMs: [99_750] }, 'start'],
  ] as const)('%s', (_, over, step) => {
    expect(decideChild({ wanted: 'a', process: null, deathsMs: [], ...over }, 100_000)).toBe(step);
  });

  test('waits longer with each death, never over a minute, and is started again however often it died', () => {
    const deaths = fc.array(fc.nat(600_000), { maxLength: 60 }).map((all) => all.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(deaths, (deathsMs) => {
        const nowMs = 600_000;
        const waitMs = startNotBeforeMs(deathsMs, nowMs) - (deathsMs.at(-1) ?? 0);
        expect(waitMs).toBeLessThanOrEqual(60_000);
        expect(startNotBeforeMs([...deathsMs, nowMs], nowMs) - nowMs).toBeGreaterThanOrEqual(Math.max(waitMs, 250));
        expect(decideChild({ wanted: 'a', process: null, deathsMs }, nowMs + 60_000)).toBe('start');
      }),
    );
  });

  test('keeps dying when it died five times within five minutes', () => {
    const four = [0, 1000, 2000, 3000];
    expect(keepsDying(four, 4000)).toBe(false);
    expect(keepsDying([...four, 4000], 4000)).toBe(true);
    expect(keepsDying([...four, 4000], 300_001)).toBe(false);
  });
});

describe('files of components', () => {
  test('are read with their settings; what is wrong with some is told, and the others are there', async () => {
    const directory = await temporaryDirectory();
    const environmentFile = join(directory, 'one.env');
    await writeFile(environmentFile, '# a comment\nBERTH_STORE="mysql://x"\n\n export=no\nB = c\nEMPTY=\n');
    const file = (name: string, contents: object | string) =>
      writeFile(join(directory, name), typeof contents === 'string' ? contents : JSON.stringify(contents));
    await file('a.json', { name: 'one', roles: ['scheduler', 'nodes'], environmentFile });
    await file('b.json', { name: 'one', roles: [], environmentFile });
    await file('c.json', '{"name":');
    await file('d.json', { name: '../up', roles: ['king'], environmentFile });
    await file('e.json', { name: 'two', roles: [], environmentFile: join(directory, 'none') });
    const { files, problems } = await readComponentFiles(directory);
    expect(files).toMatchObject([{ name: 'one', roles: ['scheduler', 'nodes'] }]);
    expect(files[0]?.environment).toEqual({ BERTH_STORE: 'mysql://x', export: 'no', EMPTY: '' });
    expect(problems.map((problem) => problem.file)).toEqual(['b.json', 'c.json', 'd.json', 'e.json']);
  });

  test('differ when their settings do', async () => {
    const directory = await temporaryDirectory();
    const environmentFile = join(directory, 'one.env');
    await writeFile(join(directory, 'a.json'), JSON.stringify({ name: 'one', roles: [], environmentFile }));
    const digests: (string | undefined)[] = [];
    for (const lines of ['A=1\n', 'A=2\n', 'A=1\n']) {
      await writeFile(environmentFile, lines);
      digests.push((await readComponentFiles(directory)).files[0]?.digest);
    }
    expect(digests[0]).not.toBe(digests[1]);
    expect(digests[0]).toBe(digests[2]);
  });

  test('that cannot be listed are an error with a remedy', async () => {
    const directory = join(await temporaryDirectory(), 'none');
    await expect(readComponentFiles(directory)).rejects.toMatchObject({ code: 'supervise.directory-unreadable' });
  });
});
