/** Loads the bytes of a mapping: from the server of the page, or from a chosen or dropped file. */
import { checkThat, Refusal } from '../../../shared/errors.ts';
import { MAX_MAPPING_BYTES } from '../../../shared/mapping/mapping.ts';

const KEY = 'map.json';

/** @param share the loaded part, from 0 to 1 */
export type OnProgress = (share: number) => void;

function checkByteCount(what: string, bytes: number): void {
  checkThat(
    bytes <= MAX_MAPPING_BYTES,
    'TOO_LARGE',
    `${what}: ${bytes} bytes, expected at most ${MAX_MAPPING_BYTES}`,
    'Check that the file is the mapping.',
  );
}

/**
 * @throws Refusal TOO_LARGE for a file that is too large, which is then not read; FILE_UNUSABLE if the file
 * cannot be read
 */
export async function readFileBytes(file: File): Promise<ArrayBuffer> {
  checkByteCount(file.name, file.size);
  try {
    return await file.arrayBuffer();
  } catch (error) {
    throw new Refusal(
      'FILE_UNUSABLE',
      `${file.name}: cannot be read (${error})`,
      'Copy the file to this computer and choose the copy.',
    );
  }
}

const isUncompressed = ({ headers }: Response) => headers.get('content-encoding') === null;

async function readBody(response: Response, onProgress: OnProgress): Promise<ArrayBuffer> {
  const length = isUncompressed(response) ? Number(response.headers.get('content-length') ?? 0) : 0;
  checkByteCount(KEY, length);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.length;
    checkByteCount(KEY, size);
    chunks.push(part.value);
    if (length > 0) onProgress(Math.min(1, size / length));
  }
  return new Blob(chunks).arrayBuffer();
}

/** @throws Refusal STORE_UNREACHABLE, OBJECT_MISSING, STORE_FAILED, TOO_LARGE */
export async function fetchMapping(onProgress: OnProgress): Promise<ArrayBuffer> {
  const hint = 'Try again later, or open your copy of map.json.';
  let response: Response;
  try {
    response = await fetch(KEY, { cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' });
  } catch {
    throw new Refusal(
      'STORE_UNREACHABLE',
      `${KEY}: no answer, or a redirection to another server, which this page does not ask`,
      hint,
    );
  }
  const { status } = response;
  const where = new URL(KEY, location.href).href;
  if (status === 404 || status === 403)
    throw new Refusal('OBJECT_MISSING', `${where}: missing, or not public (HTTP ${status})`, hint);
  checkThat(response.ok, 'STORE_FAILED', `${where}: the server answered HTTP ${status}`, hint);
  try {
    return await readBody(response, onProgress);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('STORE_UNREACHABLE', `${KEY}: the download was interrupted`, hint);
  }
}
