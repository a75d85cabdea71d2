// A real browser: Debian's Chromium, driven over its own protocol. It speaks to loopback only, and to nobody about updates.
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How people look at the console. */
export type Look = 'desk' | 'phone' | 'dark';

const LOOKS = {
  desk: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light', hasTouch: true, isMobile: true },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
} as const;

/** Milliseconds that a page may take to show what was asked for. */
const PATIENCE_MS = 45_000;

/** A browser without anything from before; whoever starts it closes it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: QUIET });
}

/** What went wrong on a page though nobody asked: errors of scripts, refusals by its content security policy. */
export interface PageFaults {
  readonly lines: string[];
}

/** A person before a browser: cookies of their own. `checked` pages let the checking of accessibility in, which is a script of the test's. */
export async function openContext(browser: Browser, look: Look, checked = false): Promise<BrowserContext> {
  const context = await browser.newContext({ ...LOOKS[look], locale: 'en-GB', bypassCSP: checked });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/** A page whose faults are kept. */
export async function openPage(context: BrowserContext): Promise<{ readonly page: Page; readonly faults: PageFaults }> {
  const page = await context.newPage();
  const faults: PageFaults = { lines: [] };
  page.on('pageerror', (error) => faults.lines.push(String(error)));
  page.on('console', (message) => {
    // What the platform refuses is told by the page; only the page's own faults count here.
    const isAnswer = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !isAnswer) faults.lines.push(message.text());
  });
  return { page, faults };
}
