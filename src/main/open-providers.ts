// Opens providers by their kind. Each kind's program is loaded when the first of it is opened: AWS's client alone takes 90 MB.
import { makeKeyPair } from '../adapters/docker-machine/key-pair.ts';
import { BerthError } from '../model/errors.ts';
import type { ProviderAccess } from '../model/server.ts';
import type { Clock } from '../ports/clock.ts';
import type { Provider, Providers } from '../ports/provider.ts';
import type { RootFilesystems } from '../ports/root-filesystems.ts';

/** What providers are opened with. */
export interface ProviderSurroundings {
  readonly clock: Clock;
  /** The platform's own environment; what configures Berth is kept from commands. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Makes the root file system of the docker provider's machines: one that installs the packages that it is asked for. */
  readonly rootFilesystems: RootFilesystems;
  readonly caCertificates: string;
  readonly platformUid: string;
  publicKey(): Promise<string>;
  /** The value that `secret:NAME` stands for. */
  secretValue(reference: string): Promise<string>;
}

/** Names of settings, of which some hold secrets. */
const OWN_SETTINGS = /^BERTH_/;

/** Providers of every kind. */
export function openProviders(surroundings: ProviderSurroundings): Providers {
  return { open: (access) => openProvider(access, surroundings) };
}

async function openProvider(access: ProviderAccess, surroundings: ProviderSurroundings): Promise<Provider> {
  switch (access.kind) {
    case 'command': {
      const { CommandProvider, ORDINARY_COMMAND_LIMITS } = await import(
        '../adapters/command-provider/command-provider.ts'
      );
      const environment = environmentOfCommands(surroundings.environment);
      return new CommandProvider(access, { clock: surroundings.clock, environment, limits: ORDINARY_COMMAND_LIMITS });
    }
    case 'docker': {
      const { DockerProvider } = await import('../adapters/docker-provider/docker-provider.ts');
      return new DockerProvider(access, { ...surroundings, makeHostKey: makeKeyPair });
    }
    case 'ec2': {
      const { Ec2Provider } = await import('../adapters/ec2-provider/ec2-provider.ts');
      return new Ec2Provider(access, surroundings);
    }
    default:
      return unknownKind(access);
  }
}

/** A document of a later version may name a kind that this one does not know. */
function unknownKind(access: never): never {
  const { kind } = access as { readonly kind: string };
  throw new BerthError('provider.unusable', { reason: `this version of Berth knows no provider of the kind ${kind}` });
}

function environmentOfCommands(all: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const kept = Object.entries(all).filter(([name]) => !OWN_SETTINGS.test(name));
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
