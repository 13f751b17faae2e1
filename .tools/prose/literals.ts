/**
 * The syntax tree of a TypeScript program, and the texts of its literals. Source: the ESTree specification.
 */
import { SourceMap } from 'node:module';
import { type Node, parse } from 'acorn';
import { transformSync } from 'esbuild';

export type Part = Node & Record<string, unknown>;

/** @returns the tree, and a function that returns the line in which a part of the tree begins */
export function parseProgram(program: string): { tree: Part; lineOf: (part: Part) => number } {
  const { code, map } = transformSync(program, { loader: 'ts', target: 'esnext', sourcemap: 'external' });
  const lines = new SourceMap(JSON.parse(map));
  const tree = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true });
  const lineOf = ({ loc }: Part) => {
    if (!loc) return 1;
    const at = lines.findEntry(loc.start.line - 1, loc.start.column);
    return 'originalLine' in at ? at.originalLine + 1 : 1;
  };
  return { tree: tree as unknown as Part, lineOf };
}

/**
 * @param inserted the text in place of each inserted value of a template
 * @returns the text; null for a node that is no text
 */
export function literalText(node: Part, inserted: string): string | null {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type !== 'TemplateLiteral') return null;
  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join(inserted);
}
