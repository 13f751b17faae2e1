/** The page: loads the mapping, shows what was found, and asks the worker for what is looked up and compared. */
import { utf8 } from '../../../shared/bytes.ts';
import { Refusal } from '../../../shared/errors.ts';
import { MAX_HEIGHT } from '../../../shared/schedule.ts';
import { readTrust } from '../../../shared/trust.ts';
import { find, hide, sentence, text } from '../../transfer/courier/dom.ts';
import { comparisonViews, foundViews } from './answers.ts';
import { Client } from './client.ts';
import { bytesOf, fetchMapping, type OnProgress } from './load.ts';
import { showFailure, showMapping, showProgress, showState } from './verdict.ts';

/** Shown for a valid mapping only. */
const CARDS = ['look-up', 'compare'];

/** Where an answer stands, and the line that a screen reader is told of it. */
class Answer {
  private readonly place: string;
  private readonly line: string;
  private asked = 0;

  constructor(place: string, line: string) {
    this.place = place;
    this.line = line;
  }

  show(said: string, views: readonly HTMLElement[] = []): void {
    find(this.place, HTMLElement).replaceChildren(...views);
    text(this.line, said);
  }

  /** An answer that is still to come is not shown either: it is about a mapping that is open no more. */
  clear(): void {
    this.asked++;
    this.show('');
  }

  /** What went wrong takes the answer's place. Of several questions only the last is answered. */
  async during(work: () => Promise<[said: string, views: HTMLElement[]]>): Promise<void> {
    const asked = ++this.asked;
    const [said, views] = await work().catch((error): [string, HTMLElement[]] => [sentence(error), []]);
    if (asked === this.asked) this.show(said, views);
  }
}

function typedHeight(): number {
  const typed = find('height', HTMLInputElement).value.trim();
  if (/^[0-9]{1,8}$/.test(typed) && Number(typed) <= MAX_HEIGHT) return Number(typed);
  const problem = `height: expected a whole number of at most ${MAX_HEIGHT}, got "${typed}"`;
  throw new Refusal('FIELD_INVALID', problem, 'The height of the mapping stands above.');
}

class Page {
  private readonly client: Client;
  private readonly profile = find('profile', HTMLScriptElement).text;
  private readonly found = new Answer('found', 'look-up-said');
  private readonly changes = new Answer('changes', 'compare-said');
  /** How many were opened: what is found out about an earlier one is not shown. */
  private opened = 0;

  constructor(script: string) {
    this.client = new Client(script);
  }

  /** @throws Refusal if the profile in the page was damaged */
  showProfile(): void {
    const { digest, reviewCode, network, n, m } = readTrust(utf8(this.profile));
    text('policy', `${n} of ${m} controllers on ${network.name}.`);
    text('profile-digest', digest);
    text('profile-code', reviewCode);
  }

  /** Takes the place of the mapping before, also if this one is not valid. */
  async open(source: string, load: (onProgress: OnProgress) => Promise<ArrayBuffer>): Promise<void> {
    const opened = ++this.opened;
    const progress = (what: string) => (share: number) => {
      if (opened === this.opened) showProgress(what, share);
    };
    showState('checking', `Reading ${source}`);
    for (const id of CARDS) hide(id, true);
    this.found.clear();
    this.changes.clear();
    try {
      const bytes = await load(progress('Loading:'));
      if (opened !== this.opened) return;
      const order = { kind: 'verify', profile: this.profile, bytes } as const;
      const shown = await this.client.ask<'verify'>(order, progress('Checking hashes and signatures:'));
      if (opened !== this.opened) return;
      showMapping(shown, source);
      for (const id of CARDS) hide(id, !shown.valid);
      find('height', HTMLInputElement).value = String(shown.height);
    } catch (error) {
      if (opened === this.opened) showFailure(error);
    }
  }

  openFile(file: File): Promise<void> {
    return this.open(file.name, () => bytesOf(file));
  }

  lookUp(): Promise<void> {
    return this.found.during(async () => {
      const [height, question] = [typedHeight(), find('asked', HTMLTextAreaElement).value];
      const all = await this.client.ask<'look up'>({ kind: 'look up', question, height });
      const none = all.filter(({ rows }) => rows.length === 0).length;
      const said = `${all.length} looked up, ${all.length - none} found, ${none} not found.`;
      return [said, foundViews(all, height)];
    });
  }

  compareWith(file: File): Promise<void> {
    return this.changes.during(async () => {
      this.changes.show(`Reading ${file.name}`);
      const comparison = await this.client.ask<'compare'>({ kind: 'compare', bytes: await bytesOf(file) });
      return [`Compared with ${file.name}.`, comparisonViews(comparison)];
    });
  }

  /** Onto the card that compares, a file is the older copy; anywhere else it is the mapping to check. */
  dropped(file: File, target: Node): Promise<void> {
    const card = find('compare', HTMLElement);
    return !card.hidden && card.contains(target) ? this.compareWith(file) : this.openFile(file);
  }
}

function wireFile(id: string, use: (file: File) => Promise<void>): void {
  const input = find(id, HTMLInputElement);
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    if (file) void use(file);
    // The same file may be chosen again.
    input.value = '';
  });
}

function wireDrop(use: (file: File, target: Node) => Promise<void>): void {
  const over = (event: DragEvent, isOver: boolean) => {
    event.preventDefault();
    document.body.classList.toggle('over', isOver);
  };
  addEventListener('dragover', event => over(event, true));
  addEventListener('dragleave', event => over(event, false));
  addEventListener('drop', event => {
    over(event, false);
    const files = event.dataTransfer?.files ?? [];
    if (files.length === 1) void use(files[0] as File, event.target as Node);
  });
}

function wirePrint(): void {
  find('print', HTMLButtonElement).addEventListener('click', () => print());
  addEventListener('beforeprint', () => {
    const now = new Date().toISOString().slice(0, 16).replace('T', ' ');
    text('record', `Printed ${now} UTC by this device's clock.`);
  });
}

/** @param script of this page: its worker is made from it */
export function startPage(script: string): void {
  const page = new Page(script);
  try {
    page.showProfile();
  } catch (error) {
    showFailure(error);
    text('profile-digest', `The trust profile in this page is damaged. ${sentence(error)}`);
    for (const id of ['file', 'kept']) find(id, HTMLInputElement).disabled = true;
    return;
  }
  wireFile('file', file => page.openFile(file));
  wireFile('kept', file => page.compareWith(file));
  wireDrop((file, target) => page.dropped(file, target));
  wirePrint();
  find('question', HTMLFormElement).addEventListener('submit', event => {
    event.preventDefault();
    void page.lookUp();
  });
  if (location.protocol === 'file:') showState('no file', 'Open the map.json that you want to check.');
  else void page.open('map.json', fetchMapping);
}
