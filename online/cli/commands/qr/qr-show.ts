/** `countersign qr show`: shows a file as frames. */
import { Command, Option } from 'clipanion';
import type { Keyboard, Screen } from '../../../transfer/qr/terminal/play-on-terminal.ts';
import { LOG_OPTION } from '../base-command.ts';

export class QrShowCommand extends Command {
  static override paths = [['qr', 'show']];
  static override usage = Command.Usage({
    category: 'QR codes',
    description: 'show a file as animated QR codes',
    details: `
      Shows the codes (frames) one after the other in this terminal, black on white. The codes are as dense as the window
      allows. Space pauses. The keys n and p show the next and the previous frame. The keys + and - change the speed, < and
      > change the density. The key f asks which frames the other side misses, and then shows only these frames. The key a
      shows all frames again, and q quits. With --out, the command writes the frames as PNG files, or as one HTML page that
      plays them.
    `,
    examples: [
      ['Show a request', 'countersign qr show request.json'],
      ['Show again the frames that the other side misses', 'countersign qr show request.json --frames 3,7'],
      ['A page for any browser', 'countersign qr show request.json --out frames.html'],
      ['A picture for each frame', 'countersign qr show request.json --out frames.png --density 25'],
    ],
  });

  file = Option.String({ required: true, name: 'FILE' });
  out = Option.String('--out', {
    description:
      'write pictures (NAME.png) or a page (NAME.html, or a folder for the page), instead of playing',
  });
  frames = Option.String('--frames', { description: 'show only these frames, such as 3,7-9 or 3,7-9/12' });
  density = Option.String('--density', { description: 'density of the codes, 5 to 40' });
  speed = Option.String('--speed', { description: 'frames a second, 1 to 15' });
  json = Option.Boolean('--json', false, { description: 'print one JSON object' });
  log = Option.String('--log', LOG_OPTION);

  override async execute(): Promise<number> {
    const { showFrames: show, shownFileText: shownText } = await import(
      '../../../transfer/qr/show-frames.ts'
    );
    const { file, out, frames } = this;
    const options = { file, out, frames, density: this.density, speed: this.speed };
    const keyboard = this.context.stdin as unknown as Keyboard;
    const result = await show(options, keyboard, this.context.stdout as unknown as Screen);
    this.context.stdout.write(this.json ? `${JSON.stringify(result)}\n` : shownText(result, frames));
    return 0;
  }
}
