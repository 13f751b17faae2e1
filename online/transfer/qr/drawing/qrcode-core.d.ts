/**
 * The parts of `qrcode` that draw without Node's modules. The main entry of the package needs `fs` and has no
 * types for these parts.
 */
declare module 'qrcode/lib/core/qrcode.js' {
  interface Modules {
    size: number;
    /** One byte a module, row by row: 1 is dark. */
    data: Uint8Array;
  }
  const core: {
    create(
      segments: { data: string; mode: 'alphanumeric' }[],
      options: { version: number; errorCorrectionLevel: 'L'; maskPattern?: number },
    ): { modules: Modules; version: number; maskPattern: number };
  };
  export default core;
}

// Only for the test that compares our table of capacities with the table of the package.
declare module 'qrcode/lib/core/version.js' {
  const version: { getCapacity(version: number, level: object, mode: object): number };
  export default version;
}
declare module 'qrcode/lib/core/mode.js' {
  const mode: { ALPHANUMERIC: object };
  export default mode;
}
declare module 'qrcode/lib/core/error-correction-level.js' {
  const level: { L: object };
  export default level;
}
