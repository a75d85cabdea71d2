// berth login, berth whoami: with which platform the command line speaks, and as whom.
import type { Command } from 'commander';
import type { AnswerOf } from '../../api/contract/answers.ts';
import { BerthError } from '../../model/errors.ts';
import { ApiClient } from '../api-client.ts';
import { act, type CommandContext } from '../command-context.ts';
import { timeText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

/** Adds the commands about the caller. */
export function addAccountCommands(program: Command, surroundings: Surroundings): void {
  const login = program
    .command('login <address>')
    .description('keep a token for a platform, for the commands that follow');
  act(login.addHelpText('after', '\nThe token is asked for, or read from standard input.'), surroundings, logIn);
  act(
    program.command('whoami').description('as whom you speak to the platform, and what you may do'),
    surroundings,
    whoAmI,
  );
}

async function logIn({ printer, surroundings }: CommandContext, [address = '']: readonly string[]): Promise<void> {
  const url = addressOf(address);
  const token = await surroundings.readSecret(`Token for ${url}`);
  if (token === '') throw new BerthError('cli.no-token', { url });
  const me = await new ApiClient({ url, token }).call('me');
  const path = await surroundings.saveCredentials({ url, token });
  printer.result({ url, ...me }, () => printer.line(`You speak to ${url} as ${me.name} now (kept in ${path}).`));
}

/** @throws cli.usage */
function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && [url.origin, `${url.origin}/`].includes(url.href);
  if (isPlain && /^https?:$/.test(url.protocol)) return url.origin;
  const detail = `"${text}" is not the address of a platform, such as https://berth.example.org.`;
  throw new BerthError('cli.usage', { detail, command: 'login' });
}

async function whoAmI({ client, printer, surroundings }: CommandContext): Promise<void> {
  const me = await client.call('me');
  printer.result(me, () => {
    for (const line of meLines(me, surroundings.zone)) printer.line(line);
  });
}

function meLines({ name, displayName, user, by, access, expiresAt }: AnswerOf<'me'>, zone: string): readonly string[] {
  const who = user === null ? `${name}, a token that belongs to nobody` : `${name} (${displayName}), by a ${by}`;
  const until = expiresAt === null ? '' : `, until ${timeText(expiresAt, zone)}`;
  const everywhere = access.everywhere.includes('*') ? 'everything' : access.everywhere.join(' ') || 'nothing';
  const projects = Object.entries(access.projects).map(
    ([project, given]) => `In ${project}: ${given.join(' ') || 'nothing'}`,
  );
  return [`${who}${until}.`, `On the platform: ${everywhere}`, ...projects];
}
