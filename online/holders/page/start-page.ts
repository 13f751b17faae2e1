/** The page: loads the mapping, shows the result, and sends look-ups and comparisons to the worker. */
import { utf8 } from '../../../shared/bytes.ts';
import { checkThat, Refusal } from '../../../shared/errors.ts';
import { MAX_HEIGHT } from '../../../shared/token-schedule.ts';
import { readTrust } from '../../../shared/trust.ts';
import { errorSentenceOf, findElement, setHidden, setText } from '../../transfer/courier/page-elements.ts';
import { comparisonViews, foundViews, problemViews } from './answer-views.ts';
import { fetchMapping, type OnProgress, readFileBytes } from './load-mapping.ts';
import { replaceInvisible } from './page-elements.ts';
import { showFailure, showMapping, showProgress, showVerdictState } from './verdict-card.ts';
import { WorkerClient } from './worker-client.ts';

/**
 * Cards that are hidden until a valid mapping is open. For an empty mapping, the card for the comparison is
 * shown too, because a valid copy with bars proves a rollback.
 */
const CARDS = ['look-up', 'compare'];

/** The element that shows an answer, and the line that a screen reader announces. */
class AnswerElement {
  private readonly place: string;
  private readonly line: string;
  private asked = 0;

  constructor(place: string, line: string) {
    this.place = place;
    this.line = line;
  }

  show(said: string, views: readonly HTMLElement[] = []): void {
    findElement(this.place, HTMLElement).replaceChildren(...views);
    setText(this.line, replaceInvisible(said));
  }

  /**
   * Clears the answer. An answer that is still awaited will not be shown, because it belongs to an earlier
   * mapping or question.
   */
  clear(): void {
    this.asked++;
    this.show('');
  }

  /**
   * Runs the work, and shows its answer or its error. If new work starts before the end of earlier work, only
   * the answer of the new work is shown.
   */
  async during(work: () => Promise<[said: string, views: HTMLElement[]]>): Promise<void> {
    const asked = ++this.asked;
    const [said, views] = await work().catch((error): [string, HTMLElement[]] => [
      errorSentenceOf(error),
      [],
    ]);
    if (asked === this.asked) this.show(said, views);
  }
}

function readTypedHeight(): number {
  const typed = findElement('height', HTMLInputElement).value.trim();
  if (/^[0-9]{1,8}$/.test(typed) && Number(typed) <= MAX_HEIGHT) return Number(typed);
  const problem = `height: expected a whole number of at most ${MAX_HEIGHT}, got "${typed}"`;
  throw new Refusal(
    'FIELD_INVALID',
    problem,
    'Enter a block number. The height of the mapping is shown above.',
  );
}

const fileNamesText = (files: readonly File[]): string =>
  files.length === 1 ? (files[0] as File).name : `${files.length} files`;

/** @throws Refusal FILE_UNUSABLE for several files, because the page does not guess which one is meant */
async function readSingleFile(files: readonly File[]): Promise<ArrayBuffer> {
  checkThat(
    files.length === 1,
    'FILE_UNUSABLE',
    `expected 1 file, got ${files.length}`,
    'Drop one file at a time.',
  );
  return readFileBytes(files[0] as File);
}

class HolderPage {
  private readonly client: WorkerClient;
  private readonly profile = findElement('profile', HTMLScriptElement).text;
  private readonly found = new AnswerElement('found', 'look-up-said');
  private readonly changes = new AnswerElement('changes', 'compare-said');
  /**
   * Number of mappings that were opened so far. If this number changed during a check, its result is about an
   * earlier mapping, and is not shown.
   */
  private opened = 0;

  constructor(script: string) {
    this.client = new WorkerClient(script);
  }

  /** @throws Refusal if the profile in the page was damaged */
  showProfile(): void {
    const { digest, reviewCode, network, n, m } = readTrust(utf8(this.profile));
    setText('policy', `${n} of ${m} controllers on ${network.name}.`);
    setText('profile-digest', digest);
    setText('profile-code', reviewCode);
  }

  /** Shows a new mapping in place of the previous one, even if the new one is not valid. */
  async open(source: string, load: (onProgress: OnProgress) => Promise<ArrayBuffer>): Promise<void> {
    const opened = ++this.opened;
    const progress = (what: string) => (share: number) => {
      if (opened === this.opened) showProgress(what, share);
    };
    showVerdictState('checking', `Reading ${source}`);
    for (const id of CARDS) setHidden(id, true);
    this.found.clear();
    this.changes.clear();
    try {
      const bytes = await load(progress('Loading:'));
      if (opened !== this.opened) return;
      const order = { kind: 'verify', profile: this.profile, name: source, bytes } as const;
      const shown = await this.client.ask<'verify'>(order, progress('Checking hashes and signatures:'));
      if (opened !== this.opened) return;
      showMapping(shown, source);
      setHidden('look-up', !shown.valid);
      setHidden('compare', !shown.valid && !shown.begins);
      findElement('height', HTMLInputElement).value = String(shown.height);
    } catch (error) {
      if (opened === this.opened) showFailure(error);
    }
  }

  openFiles(files: readonly File[]): Promise<void> {
    return this.open(fileNamesText(files), () => readSingleFile(files));
  }

  /** Clears the answer when the question changes, because the answer belongs to the earlier question. */
  asksAnew(): void {
    this.found.clear();
  }

  lookUp(): Promise<void> {
    return this.found.during(async () => {
      const [height, question] = [readTypedHeight(), findElement('asked', HTMLTextAreaElement).value];
      const { found: all, problems } = await this.client.ask<'look up'>({
        kind: 'look up',
        question,
        height,
      });
      const none = all.filter(({ rows }) => rows.length === 0).length;
      if (all.length + problems.length === 0)
        return ['Type a serial number, a reference or an asset id.', []];
      const counts = `${all.length} looked up, ${all.length - none} found, ${none} not found.`;
      const said = problems.length > 0 ? `${counts} Lines with errors: ${problems.length}.` : counts;
      return [said, [...problemViews(problems), ...foundViews(all, height)]];
    });
  }

  compareWith(files: readonly File[]): Promise<void> {
    return this.changes.during(async () => {
      this.changes.show(`Reading ${fileNamesText(files)}`);
      const bytes = await readSingleFile(files);
      const comparison = await this.client.ask<'compare'>({
        kind: 'compare',
        name: fileNamesText(files),
        bytes,
      });
      return [`Compared with ${fileNamesText(files)}.`, comparisonViews(comparison)];
    });
  }

  /**
   * A file that is dropped on the visible comparison card is the older copy. Any other dropped file is the
   * mapping to check.
   */
  dropped(files: readonly File[], target: Node): Promise<void> {
    const card = findElement('compare', HTMLElement);
    return !card.hidden && card.contains(target) ? this.compareWith(files) : this.openFiles(files);
  }
}

function wireFileInput(id: string, use: (files: readonly File[]) => Promise<void>): void {
  const input = findElement(id, HTMLInputElement);
  input.addEventListener('change', () => {
    if (input.files?.length) void use([...input.files]);
    // The empty value makes the browser report a change even if a person chooses the same file again.
    input.value = '';
  });
}

function wireDrop(use: (files: readonly File[], target: Node) => Promise<void>): void {
  const over = (event: DragEvent, isOver: boolean) => {
    // Dropped text is ignored here, because the field for the question handles it.
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    document.body.classList.toggle('over', isOver);
  };
  addEventListener('dragover', event => over(event, true));
  addEventListener('dragleave', event => over(event, false));
  addEventListener('drop', event => {
    over(event, false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length > 0) void use(files, event.target as Node);
  });
}

function wirePrintButton(): void {
  findElement('print', HTMLButtonElement).addEventListener('click', () => print());
  addEventListener('beforeprint', () => {
    const now = new Date().toISOString().slice(0, 16).replace('T', ' ');
    setText('record', `Printed ${now} UTC by this device's clock.`);
  });
}

/** @param script text of the page's own script, from which the worker is started */
export function startPage(script: string): void {
  const page = new HolderPage(script);
  try {
    page.showProfile();
  } catch (error) {
    showFailure(error);
    setText('profile-digest', `The trust profile in this page is damaged. ${errorSentenceOf(error)}`);
    for (const id of ['file', 'kept']) findElement(id, HTMLInputElement).disabled = true;
    return;
  }
  wireFileInput('file', files => page.openFiles(files));
  wireFileInput('kept', files => page.compareWith(files));
  wireDrop((files, target) => page.dropped(files, target));
  wirePrintButton();
  findElement('question', HTMLFormElement).addEventListener('submit', event => {
    event.preventDefault();
    void page.lookUp();
  });
  findElement('question', HTMLFormElement).addEventListener('input', () => page.asksAnew());
  if (location.protocol === 'file:') showVerdictState('none', 'Open the map.json that you want to check.');
  else void page.open('map.json', fetchMapping);
}
