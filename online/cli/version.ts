/** The version from package.json, inserted when the program is bundled. */
declare const COUNTERSIGN_VERSION: string | undefined;
export const version = typeof COUNTERSIGN_VERSION === 'string' ? COUNTERSIGN_VERSION : 'development';
