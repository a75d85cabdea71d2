// berth platform: installs a platform on machines, tells what it would do, upgrades it, shows it, takes it down.
import type { Command } from 'commander';
import { act } from '../cli/command-context.ts';
import type { Surroundings } from '../cli/surroundings.ts';
import type { DestroyOptions } from './initializer-destroy.ts';
import type { InstallerOptions } from './installer-of.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Adds the commands; what they need is loaded only when they run. */
export function addInitializerCommand(program: Command, surroundings: Surroundings, environment: Environment): void {
  // The command line that speaks to a platform may have the group already.
  const known = program.commands.find((each) => each.name() === 'platform') ?? program.command('platform');
  const platform = known.description('install and look after a platform on machines');
  const init = installing(platform, 'init', 'install what a machines file says; done again, it changes what differs');
  act<InstallerOptions>(init, surroundings, async ({ printer }, [file = ''], options) => {
    const { initPlatform } = await import('./initializer-acts.ts');
    await initPlatform(file, options, { printer, surroundings, environment });
  });
  const plan = installing(platform, 'plan', 'tell what init would do, and do nothing');
  act<InstallerOptions>(plan, surroundings, async ({ printer }, [file = ''], options) => {
    const { planPlatform } = await import('./initializer-acts.ts');
    await planPlatform(file, options, { printer, surroundings, environment });
  });
  const upgrade = installing(platform, 'upgrade', 'bring this program to a platform, machine by machine');
  act<InstallerOptions>(upgrade, surroundings, async ({ printer }, [file = ''], options) => {
    const { upgradePlatform } = await import('./initializer-acts.ts');
    await upgradePlatform(file, options, { printer, surroundings, environment });
  });
  const status = installing(platform, 'status', 'show every component of a platform');
  act<InstallerOptions>(status, surroundings, async ({ printer }, [file = ''], options) => {
    const { showPlatform } = await import('./initializer-acts.ts');
    await showPlatform(file, options, { printer, surroundings, environment });
  });
  const destroy = installing(platform, 'destroy', 'take a platform off its machines; its data stays')
    .option('--data', 'remove its data as well')
    .option('--yes', 'do not ask');
  act<DestroyOptions>(destroy, surroundings, async ({ printer }, [file = ''], options) => {
    const { destroyPlatform } = await import('./initializer-destroy.ts');
    await destroyPlatform(file, options, { printer, surroundings, environment });
  });
  addMachineCommands(platform, surroundings, environment);
}

function installing(platform: Command, name: string, description: string): Command {
  return platform
    .command(`${name} <machines.yaml>`)
    .description(description)
    .option('--accept-host-keys', "take over the host keys of machines that are marked 'scan: true', unseen")
    .option('--program <directory>', 'the program in another directory than the one that runs')
    .option('--put-back', 'have components that monitoring moved run where they were placed')
    .option('--patience <seconds>', 'how long a component may take until it is healthy');
}

/** What the others run on the machines themselves. */
function addMachineCommands(platform: Command, surroundings: Surroundings, environment: Environment): void {
  const probe = platform
    .command('probe <url>', { hidden: true })
    .description('ask a component of this machine whether it is ready');
  act<object>(probe, surroundings, async (_, [url = '']) => {
    const { probeComponent } = await import('./initializer-probe.ts');
    process.exitCode = (await probeComponent(url, surroundings)) ? 0 : 1;
  });
  const prepare = platform
    .command('prepare-store', { hidden: true })
    .description('make the tables of the database whose address comes as input, or bring them forward');
  act<object>(prepare, surroundings, async () => {
    const { prepareStore } = await import('./initializer-engines.ts');
    await prepareStore(await surroundings.readSecret('Address of the database'));
  });
  const broker = platform
    .command('broker', { hidden: true })
    .description("do with this machine's broker what comes as input");
  act<object>(broker, surroundings, async () => {
    const { orderBroker } = await import('./initializer-engines.ts');
    await orderBroker(await surroundings.readSecret('What to do'));
  });
  const claim = platform
    .command('claim <settings>')
    .description('make a new link by which a platform without administrator is claimed, on a machine that has its api');
  act<object>(claim, surroundings, async ({ printer }, [settings = '']) => {
    const { newClaimLink } = await import('./initializer-claim.ts');
    const link = await newClaimLink({ settingsPath: settings, environment });
    printer.result({ link: link ?? null }, () => printer.line(link ?? 'It has an administrator already.'));
  });
  const nodes = platform
    .command('nodes <settings>', { hidden: true })
    .description('the nodes of the platform of this machine');
  act<object>(nodes, surroundings, async ({ printer }, [settingsPath = '']) => {
    const { platformNodes } = await import('./initializer-nodes.ts');
    const found = await platformNodes({ settingsPath, environment });
    printer.result({ nodes: found }, () =>
      printer.line(found.map(({ name, state }) => `${name}: ${state}`).join('\n')),
    );
  });
  const join = platform
    .command('join <settings> <node> <address> <hostKey>', { hidden: true })
    .description('add a node to the platform of this machine, and wait until it is ready');
  act<object>(join, surroundings, async (_, [settingsPath = '', name = '', address = '', hostKey = '']) => {
    const { joinNode } = await import('./initializer-nodes.ts');
    await joinNode({ settingsPath, environment }, { name, address, hostKey });
  });
}
