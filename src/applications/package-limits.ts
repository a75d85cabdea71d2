/** Bounds of what is taken in. */
export interface PackageLimits {
  /** Size of the zip. */
  readonly zipBytes: number;
  /** Size of everything in it, unpacked. */
  readonly unpackedBytes: number;
  readonly entries: number;
  /** All names together: they are kept in one document. */
  readonly nameBytes: number;
  /** Unpacked to packed size of one entry, judged only above `ratioFloorBytes`: text and zeros legitimately pack well. */
  readonly ratio: number;
  readonly ratioFloorBytes: number;
  /** Size of app_config.json and of sensor_config.json. */
  readonly configBytes: number;
}

const MIB = 1024 * 1024;

/** The bounds where no setting says otherwise. */
export const DEFAULT_PACKAGE_LIMITS: PackageLimits = {
  zipBytes: 512 * MIB,
  unpackedBytes: 2048 * MIB,
  entries: 20_000,
  nameBytes: 4 * MIB,
  ratio: 200,
  ratioFloorBytes: 16 * MIB,
  configBytes: MIB,
};
