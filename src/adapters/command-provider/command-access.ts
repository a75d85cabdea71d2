// What a provider of the user's commands is told.
import type { ProviderAccess } from '../../model/server.ts';

/** The words of each act. */
export type CommandAccess = Extract<ProviderAccess, { readonly kind: 'command' }>;
