/**
 * Races between processes that start within milliseconds of each other, on any store: two coordinators, two confirmers, and a
 * confirmer against one who gives up. Round after round on one chain and one store, which at the end must agree.
 */
import * as assert from 'uvu/assert';
import { HEADER, type Ran, TestWorld, type WorldOptions } from '../testing.ts';
import { Pc } from './pc.ts';

const PERIOD = 480;
/** From the order to the moment of the start. */
const LEAD_MS = 12;
/** So that neither always has the shorter way: what one does before the decisive step differs by a little. */
const JITTER_MS = 20;
/** Giving up takes fewer steps than finishing: with a lag up to this both come to win. */
const MAX_LAG_MS = 500;

export interface RaceFigures {
  rounds: number;
  /** How often the first of the two was the winner, by kind of race. */
  wins: Record<string, [number, number]>;
}

class Races {
  readonly world: TestWorld;
  private readonly pcs: Pc[];
  private serial = 0;
  readonly figures: RaceFigures = { rounds: 0, wins: {} };

  constructor(world: TestWorld, pcs: Pc[]) {
    this.world = world;
    this.pcs = pcs;
  }

  private run(i: number, args: string[], at: number): Promise<Ran> {
    return (this.pcs[i - 1] as Pc).run(this.world.pc(i), args, at);
  }

  /** Both commands at once, or the second a little later; each by its controller. */
  private async race(one: [number, string[]], other: [number, string[]], lag = 0): Promise<[Ran, Ran]> {
    const at = Date.now() + LEAD_MS;
    const jitter = () => Math.floor(Math.random() * JITTER_MS);
    return Promise.all([this.run(...one, at + jitter()), this.run(...other, at + lag + jitter())]);
  }

  private won(kind: string, first: boolean): void {
    const wins = this.figures.wins[kind] ?? [0, 0];
    wins[first ? 0 : 1]++;
    this.figures.wins[kind] = wins;
  }

  /** Bars of proposals that came to nothing are proposed again, else their coins would wait for them for ever. */
  private readonly pending: string[] = [];
  private readonly bars = new Map<number, string>();

  private bar(): string {
    const serial = String(++this.serial).padStart(6, '0');
    return `${serial},2020,ACME,400,GSs3ypDm76eusaEx2D1z3smZ8GhuVPsvQz\n`;
  }

  private async prepare(i: number): Promise<{ digest: string; reviewCode: string }> {
    const bar = this.pending.shift() ?? this.bar();
    this.bars.set(i, bar);
    this.world.write(i, 'bars.csv', HEADER + bar);
    const args = ['--issuances', 'bars.csv', '--out', 'request.json', '--yes', '--overwrite'];
    const prepared = await this.world.ok(i, 'prepare', ...args);
    this.world.sign(i, 'request.json', 'mine.json');
    return prepared;
  }

  private comesToNothing(i: number): void {
    this.pending.push(this.bars.get(i) as string);
  }

  /** @returns who won, and the digest of what is open now */
  private async twoCoordinators(): Promise<[winner: number, digest: string]> {
    const prepared = [await this.prepare(1), await this.prepare(2)];
    const submit = ['submit', 'mine.json'];
    const [a, b] = await this.race([1, submit], [2, submit]);
    const said = `${a.stderr}${b.stderr}`;
    assert.equal([a.status, b.status].sort(), [0, 1], said);
    const first = a.status === 0;
    const loser = first ? b : a;
    assert.is(loser.json.error.code, 'PROPOSAL_OPEN', said);
    const winner = prepared[first ? 0 : 1] as (typeof prepared)[number];
    assert.match(loser.json.error.message, new RegExp(`the proposal ${winner.reviewCode} is open`));
    this.won('submit and submit', first);
    this.comesToNothing(first ? 2 : 1);
    const status = await this.world.ok(3, 'status');
    assert.equal([status.digest, status.state], [winner.digest, 'proposed']);
    return [first ? 1 : 2, winner.digest];
  }

  private async twoConfirmers(winner: number): Promise<void> {
    const [x, y] = [1, 2, 3].filter(i => i !== winner) as [number, number];
    await this.world.countersign(x);
    await this.world.countersign(y);
    const finalise = ['finalise', 'mine.json', '--yes', '--poll', '0.03'];
    const [a, b] = await this.race([x, finalise], [y, finalise]);
    assert.equal([a.status, b.status], [0, 0], `${a.stderr}${b.stderr}`);
    assert.equal(a.json, b.json);
    const verified = await this.world.ok(winner, 'map', 'verify');
    assert.equal([verified.valid, verified.digest], [true, a.json.mapping]);
    this.won('finalise and finalise', true);
  }

  /** A confirmer, and another controller who gives it up; then a coordinator who comes with the next one. */
  private async confirmerAndGiver(): Promise<void> {
    await this.prepare(1);
    await this.world.ok(1, 'submit', 'mine.json');
    await this.world.countersign(2);
    const finalise = ['finalise', 'mine.json', '--yes', '--poll', '0.03'];
    const lag = Math.floor(Math.random() * MAX_LAG_MS);
    const [a, b] = await this.race([2, finalise], [3, ['abandon', '--yes']], lag);
    const said = `${a.stderr}${b.stderr}`;
    assert.equal([a.status, b.status].sort(), [0, 1], said);
    if (a.status === 0) assert.ok(['ALREADY_SENT', 'NO_PROPOSAL'].includes(b.json.error.code), said);
    else {
      assert.is(a.json.error.code, 'NO_PROPOSAL', said);
      assert.equal(await this.world.rpc('getrawmempool'), []);
      this.comesToNothing(1);
    }
    this.won('finalise and abandon', a.status === 0);
  }

  /** Two requests that nobody submitted, each with all signatures, finalised at once: one decides, the other sends nothing. */
  private async twoRequests(): Promise<void> {
    const prepared = [await this.prepare(1), await this.prepare(3)];
    for (const i of [1, 3]) this.world.sign(i, 'request.json', 'two.json', 2);
    const finalise = ['finalise', 'mine.json', 'two.json', '--yes', '--poll', '0.03'];
    const [a, b] = await this.race([1, finalise], [3, finalise]);
    const said = `${a.stderr}${b.stderr}`;
    assert.equal([a.status, b.status].sort(), [0, 1], said);
    const first = a.status === 0;
    const loser = first ? b : a;
    assert.ok(['CLAIM_TAKEN', 'BASE_INVALID'].includes(loser.json.error.code), said);
    const lost = prepared[first ? 1 : 0] as (typeof prepared)[number];
    // Where it was uploaded before it lost, it is given up as the sentence says.
    const gone = await this.world.command(2, 'abandon', '--yes', '--request', lost.digest);
    assert.ok(gone.status === 0 || gone.json.error.code === 'NO_PROPOSAL', gone.stderr);
    this.won('finalise and finalise of another request', first);
    this.comesToNothing(first ? 3 : 1);
  }

  /** A confirmer finishes while a coordinator comes with another request on the same mapping. */
  private async confirmerAndCoordinator(): Promise<void> {
    await this.prepare(3);
    await this.prepare(1);
    await this.world.ok(1, 'submit', 'mine.json');
    await this.world.countersign(2);
    const finalise = ['finalise', 'mine.json', '--yes', '--poll', '0.03'];
    const [a, b] = await this.race([2, finalise], [3, ['submit', 'mine.json']]);
    const said = `${a.stderr}${b.stderr}`;
    assert.equal([a.status, b.status], [0, 1], said);
    assert.ok(['PROPOSAL_OPEN', 'BASE_INVALID'].includes(b.json.error.code), said);
    this.won('finalise and submit', true);
    this.comesToNothing(3);
  }

  async round(): Promise<void> {
    const { blocks } = await this.world.rpc('getblockchaininfo');
    const left = PERIOD - (blocks % PERIOD);
    if (left < 20) await this.world.rpc('dev_skip', left);
    await this.world.generate(); // so that the last block is always a fresh one
    const [winner] = await this.twoCoordinators();
    await this.twoConfirmers(winner);
    await this.confirmerAndGiver();
    await this.confirmerAndCoordinator();
    await this.twoRequests();
    this.figures.rounds += 5;
  }
}

/** Races for so long, and then asks whether everything holds. @returns what it came to */
export async function races(options: WorldOptions, seconds: number): Promise<RaceFigures> {
  const world = await TestWorld.ready({ height: 2880, coins: 8, ...options });
  world.onSleep = () => new Promise(done => setTimeout(done, 20));
  const { node } = world.node;
  const miner = setInterval(() => {
    if (node.mempool.all().length > 0) node.mine();
  }, 25);
  const pcs = await Promise.all([Pc.start(), Pc.start(), Pc.start()]);
  const all = new Races(world, pcs);
  try {
    for (const until = Date.now() + seconds * 1000; Date.now() < until || all.figures.rounds === 0; )
      await all.round();
    const verified = await world.ok(1, 'map', 'verify');
    assert.ok(verified.valid);
    await world.generate();
    const report = await world.ok(2, 'report');
    assert.ok(report.agrees);
    assert.is(report.unmapped.filter((t: { ours: boolean }) => t.ours).length, 0);
    assert.is(new Set(report.mapped.map((t: { token: string }) => t.token)).size, verified.assets);
  } finally {
    clearInterval(miner);
    await Promise.all(pcs.map(pc => pc.stop()));
    await world.stop();
  }
  return all.figures;
}
