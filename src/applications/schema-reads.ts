// The JSON Schemas of everything that people write for the application manager, as they are published.
import { appConfigJsonSchema } from './app-config-schema.ts';
import { instanceFileJsonSchema } from './instance-file-schema.ts';
import { sensorConfigJsonSchema } from './sensor-config-schema.ts';
import { sensorFileJsonSchema } from './sensor-file-schema.ts';

/** JSON Schemas (2020-12) by the name under which they are published. */
export const PUBLISHED_SCHEMAS: Readonly<
  Record<'app_config' | 'sensor_config' | 'sensor_file' | 'instance', () => object>
> = {
  app_config: appConfigJsonSchema,
  sensor_config: sensorConfigJsonSchema,
  sensor_file: sensorFileJsonSchema,
  instance: instanceFileJsonSchema,
};
