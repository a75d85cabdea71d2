// The page of all settings, made from their definitions.
import type { Setting } from './setting.ts';
import { SETTINGS } from './settings.ts';

const INTRODUCTION = `# Settings

Every setting is an environment variable of the process that runs Berth. Lengths of time are whole milliseconds, sizes whole bytes,
lists are separated by commas. A value that makes no sense is refused at the start, with the name of the variable.

This page is generated from the program: change the definitions, not the page.

| Variable | Type | Default | What it does |
|---|---|---|---|
`;

/** The page as Markdown. */
export function settingsPage(): string {
  return `${INTRODUCTION}${Object.values<Setting>(SETTINGS).map(row).join('')}`;
}

function row({ variable, type, fallback, sentence }: Setting): string {
  const value = fallback === '' ? '(empty)' : `\`${fallback}\``;
  return `| \`${variable}\` | ${type} | ${value} | ${sentence.replaceAll('|', '\\|')} |\n`;
}
