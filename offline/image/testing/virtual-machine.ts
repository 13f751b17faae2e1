/** For tests: a PC in QEMU, which a test uses as a person does, with keys and the screen. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Picture, readConsole, readPpm } from './console-text.ts';

/**
 * `KEYS`: for a character, the name of its key in QEMU, if this name is not the character itself. `SHIFTED`: for a
 * character that needs Shift, the character of the same key without Shift.
 */
const KEYS: Record<string, string> = {
  ...{ ' ': 'spc', '\n': 'ret', '-': 'minus', '=': 'equal', '.': 'dot', ',': 'comma', '/': 'slash', ';': 'semicolon' },
  ...{ "'": 'apostrophe', '`': 'grave_accent', '\\': 'backslash', '[': 'bracket_left', ']': 'bracket_right' },
};
const SHIFTED: Record<string, string> = {
  ...{ '!': '1', '@': '2', '#': '3', $: '4', '%': '5', '^': '6', '&': '7', '*': '8', '(': '9', ')': '0' },
  ...{ _: '-', '+': '=', ':': ';', '"': "'", '~': '`', '|': '\\', '<': ',', '>': '.', '?': '/', '{': '[', '}': ']' },
};

function keysForCharacter(character: string): string[] {
  const plain = SHIFTED[character] ?? character.toLowerCase();
  const key = KEYS[plain] ?? plain;
  return plain === character ? [key] : ['shift', key];
}

export interface Disk {
  id: string;
  file: string;
  readOnly?: boolean;
}

export interface Options {
  iso: string;
  folder: string;
  font: ReadonlyMap<string, string>;
  /** The file of the UEFI firmware; a machine without it has a BIOS. */
  ovmf?: string | undefined;
  /** True if the image is on a USB stick, not on a disc. */
  stick?: boolean;
  disks?: readonly Disk[];
  /** Text for the machine's clock, in UTC. */
  time?: string;
  more?: readonly string[];
}

export class VirtualMachine {
  private readonly process: ChildProcess;
  private readonly options: Options;
  private socket!: Socket;
  private answers: ((answer: Record<string, unknown>) => void)[] = [];
  private closed = false;
  readonly started = Date.now();
  private said = '';

  private constructor(options: Options) {
    this.options = options;
    const { iso, folder, ovmf, stick, disks = [], time } = options;
    mkdirSync(folder, { recursive: true });
    rmSync(this.path('qmp'), { force: true });
    const medium = stick
      ? [
          '-drive',
          `if=none,id=boot,format=raw,readonly=on,file=${iso}`,
          '-device',
          'usb-storage,drive=boot,bootindex=0',
        ]
      : ['-cdrom', iso, '-boot', 'd'];
    const words = [
      ...'-machine q35 -cpu max -smp 1 -m 2048 -accel tcg -display none -vga std'.split(' '),
      ...['-qmp', `unix:${this.path('qmp')},server=on,wait=off`, '-serial', 'none', '-monitor', 'none', '-no-reboot'],
      ...['-device', 'qemu-xhci,id=usb', '-device', 'usb-tablet', ...medium],
      // Two network cards, for which the image must have no driver.
      ...'-netdev user,id=n1 -device e1000,netdev=n1 -netdev user,id=n2 -device virtio-net-pci,netdev=n2'.split(' '),
      ...(ovmf ? ['-drive', `if=pflash,format=raw,readonly=on,file=${ovmf}`] : []),
      ...(time ? ['-rtc', `base=${time}`] : []),
      ...disks.flatMap(disk => this.diskWords(disk)),
      ...(options.more ?? []),
    ];
    this.process = spawn('qemu-system-x86_64', words, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.process.stderr!.on('data', text => {
      this.said += text;
    });
    process.once('exit', () => this.process.kill('SIGKILL'));
  }

  private path(name: string): string {
    return join(this.options.folder, name);
  }

  private diskWords({ id, file, readOnly }: Disk): string[] {
    const drive = `if=none,id=${id},format=raw,cache=writethrough,file=${file}${readOnly ? ',readonly=on' : ''}`;
    return ['-drive', drive, '-device', `usb-storage,id=${id}-usb,drive=${id}`];
  }

  static async start(options: Options): Promise<VirtualMachine> {
    const machine = new VirtualMachine(options);
    for (let tries = 0; ; tries++) {
      try {
        await machine.connect();
        return machine;
      } catch (error) {
        if (tries > 100) throw new Error(`QEMU does not answer: ${error}\n${machine.said}`);
        await sleep(100);
      }
    }
  }

  private async connect(): Promise<void> {
    const socket = connect(this.path('qmp'));
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    socket.on('error', () => {});
    this.socket = socket;
    let text = '';
    socket.on('data', data => {
      text += data;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const answer = JSON.parse(text.slice(0, end));
        text = text.slice(end + 1);
        if ('return' in answer || 'error' in answer) this.answers.shift()?.(answer);
      }
    });
    // When QEMU ends, all callers get an error. Without this handler they would wait forever, and the test would end
    // without a message.
    socket.on('close', () => {
      this.closed = true;
      for (const answer of this.answers.splice(0)) answer({ error: `QEMU ended: ${this.said}` });
    });
    await this.ask('qmp_capabilities');
  }

  /** Sends one command of QEMU's machine protocol. @throws Error with QEMU's answer */
  async ask(execute: string, args: Record<string, unknown> = {}): Promise<unknown> {
    if (this.closed) throw new Error(`${execute}: QEMU ended: ${this.said}`);
    const answered = new Promise<Record<string, unknown>>(resolve => this.answers.push(resolve));
    this.socket.write(`${JSON.stringify({ execute, arguments: args })}\n`);
    const answer = await answered;
    if ('error' in answer) throw new Error(`${execute}: ${JSON.stringify(answer['error'])}`);
    return answer['return'];
  }

  async press(...keys: string[]): Promise<void> {
    const chord = keys.map(data => ({ type: 'qcode', data }));
    await this.ask('send-key', { keys: chord, 'hold-time': 20 });
    await sleep(60);
  }

  /** Clicks on a point of a screen of 1024 by 768. */
  async click(x: number, y: number): Promise<void> {
    const move = (axis: string, share: number) => ({ type: 'abs', data: { axis, value: Math.round(share * 32_767) } });
    const button = (down: boolean) => ({ type: 'btn', data: { down, button: 'left' } });
    await this.ask('input-send-event', { events: [move('x', x / 1024), move('y', y / 768)] });
    for (const down of [true, false]) {
      await sleep(700);
      await this.ask('input-send-event', { events: [button(down)] });
    }
  }

  async type(text: string): Promise<void> {
    for (const character of text) await this.press(...keysForCharacter(character));
  }

  async line(text: string): Promise<void> {
    await this.type(`${text}\n`);
  }

  /**
   * Types slowly, because a busy machine loses keys. A passphrase is not shown, so the test cannot see that a key was
   * lost.
   */
  async secret(text: string): Promise<void> {
    for (const character of `${text}\n`) {
      await sleep(150);
      await this.type(character);
    }
  }

  /** Types a command at the prompt, and types it again if a key was lost. */
  private async command(text: string): Promise<void> {
    for (let tries = 0; tries < 5; tries++) {
      await this.type(text);
      for (let waited = 0; waited < 10; waited++, await sleep(500))
        if ((await this.screen()).includes(`laptop$ ${text}`)) return this.press('ret');
      await this.press('ctrl', 'u');
    }
    throw new Error(`the machine does not take the keys of ${text}`);
  }

  async picture(): Promise<Picture> {
    await this.ask('screendump', { filename: this.path('screen.ppm') });
    return readPpm(readFileSync(this.path('screen.ppm')));
  }

  /** Writes the screen as PNG. */
  async shoot(file: string): Promise<void> {
    await this.ask('screendump', { filename: file, format: 'png' });
  }

  async screen(): Promise<string[]> {
    return readConsole(await this.picture(), this.options.font);
  }

  /** Waits until the screen has the text. @returns the screen @throws Error with the screen after the time limit */
  async sees(text: RegExp, seconds = 60): Promise<string> {
    const end = Date.now() + seconds * 1000;
    for (let screen = ''; ; ) {
      screen = (await this.screen()).join('\n');
      if (text.test(screen)) return screen;
      if (this.process.exitCode !== null) throw new Error(`QEMU ended: ${this.said}`);
      if (Date.now() > end) throw new Error(`no ${text} within ${seconds} s:\n${screen.trimEnd()}`);
      await sleep(300);
    }
  }

  /** Clears the screen, enters a command, and waits for the next prompt. @returns the output of the command */
  async run(command: string, seconds = 60): Promise<string> {
    await this.press('ctrl', 'l');
    await sleep(300);
    await this.command(command);
    const screen = await this.sees(/^laptop\$ .*\n(.*\n)*laptop\$$/m, seconds);
    return screen.trimEnd().split('\n').slice(1, -1).join('\n');
  }

  /** Waits until a browser shows text on a light page. The console and an empty screen are dark. */
  async bright(seconds: number): Promise<void> {
    const end = Date.now() + seconds * 1000;
    for (let quiet = 0; quiet < 5; await sleep(1000)) {
      const { data } = await this.picture();
      const rows = Array.from({ length: 20_000 }, (_, index) => data[index * 101]!);
      const light = rows.filter(value => value > 200).length;
      quiet = light > 12_000 && rows.some(value => value < 100) ? quiet + 1 : 0;
      if (Date.now() > end) throw new Error(`no page within ${seconds} s`);
    }
  }

  /**
   * Repeats an action, since a busy machine may miss it, until a point of the screen has a colour (red, green, blue).
   */
  async until(act: () => Promise<void>, [x, y]: [number, number], colour: [number, number, number]): Promise<void> {
    for (let tries = 0; tries < 12; tries++) {
      await act();
      for (let waited = 0; waited < 20; waited++, await sleep(1000)) {
        const { width, data } = await this.picture();
        const at = 3 * (y * width + x);
        if (colour.every((value, index) => Math.abs(value - data[at + index]!) < 12)) return;
      }
    }
    throw new Error(`no point ${x},${y} of the colour ${colour}`);
  }

  async plug(disk: Disk): Promise<void> {
    const [, drive] = this.diskWords(disk);
    const parts = (text: string) => text.split(',').map(part => part.split('=') as [string, string]);
    const { id, file, readonly } = Object.fromEntries(parts(drive!));
    await this.ask('blockdev-add', {
      driver: 'raw',
      'node-name': id,
      'read-only': readonly === 'on',
      file: { driver: 'file', filename: file },
    });
    await this.ask('device_add', { driver: 'usb-storage', id: `${disk.id}-usb`, drive: id });
    await sleep(5000);
  }

  async unplug({ id }: Disk): Promise<void> {
    await this.ask('device_del', { id: `${id}-usb` });
    await sleep(1500);
    await this.ask('blockdev-del', { 'node-name': id });
  }

  /** Cuts the power. */
  async pull(): Promise<void> {
    const ended = new Promise(resolve => this.process.once('exit', resolve));
    if (this.process.exitCode !== null) return;
    this.socket.write(`${JSON.stringify({ execute: 'quit' })}\n`);
    await ended;
    this.socket.destroy();
  }

  /** Waits until the machine is off. */
  async ended(seconds = 60): Promise<void> {
    for (const end = Date.now() + seconds * 1000; this.process.exitCode === null; await sleep(200))
      if (Date.now() > end) throw new Error(`the machine is still on after ${seconds} s`);
    this.socket.destroy();
  }
}
