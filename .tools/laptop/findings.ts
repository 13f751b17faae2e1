/** Texts about the problems that the build gates find in a program. */
export const FINDINGS = {
  taken: 'a member taken by a name that is put together',
  byName: 'a member by a name that is put together',
  listener: 'a listener that is not an arrow function',
  process: 'process beyond what is allowed',
  kill: 'process.kill with another signal than 0',
  event: 'process.on with another event',
  change: 'a change of a global',
  global: 'a global beyond those allowed',
  globalObject: 'the global object',
  object: 'Object beyond what is allowed',
  value: 'a global as a value',
  nameless: 'an import of no names',
};

export const outsideClassFinding = (type: string) => `${type} outside a class`;
export const streamFinding = (stream: string) => `process.${stream} beyond what is allowed`;
export const methodFinding = (stream: string) => `a method of process.${stream} as a value`;
export const memberFinding = (name: string) => `the member "${name}"`;
export const syntaxFinding = (type: string) => `syntax beyond what is allowed (${type})`;
export const importFinding = (name: string, from: string) => `an import of ${name} of ${from}`;
export const inputFileFinding = (file: string) => `the file ${file} may not go in`;
export const refusedBuildText = (name: string) => `${name} may not be built:`;
/** @param text the name of the text in which the problem is: `bundle` or `own code` */
export const findingText = (text: string, line: number, what: string) =>
  `line ${line} of the ${text} has ${what}`;
