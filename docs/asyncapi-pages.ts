// The AsyncAPI document as the files that are published.
import { stringify } from 'yaml';
import { asyncapiDocument } from './asyncapi-document.ts';

/** The text of docs/asyncapi.yaml. */
export function asyncapiYaml(): string {
  return `# Generated from the program: change the tables, not this file.\n${stringify(asyncapiDocument(), { lineWidth: 140, aliasDuplicateObjects: false })}`;
}

/** The text of docs/asyncapi.json. */
export function asyncapiJson(): string {
  return `${JSON.stringify(asyncapiDocument(), null, 2)}\n`;
}
