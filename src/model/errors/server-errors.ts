/** Errors of the life cycle of machines: what people ask of providers and of recovery. */
export const serverErrors = {
  'provider.name-invalid': {
    message: '{name} cannot be the name of a provider.',
    remedy: 'Use 1 to 20 lower-case letters, digits and hyphens, beginning with a letter.',
    status: 400,
    retry: 'terminal',
  },
  'provider.name-taken': {
    message: 'There is a provider {name} already.',
    remedy: "Choose another name, or remove that provider first with 'berth provider rm {name}'.",
    status: 409,
    retry: 'terminal',
  },
  'provider.leaving': {
    message: 'The provider {name} is being removed.',
    remedy: 'Wait until no node names it any more, then add it again.',
    status: 409,
    retry: 'terminal',
  },
  'server.no-provider': {
    message: 'No provider stands behind the node {node}: only people can {act} it.',
    remedy: "Say which machine it is with 'berth node machine {node} PROVIDER MACHINE', or help it by hand.",
    status: 409,
    retry: 'terminal',
  },
  'server.nothing-wrong': {
    message: 'Node {node} is {state}: there is nothing to recover.',
    remedy: "Name a step to force it all the same, for example 'berth node recover {node} --step power-cycle'.",
    status: 409,
    retry: 'terminal',
  },
  'server.machine-taken': {
    message: 'The machine {machine} is the node {node} already.',
    remedy: 'Check the name of the machine: one machine is one node.',
    status: 409,
    retry: 'terminal',
  },
  'server.made-by-berth': {
    message: 'The machine of the node {node} was made by the platform.',
    remedy:
      "To have another machine, remove the node with 'berth node rm {node}' and add the machine as a node of its own.",
    status: 409,
    retry: 'terminal',
  },
  'server.recovery-failed': {
    message: 'This step cannot be taken for the node {node}: {reason}.',
    remedy: "Choose another step, or look at 'berth node why {node}'.",
    status: 409,
    retry: 'terminal',
  },
} as const;
