/** Chooses the kernel modules of the image: the permitted modules, and the modules that they need. */
import type { Tree } from './tar-and-cpio.ts';

const MODULE = /^usr\/lib\/modules\/[^/]+\/kernel\/(.+\.ko)$/;
/** The kernel treats `_` and `-` as equal in module names. */
const moduleName = (path: string): string =>
  path.replace(/^.*\//, '').replace(/\.ko$/, '').replaceAll('-', '_');

/** Names of the modules that a module needs, from the text that the kernel's build stores in the module. */
function neededModules(content: Uint8Array): string[] {
  const text = Buffer.from(content).toString('latin1');
  const needs = /\0depends=([^\0]*)\0/.exec(text)?.[1] ?? '';
  return needs.split(',').filter(name => name !== '');
}

/**
 * @param kernel the files of the kernel's package
 * @param allowed beginnings of the paths of modules. Each must match at least one module
 * @returns the paths of the chosen modules in the package
 * @throws Error if a chosen module is forbidden, or an expected module is missing
 */
export function chooseModules(kernel: Tree, allowed: readonly string[], forbidden: RegExp): string[] {
  const places = new Map<string, string>();
  for (const place of kernel.keys()) if (MODULE.test(place)) places.set(moduleName(place), place);
  const pathOf = (place: string) => MODULE.exec(place)![1]!;
  const chosen = new Set<string>();
  const add = (place: string, why: string) => {
    if (chosen.has(place)) return;
    if (forbidden.test(pathOf(place))) throw new Error(`${pathOf(place)}: forbidden, and ${why}`);
    chosen.add(place);
    for (const need of neededModules(kernel.get(place)!.content)) {
      const needed = places.get(moduleName(need));
      if (!needed)
        throw new Error(`${pathOf(place)} needs ${need}, which the kernel's package does not have`);
      add(needed, `needed by ${pathOf(place)}`);
    }
  };
  for (const start of allowed) {
    const found = [...places.values()].filter(place => pathOf(place).startsWith(start));
    if (found.length === 0) throw new Error(`${start}: expected a module of this name, the kernel has none`);
    for (const place of found) add(place, `allowed by ${start}`);
  }
  return [...chosen].sort();
}

/** For the check of the finished image. @returns the paths of the forbidden modules in the tree */
export const forbiddenModules = (tree: Tree, forbidden: RegExp): string[] =>
  [...tree.keys()].filter(place => forbidden.test(MODULE.exec(place)?.[1] ?? ''));
