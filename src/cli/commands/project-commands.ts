// berth project …: applications that the same people look after.
import type { Command } from 'commander';
import { act, type CommandContext } from '../command-context.ts';
import type { Surroundings } from '../surroundings.ts';

interface ProjectOptions {
  readonly description?: string;
}

const COLUMNS = [{ heading: 'PROJECT' }, { heading: 'APPLICATIONS' }, { heading: 'DESCRIPTION' }];

/** Adds the commands of projects. */
export function addProjectCommands(program: Command, surroundings: Surroundings): void {
  const project = program.command('project').description('applications that the same people look after');
  act(project.command('list').alias('ls').description('those that you may see'), surroundings, list);
  const add = project.command('add <project>').description('add one');
  act(add.option('--description <text>', 'what it is for'), surroundings, addProject);
  const change = project.command('change <project>').description('describe one anew');
  act(change.requiredOption('--description <text>', 'what it is for'), surroundings, changeProject);
  act(
    project.command('remove <project>').alias('rm').description('remove one that holds no applications'),
    surroundings,
    remove,
  );
  act(
    project.command('move <application> <project>').description('put an application into a project'),
    surroundings,
    move,
  );
}

async function list({ client, printer }: CommandContext): Promise<void> {
  const { items } = await client.call('listProjects');
  const rows = items.map(({ name, applications, description }) => [name, applications.join(' ') || '-', description]);
  printer.result(items, () => printer.table(COLUMNS, rows, 'You have a role in no project.'));
}

async function addProject(
  { client, printer }: CommandContext,
  [name = '']: readonly string[],
  { description = '' }: ProjectOptions,
): Promise<void> {
  const added = await client.call('addProject', { body: { name, description } });
  printer.result(added, () =>
    printer.line(
      `Project ${added.name} is added; give people roles in it: berth user access NAME --role ${added.name}=developer`,
    ),
  );
}

async function changeProject(
  { client, printer }: CommandContext,
  [project = '']: readonly string[],
  { description = '' }: ProjectOptions,
): Promise<void> {
  const changed = await client.call('changeProject', { params: { project }, body: { description } });
  printer.result(changed, () => printer.line(`Project ${changed.name}: ${changed.description}`));
}

async function remove({ client, printer }: CommandContext, [project = '']: readonly string[]): Promise<void> {
  const answer = await client.call('removeProject', { params: { project } });
  printer.result(answer, () => printer.line(`Project ${answer.removed} is removed.`));
}

async function move(
  { client, printer }: CommandContext,
  [application = '', project = '']: readonly string[],
): Promise<void> {
  const moved = await client.call('moveApplication', { params: { application }, body: { project } });
  printer.result(moved, () => printer.line(`${moved.application} is in the project ${moved.project} now.`));
}
