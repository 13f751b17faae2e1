/** A finalise that stands still between reading and writing, while others go on: what they published is not lost. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BAR_1, BAR_2, HEADER, TestWorld } from '../../../fixtures/pcs/testing.ts';
import { utf8 } from '../../../shared/bytes.ts';
import { parseMapping } from '../../../shared/mapping/mapping.ts';
import { OceanNode } from '../../node/node.ts';
import { LocalState } from '../../platform/local-state.ts';
import type { World } from '../../platform/world.ts';
import { FileStore } from '../../store/file/file.ts';
import { finalise } from '../finalise.ts';
import { keepBase } from '../published.ts';
import type { Services } from '../services.ts';

const test = suite<{ world: TestWorld }>('stalled');
test.before.each(async context => {
  context.world = await TestWorld.ready();
});
test.after.each(({ world }) => world.stop());

const FINALISE = ['finalise', 'mine.json', '--yes'];

/** What a command of PC i works with; its store does `meanwhile` once, before it replaces map.json. */
function servicesOf(world: TestWorld, i: number, meanwhile = async () => {}): Services & { told: string[] } {
  class Slow extends FileStore {
    private stalled = false;
    override async put(key: string, bytes: Uint8Array): Promise<void> {
      if (key === 'map.json' && !this.stalled) {
        this.stalled = true;
        await meanwhile();
      }
      await super.put(key, bytes);
    }
  }
  const of: Partial<World> = {
    cwd: world.pc(i),
    now: () => Date.now(),
    sleep: async () => void (await world.generate()),
  };
  const told: string[] = [];
  return {
    world: of as World,
    store: new Slow(join(world.root, 'store')),
    node: new OceanNode(world.node.url),
    trust: world.trust,
    state: new LocalState(of as World),
    progress: text => void told.push(text),
    told,
  };
}

const options = (files: string[]) => ({
  ...{ files, maxTipAge: 100, poll: 1, confirmations: 1 },
  agree: async () => {},
});

/** PC 3 publishes the same request, and 1 and 3 issue another one after it. @returns what is published then */
async function othersGoOn(world: TestWorld): Promise<string> {
  await world.ok(3, 'finalise', '--yes');
  await world.propose(1, HEADER + BAR_2);
  await world.countersign(3);
  await world.ok(3, ...FINALISE);
  return world.object('map.json');
}

test('its mapping, put over a newer one, gives way at once', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  let newer = '';
  const services = servicesOf(world, 2, async () => {
    newer = await othersGoOn(world);
  });
  const { mapping } = await finalise(services, options(['mine.json']));
  assert.is(world.object('map.json'), newer);
  assert.is.not(mapping, parseMapping(utf8(newer)).digest);
  assert.match(
    services.told.join('\n'),
    new RegExp(
      `map\\.json was the mapping ${mapping}, after which .* was published: that one is brought back`,
    ),
  );
  assert.ok((await world.ok(1, 'report')).agrees);
});

test('and where it ended right there, whoever comes next brings the newer one back', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  await world.ok(2, ...FINALISE);
  const stale = world.object('map.json');
  const newer = await othersGoOn(world);
  world.putObject('map.json', stale);
  // A PC that saw neither.
  rmSync(join(world.pc(1), '.countersign'), { recursive: true });
  const ran = await world.command(1, 'status');
  assert.equal([ran.status, ran.json.mapping], [0, parseMapping(utf8(newer)).digest], ran.stderr);
  assert.match(ran.stderr, /was published: that one is brought back from history/);
  assert.is(world.object('map.json'), newer);
  // What the history does not have cannot be brought back; the older one is not gone on with.
  world.putObject('map.json', stale);
  rmSync(join(world.root, 'store', `history/${ran.json.mapping}.json`));
  const lost = await world.command(1, 'status');
  assert.equal([lost.status, lost.json.error.code], [1, 'OBJECT_MISSING'], lost.stderr);
  assert.match(
    lost.json.error.message,
    /^history\/.*expected the mapping that was published after .*, found none$/,
  );
});

test('a name in the history that a cut object has taken gets its mapping', async ({ world }) => {
  await world.propose(1, HEADER + BAR_1);
  await world.countersign(2);
  const { mapping } = await world.ok(2, ...FINALISE);
  const bytes = world.object('map.json');
  const key = `history/${mapping}.json`;
  const unsigned = bytes.replace(/"sigs": \{[^}]*\}/, '"sigs": {}');
  assert.is(parseMapping(utf8(unsigned)).digest, mapping, 'the name does not cover the signatures');
  for (const damaged of ['', bytes.slice(0, -9), unsigned]) {
    world.putObject(key, damaged);
    await world.ok(2, ...FINALISE);
    assert.is(world.object(key), bytes);
    world.putObject(key, damaged);
    const services = servicesOf(world, 1);
    await keepBase(services, { mapping: parseMapping(utf8(bytes)), bytes: utf8(bytes) });
    assert.is(world.object(key), bytes);
    assert.match(services.told.join(), /what lay there was not the mapping of this name/);
  }
  // With other signatures it is the same mapping: left as it is.
  const labelled = bytes.replace('"1": "', '"3": "');
  world.putObject(key, labelled);
  await world.ok(2, ...FINALISE);
  assert.is(world.object(key), labelled);
});

test.run();
