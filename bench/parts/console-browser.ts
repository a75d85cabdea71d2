// The console in a real browser, on a platform with very much on it: the first load, a log of a million lines, five thousand jobs on the
// timeline.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { FileBlobs } from '../../src/adapters/file-blobs/file-blobs.ts';
import { SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { SystemClock } from '../../src/adapters/system-clock/system-clock.ts';
import { aJob, aTask } from '../../test/builders/jobs.ts';
import { BerthProcess } from '../../test/reality/spine/berth-process.ts';
import { aJobStatus } from '../../test/unit/nodes/a-job-status.ts';
import { openContext, startBrowser } from '../../test/world/browser.ts';
import { until } from '../../test/world/until.ts';
import { below, type Measure, type Part, type PartContext, told } from '../measure.ts';
import { silentLog } from '../silent-log.ts';
import { seedLog } from './console.ts';

const LINES = 1_000_000;
const JOBS = 5_000;
const BATCH = 1_000;
const MOST_LOAD_BYTES = 300_000;
const MOST_LOAD_MS = 1_000;
/** Nobody sees a single frame that comes later than this as a stop. */
const MOST_FRAME_MS = 100;
const MOST_DRAWN_MS = 1_000;
const PASSWORD = 'four words of a bench';

/** What people wait for. */
export const consoleBrowserPart: Part = {
  name: 'console-browser',
  run: async (context) => {
    const platform = new BerthProcess({ BERTH_DOCKER: '' });
    const browser = await startBrowser();
    try {
      await seed(join(platform.directory, 'data'));
      context.say(`${JOBS} jobs and a log of ${LINES} lines are stored`);
      await platform.start();
      return await looked(browser, platform.output, context);
    } finally {
      await browser.close();
      await platform.remove();
    }
  },
};

async function seed(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const clock = new SystemClock();
  const store = SqliteStore.open({ path: join(directory, 'berth.sqlite'), clock, log: silentLog });
  try {
    const blobs = await FileBlobs.open({ directory: join(directory, 'blobs'), clock });
    await seedJobs(store, clock.now());
    await seedLog({ store, blobs, clock }, 'app-0-1.m0.0.1', LINES);
  } finally {
    await store.close();
  }
}

/** All of the last twelve hours, of fifty instances. */
async function seedJobs(store: SqliteStore, now: number): Promise<void> {
  const application = { id: 'app', description: '', currentPackage: 'p', createdAt: 1, updatedAt: 1 };
  await store.create('application', application);
  for (let begun = 0; begun < JOBS; begun += BATCH) {
    const writes = Array.from({ length: BATCH }, (_, offset) => {
      const index = begun + offset;
      const instance = `app-${index % 50}-1`;
      const startsAt = now - 6 * 3_600_000 + index * 4_000;
      const job = aJob({ id: `${instance}.m${index}`, application: 'app', instance, startsAt, open: 0 });
      const task = aTask(job, 0, 1, 'n1', { createdAt: startsAt });
      const times = { startedAt: startsAt, endedAt: startsAt + 30_000, createdAt: startsAt };
      const state = index % 20 === 3 ? 'failed' : 'succeeded';
      const status = { ...aJobStatus(task, { state, ...times }), instance, application: 'app' };
      return [
        { do: 'create', kind: 'job', doc: job } as const,
        { do: 'create', kind: 'jobStatus', doc: status } as const,
        { do: 'create', kind: 'task', doc: task } as const,
      ];
    });
    await store.apply(writes.flat());
  }
}

async function looked(browser: Browser, output: string, { rounds, say }: PartContext): Promise<Measure[]> {
  const url = /Berth is up: (\S+)/.exec(output)?.[1] ?? '';
  const cookies = await claim(browser, /(\S+\/claim#\S+)/.exec(output)?.[1] ?? '');
  const loads = { ms: [] as number[], bytes: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const { ms, bytes } = await firstLoad(browser, url, cookies);
    loads.ms.push(ms);
    loads.bytes.push(bytes);
  }
  say('the first load is measured');
  const context = await openContext(browser, 'desk');
  await context.addCookies(cookies);
  const page = await context.newPage();
  const log = await ofLog(page, url, rounds);
  say('the log is measured');
  const timeline = await ofTimeline(page, url, rounds);
  await context.close();
  return [
    below({ name: 'first load of the console, transferred', unit: 'bytes', samples: loads.bytes }, MOST_LOAD_BYTES),
    below({ name: 'first load of the console, until it shows something', unit: 'ms', samples: loads.ms }, MOST_LOAD_MS),
    ...log,
    ...timeline,
  ];
}

type Cookies = Awaited<ReturnType<Awaited<ReturnType<typeof openContext>>['cookies']>>;

async function claim(browser: Browser, link: string): Promise<Cookies> {
  const context = await openContext(browser, 'desk');
  const page = await context.newPage();
  await page.goto(link);
  await page.getByLabel('User name').fill('first');
  await page.getByLabel('Your name').fill('The first');
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByLabel('The same again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Claim and sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  const cookies = await context.cookies();
  await context.close();
  return cookies;
}

/** A browser that has nothing of the console yet. */
async function firstLoad(browser: Browser, url: string, cookies: Cookies) {
  const context = await openContext(browser, 'desk');
  await context.addCookies(cookies);
  const page = await context.newPage();
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  let bytes = 0;
  wire.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  const startedAt = performance.now();
  await page.goto(url);
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.getByText('Runs now').waitFor();
  const ms = performance.now() - startedAt;
  await context.close();
  return { ms, bytes };
}

/** Run in the page: scrolls for two seconds and gives the longest time between two frames. */
const SCROLLED = `new Promise((resolve) => {
  const log = document.querySelector('[role=log]');
  const until = performance.now() + 2000;
  let last = performance.now(), longest = 0;
  const frame = (now) => {
    longest = Math.max(longest, now - last);
    last = now;
    log.scrollTop += 400;
    if (now < until) requestAnimationFrame(frame); else resolve(longest);
  };
  requestAnimationFrame(frame);
})`;

async function ofLog(page: Page, url: string, rounds: number): Promise<Measure[]> {
  await page.goto(`${url}/jobs/${encodeURIComponent('app-0-1.m0')}`);
  await page.getByText('1,000,000 lines').waitFor();
  const [frames, jumps, searches]: number[][] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    frames?.push(await page.evaluate(SCROLLED));
    jumps?.push(await jumped(page, (round + 0.5) / rounds));
    searches?.push(await searched(page, `line number ${Math.floor((LINES * (round + 0.5)) / rounds)} of`));
  }
  const of = `in a log of ${LINES} lines`;
  return [
    below(
      { name: `longest frame of two seconds of scrolling ${of}`, unit: 'ms', samples: frames ?? [] },
      MOST_FRAME_MS,
    ),
    told({ name: `a jump to any place ${of}, until its lines are read`, unit: 'ms', samples: jumps ?? [] }),
    told({
      name: `a search ${of}, until its line is shown`,
      unit: 'ms',
      samples: searches ?? [],
      note: '250 ms of it wait for typing to end',
    }),
  ];
}

/** Whether all lines in sight are those about a share of the log, and read. */
const linesReadAt = (share: number) => `(() => {
  const lines = [...document.querySelectorAll('[data-line]')];
  const first = Number(lines[0]?.dataset.line);
  return Math.abs(first - ${share} * ${LINES}) < 2000 && lines.every((line) => line.querySelector('time'));
})()`;

async function jumped(page: Page, share: number): Promise<number> {
  const startedAt = performance.now();
  await page.evaluate(
    `document.querySelector('[role=log]').scrollTop = ${share} * document.querySelector('[role=log]').scrollHeight`,
  );
  // A page with a content security policy evaluates no text of its own; the browser's protocol does.
  await until('the lines to be read', 15_000, async () =>
    (await page.evaluate(linesReadAt(share))) === true ? true : undefined,
  );
  return performance.now() - startedAt;
}

async function searched(page: Page, text: string): Promise<number> {
  const startedAt = performance.now();
  await page.getByLabel('Search the log').fill(text);
  await page
    .getByRole('status')
    .filter({ hasText: /lines|none so far/ })
    .waitFor();
  await page.getByLabel('Search the log').press('Enter');
  await page.locator('mark').first().waitFor();
  const ms = performance.now() - startedAt;
  await page.getByLabel('Search the log').fill('');
  return ms;
}

async function ofTimeline(page: Page, url: string, rounds: number): Promise<Measure[]> {
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    await page.goto(`${url}/timeline`);
    await page.getByRole('img', { name: /with [45]\d\d\d jobs/ }).waitFor();
    samples.push(performance.now() - startedAt);
  }
  return [
    below(
      { name: `${JOBS} jobs on the timeline, from the address to the picture`, unit: 'ms', samples },
      MOST_DRAWN_MS,
    ),
  ];
}
