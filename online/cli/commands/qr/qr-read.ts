/** `countersign qr read`: restores a file from pictures of its frames. */
import { Command, Option } from 'clipanion';
import { LOG_OPTION } from '../base-command.ts';

export class QrReadCommand extends Command {
  static override paths = [['qr', 'read']];
  static override usage = Command.Usage({
    category: 'QR codes',
    description: 'restore a file from pictures of its QR codes',
    details: `
      Takes PNG and JPEG pictures in any order: photographs, screenshots, and pictures with several codes. For a folder,
      it takes all pictures in the folder. Codes may be white on black. It writes the file only if it found every frame.
      Otherwise it lists the missing frames.
    `,
    examples: [
      ['From photographs', 'countersign qr read IMG_0001.jpg IMG_0002.jpg --out signatures.json'],
      ['From all pictures of a folder', 'countersign qr read photos'],
      ['From the pictures that qr show wrote', 'countersign qr read frames-*.png --out request.json'],
    ],
  });

  images = Option.Rest({ required: 1, name: 'IMAGE' });
  out = Option.String('--out', {
    description:
      'the file to write; it must not exist yet (default: an unused name, such as request-THJN.json)',
  });
  json = Option.Boolean('--json', false, { description: 'print one JSON object' });
  log = Option.String('--log', LOG_OPTION);

  override async execute(): Promise<number> {
    // This module is loaded only when it is needed, because the decoder of pictures is the largest part of
    // the program.
    const { restoreFileFromPictures: read, restoredFileText: readText } = await import(
      '../../../transfer/qr/read-frames.ts'
    );
    const result = await read(this.images, this.out, sentence => this.context.stderr.write(`${sentence}\n`));
    this.context.stdout.write(this.json ? `${JSON.stringify(result)}\n` : readText(result));
    return 0;
  }
}
