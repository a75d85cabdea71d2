// A platform with something on it, people with different roles, and a browser in which they look at its console.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, onTestFailed } from 'vitest';
import type { ApiClient } from '../../../src/cli/api-client.ts';
import { type Look, openContext, openPage, type PageFaults, startBrowser } from '../../world/browser.ts';
import { until } from '../../world/until.ts';
import { BerthProcess } from '../spine/berth-process.ts';
import { QUICK, Story } from '../spine/story.ts';
import { MARKUP, zipOf } from './shown-application.ts';

/** Everybody's password: it is the test's, and opens nothing else. */
export const PASSWORD = 'four words of a test';

/** Who looks, and as what. */
export const PEOPLE = {
  admin: { administrator: true, memberships: {} },
  dev: { administrator: false, memberships: { default: 'developer' } },
  conf: { administrator: false, memberships: { default: 'configurer' } },
  viewer: { administrator: false, memberships: { default: 'user' } },
  stranger: { administrator: false, memberships: { elsewhere: 'developer' } },
} as const;

/** The name of somebody who looks. */
export type Person = keyof typeof PEOPLE;

/** Pictures of pages are kept here, beside the project's files and out of them. */
const PICTURES = join(import.meta.dirname, '..', '..', '..', 'coverage', 'console');

/** A signed-in person before a page. */
export interface Looking {
  readonly page: Page;
  readonly faults: PageFaults;
  readonly context: BrowserContext;
}

/** The platform and whoever looks at it. */
export class ConsoleWorld {
  readonly platform = new BerthProcess();
  #story: Story | undefined;
  #browser: Browser | undefined;
  readonly #contexts: BrowserContext[] = [];

  get story(): Story {
    if (!this.#story) throw new Error('the world has not begun');
    return this.#story;
  }

  get client(): ApiClient {
    return this.story.client;
  }

  get url(): string {
    const url = /Berth is up: (\S+)/.exec(this.platform.output)?.[1];
    if (!url) throw new Error(`it told no address: ${this.platform.output}`);
    return url;
  }

  /** The link that the first start printed. */
  get claimLink(): string {
    const link = /(\S+\/claim#\S+)/.exec(this.platform.output)?.[1];
    if (!link) throw new Error(`it printed no link: ${this.platform.output}`);
    return link;
  }

  async begin(): Promise<void> {
    const [client, browser] = await Promise.all([this.platform.start(), startBrowser()]);
    this.#story = new Story(client);
    this.#browser = browser;
    await mkdir(PICTURES, { recursive: true });
  }

  async end(): Promise<void> {
    await this.#browser?.close();
    await this.platform.remove();
  }

  /** People who can sign in, and an application with jobs that run, ended and failed. */
  async fill(): Promise<void> {
    await this.client.call('addProject', { body: { name: 'elsewhere' } });
    for (const person of Object.keys(PEOPLE) as Person[]) await this.addPerson(person);
    await this.push('shown', '1');
    await this.push('shown', '2');
    await this.client.call('applySensors', { file: { type: 'application/yaml', contents: new Uint8Array(SENSORS) } });
    await this.create('runs', 'tick', { kind: 'continuous' });
    await this.create('shows', 'show', { kind: 'now' });
    await this.create('fails', 'fail', { kind: 'now' });
    await this.create('daily', 'show', { kind: 'cron', expression: '0 6 * * *', zone: 'Asia/Tokyo' });
    await this.story.running('runs');
    await this.story.jobOf('shows', ({ state }) => state === 'succeeded');
    await this.story.jobOf('fails', ({ state }) => state === 'failed');
  }

  async create(name: string, algorithm: string, schedule: Readonly<Record<string, unknown>>): Promise<void> {
    const body = { name, application: 'shown', algorithm, schedule, restart: { ...QUICK, tasks: 1, runsPerTask: 1 } };
    await this.client.call('createInstance', { body });
  }

  async push(name: string, version: string): Promise<string> {
    const zip = Readable.from([await zipOf(name, version)]);
    return (await this.client.call('pushPackage', { zip })).package;
  }

  async addPerson(name: Person): Promise<void> {
    const body = { name, displayName: `The ${name}`, ...PEOPLE[name] };
    await this.client.call('addUser', { body });
    const { link } = await this.client.call('inviteUser', { params: { user: name }, body: { by: 'link' } });
    const secret = new URL(link ?? '').hash.slice(1);
    const answer = await fetch(new URL('/api/v1/invitations/accept', this.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'berth-console': '1' },
      body: JSON.stringify({ secret, password: PASSWORD }),
    });
    if (!answer.ok) throw new Error(`${name} could not set a password: ${await answer.text()}`);
  }

  /** A browser without cookies. */
  async nobody(look: Look = 'desk', checked = false): Promise<Looking> {
    if (!this.#browser) throw new Error('the world has not begun');
    const context = await openContext(this.#browser, look, checked);
    this.#contexts.push(context);
    return { context, ...(await openPage(context)) };
  }

  /** Somebody who came in by the door. */
  async signedIn(person: Person, look: Look = 'desk', checked = false): Promise<Looking> {
    const looking = await this.nobody(look, checked);
    await this.signIn(looking.page, person);
    return looking;
  }

  async signIn(page: Page, person: Person): Promise<void> {
    await page.goto(new URL('/sign-in', this.url).href);
    await page.getByLabel('User name').fill(person);
    await page.locator('input[autocomplete=current-password]').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Your account' }).waitFor();
  }

  /** Opens a page and waits until it shows something of its own. */
  async open(page: Page, path: string): Promise<void> {
    await page.goto(new URL(path, this.url).href);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await until(`${path} to have loaded`, 15_000, async () => {
      const waiting = await page.locator('.mantine-Skeleton-root').count();
      return waiting === 0 || undefined;
    });
  }

  /** What every open page shows, for whoever reads of a failure. */
  async tell(): Promise<void> {
    for (const page of this.#contexts.flatMap((context) => context.pages())) {
      await this.keep(page, `failed-${Date.now()}`);
      console.error(`${page.url()}\n${String(await page.evaluate('document.body.innerText')).slice(0, 3000)}`);
    }
  }

  /** Keeps a picture of a page. */
  async keep(page: Page, name: string): Promise<void> {
    await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
  }
}

const SENSORS = Buffer.from(`
types:
  - { id: thermometer, description: ${JSON.stringify(MARKUP)}, fields: [{ name: celsius, type: number, unit: C, range: [-40, 85] }] }
sensors:
  - { id: room-1, name: ${JSON.stringify(MARKUP)}, type: thermometer, location: house/ground }
`);

/** A world from before the first test of a file until after its last. */
export function consoleWorld(): ConsoleWorld {
  const world = new ConsoleWorld();
  beforeAll(() => world.begin(), 240_000);
  beforeEach(() => onTestFailed(() => world.tell()));
  afterAll(() => world.end(), 60_000);
  return world;
}
