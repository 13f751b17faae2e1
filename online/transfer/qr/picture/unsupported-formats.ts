/** Recognises files of unsupported formats by their first bytes, and says how to get a PNG or JPEG. */
import { asciiText } from '../../../../shared/bytes.ts';
import { fileKind } from '../../../../shared/file-kind.ts';
import { DRAWN, EXPORT, MOVING, OTHER, PHONE, RAW } from './texts.ts';

/**
 * A pattern for files whose first box, `ftyp`, lists one of these formats (ISO/IEC 14496-12, 4.3). HEIC, AVIF
 * and video files begin with this box.
 */
const formatBrandPattern = (...names: string[]) =>
  new RegExp(`^.{4}ftyp(?:.{4}){0,16}?(?:${names.join('|')})`, 's');

/**
 * The first pattern that matches decides the format. For the comparison, each byte is one character
 * (Latin-1).
 */
const FORMATS: [begins: RegExp, name: string, hint: string][] = [
  [/^RIFF.{4}WEBP/s, 'WebP', EXPORT],
  [/^GIF8[79]a/s, 'GIF', MOVING],
  [/^.{4}ftypcrx /s, "a camera's raw file (CR3)", RAW],
  [formatBrandPattern('avif', 'avis'), 'AVIF', EXPORT],
  [formatBrandPattern('hei[cxmsf]', 'hev[cxms]', 'mif1', 'msf1'), 'HEIC', PHONE],
  [formatBrandPattern('jxl '), 'JPEG XL', EXPORT],
  [/^(\xff\x0a|\0\0\0\x0cJXL )/s, 'JPEG XL', EXPORT],
  [/^(\0\0\0\x0cjP {2}|\xff\x4f\xff\x51)/s, 'JPEG 2000', EXPORT],
  [/^.{4}ftyp/s, 'a video', MOVING],
  [/^(\x1a\x45\xdf\xa3|RIFF.{4}AVI |.{4}moov|\0\0\x01\xba)/s, 'a video', MOVING],
  [/^[\x8a]MNG/s, 'MNG', MOVING],
  [/^II\*\0.{4}CR/s, "a camera's raw file (CR2)", RAW],
  [/^(FUJIFILMCCD-RAW|IIR[OS]|IIU\0)/s, "a camera's raw file", RAW],
  [/^(II\*\0|MM\0\*|II\+\0|MM\0\+)/s, 'TIFF, or a raw file of a camera', EXPORT],
  [/^II\xbc/s, 'JPEG XR', EXPORT],
  [/^BM.{4}\0\0\0\0/s, 'BMP', EXPORT],
  [/^\0\0[\x01\x02]\0[^\0]/s, 'an icon', EXPORT],
  [/^\x0a[\0-\x05]\x01[\x01-\x08]/s, 'PCX', EXPORT],
  [/^DDS \|/s, 'DDS', EXPORT],
  [/^8BPS\0/s, 'PSD', EXPORT],
  [/^gimp xcf/s, 'XCF', EXPORT],
  [/^qoif/s, 'QOI', EXPORT],
  [/^P[1-7]\s/s, 'PNM', EXPORT],
  [/^v\/1\x01/s, 'OpenEXR', EXPORT],
  [/^%PDF/s, 'PDF', DRAWN],
  [/^(%!PS|\xc5\xd0\xd3\xc6)/s, 'PostScript', DRAWN],
  [/^AT&TFORM/s, 'DjVu', DRAWN],
  [/^\s*(?!<(?:!doctype html|html))<(?:.*?<)?svg[\s>]/is, 'SVG', DRAWN],
];
const MOST = 4096;

/** @param bytes the content of a file that is neither PNG nor JPEG */
export function describeFormat(bytes: Uint8Array): { name: string; hint: string } {
  const start = asciiText(bytes, 0, Math.min(bytes.length, MOST));
  const found = FORMATS.find(([begins]) => begins.test(start));
  if (found) return { name: found[1], hint: found[2] };
  return { name: fileKind(bytes) ?? 'another file', hint: OTHER };
}
