/** For tests of the report's page: a world with three issuances, and the text of the page. */
import * as assert from 'uvu/assert';
import { BAR_1, BAR_2, BAR_3, HEADER, TestWorld } from '../../../fixtures/pcs/testing.ts';

export interface Issued {
  world: TestWorld;
  /** Digests of the published mappings, oldest first. */
  digests: string[];
}

/**
 * Issues three bars of 389.142, 405.92 and 400 fine troy ounces in three issuances. The first issuance is in
 * an earlier period than the other two.
 */
export async function worldWithThreeIssuances(): Promise<Issued> {
  const world = await TestWorld.ready();
  const digests: string[] = [];
  for (const [i, bar] of [BAR_1, BAR_2, BAR_3].entries()) {
    await world.propose(1, HEADER + bar);
    await world.countersign(2);
    digests.push((await world.ok(2, 'finalise', 'mine.json', '--yes')).mapping);
    if (i === 0) await world.generate(600);
  }
  return { world, digests };
}

export async function reportPageOf(world: TestWorld): Promise<string> {
  const ran = await world.command(1, 'report', '--html', 'report.html', '--overwrite');
  assert.type(ran.json.agrees, 'boolean', ran.stderr);
  assert.is(ran.status, ran.json.agrees ? 0 : 1);
  return world.read(1, 'report.html');
}

/** The page's text, without tags and with decoded entities. */
export function textOfHtml(html: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
  return html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(lt|gt|quot|#39|amp);/g, (_, name) => entities[name] as string)
    .replace(/\s+/g, ' ');
}

/**
 * The parts of a report that its summary needs.
 * @param verdicts the verdict of each mapped token
 * @param ours for each unmapped token: true if it comes from our policy coins
 */
export const makeReportFrom = (verdicts: string[], ours: boolean[]) =>
  ({
    mapped: verdicts.map(verdict => ({ verdict, difference: '0.00000000' })),
    unmapped: ours.map(own => ({ ours: own })),
    usedUp: 0,
    open: null,
  }) as never;
