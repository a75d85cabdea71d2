// Published JSON Schemas are made from what the program itself reads by.
import { z } from 'zod';

/** The JSON Schema (2020-12) of what people may write, without the fields that must never be there. */
export function jsonSchemaOf(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', override: dropAbsent });
}

type Override = NonNullable<NonNullable<Parameters<typeof z.toJSONSchema>[1]>['override']>;

/** A field that tells variants apart by its absence is no field of them. */
function dropAbsent({ zodSchema, jsonSchema }: Parameters<Override>[0]): void {
  if (!(zodSchema instanceof z.ZodObject)) return;
  const absent = Object.entries(zodSchema.shape).filter(([, field]) => isAbsent(field));
  for (const [name] of absent) delete jsonSchema.properties?.[name];
}

function isAbsent(field: unknown): boolean {
  return (
    (field instanceof z.ZodOptional || field instanceof z.ZodExactOptional) && field.unwrap() instanceof z.ZodUndefined
  );
}
