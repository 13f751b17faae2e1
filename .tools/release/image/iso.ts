/**
 * Writes the image: boot loaders for BIOS and for UEFI with Secure Boot, kernel and system, on one ISO 9660
 * disc.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tree } from './tar-and-cpio.ts';

/** Runs programs of unpacked packages, with the libraries of the same packages. */
export class UnpackedTools {
  private readonly folder: string;
  private readonly time: number;

  constructor(folder: string, time: number) {
    this.folder = folder;
    this.time = time;
  }

  path(place: string): string {
    return join(this.folder, place);
  }

  run(program: string, ...words: string[]): void {
    const libraries = ['usr/lib/x86_64-linux-gnu', 'usr/lib'].map(place => this.path(place)).join(':');
    const loader = this.path('usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2');
    const options = ['--argv0', program, '--library-path', libraries, this.path(`usr/bin/${program}`)];
    execFileSync(loader, [...options, ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { SOURCE_DATE_EPOCH: String(this.time), TZ: 'UTC', LC_ALL: 'C.UTF-8', MTOOLS_SKIP_CHECK: '1' },
    });
  }
}

export interface Parts {
  version: string;
  kernel: Uint8Array;
  /** Path of the compressed system. */
  system: string;
  /** Signed boot loaders, by their paths in the packages. */
  signed: Tree;
  /** Configuration of the boot loader. */
  menu: string;
}

/** Modules that are built into GRUB for a BIOS, because its menu needs them. */
const BIOS_MODULES =
  'biosdisk iso9660 part_msdos part_gpt fat normal configfile search search_fs_file linux all_video vbe video test echo minicmd'.split(
    ' ',
  );
const FIND = 'search --file --set=root /.disk/info\nset prefix=($root)/boot/grub\n';
/** The file by which GRUB recognises the disc, or a stick with the content of the disc. */
const MARK = '.disk/info';

function makeBiosLoader(tools: UnpackedTools, work: string): string {
  const [config, loader] = [join(work, 'bios.cfg'), join(work, 'bios.img')];
  writeFileSync(config, FIND);
  const folder = tools.path('usr/lib/grub/i386-pc');
  const words = ['-O', 'i386-pc-eltorito', '-d', folder, '-c', config, '-p', '/boot/grub', '-o', loader];
  tools.run('grub-mkimage', ...words, ...BIOS_MODULES);
  return loader;
}

/**
 * Makes a small FAT disk with the signed loaders. UEFI starts the first loader by its name, and the first
 * loader starts GRUB by its name.
 * @returns the path of the disk
 */
function makeEfiDisk(tools: UnpackedTools, work: string, signed: Tree): string {
  const disk = join(work, 'efi.img');
  const loaders = {
    'BOOTX64.EFI': 'usr/lib/shim/shimx64.efi.signed',
    'GRUBX64.EFI': 'usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed',
  };
  writeFileSync(disk, new Uint8Array(8 << 20));
  tools.run(
    'mformat',
    '-i',
    disk,
    '-N',
    '00000000',
    '-v',
    'COUNTERSIGN',
    '-T',
    String((8 << 20) / 512),
    '-h',
    '16',
    '-s',
    '32',
    '::',
  );
  tools.run('mmd', '-i', disk, '::/EFI', '::/EFI/BOOT');
  for (const [name, place] of Object.entries(loaders)) {
    const entry = signed.get(place);
    if (!entry) throw new Error(`${place}: no package has it`);
    writeFileSync(join(work, name), entry.content);
    tools.run('mcopy', '-i', disk, join(work, name), `::/EFI/BOOT/${name}`);
  }
  return disk;
}

/** Writes the image. @param time modification time of all files, in seconds since 1970 */
export function writeIso(tools: UnpackedTools, work: string, parts: Parts, time: number, out: string): void {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const place = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(work, name), content);
    return join(work, name);
  };
  const files = {
    [MARK]: place('mark', `Countersign laptop ${parts.version}\n`),
    'boot/vmlinuz': place('vmlinuz', parts.kernel),
    'boot/system.zst': parts.system,
    'boot/grub/grub.cfg': place('grub.cfg', parts.menu),
    'boot/bios.img': makeBiosLoader(tools, work),
    'boot/efi.img': makeEfiDisk(tools, work, parts.signed),
  };
  const date = new Date(time * 1000).toISOString().replace(/\D/g, '').slice(0, 16);
  rmSync(out, { force: true });
  tools.run(
    'xorriso',
    ...[
      '-as',
      'mkisofs',
      '-quiet',
      '-o',
      out,
      '-V',
      'COUNTERSIGN',
      '-J',
      '-r',
      `--modification-date=${date}`,
      '--set_all_file_dates',
      date,
    ],
    ...[
      '-b',
      'boot/bios.img',
      '-no-emul-boot',
      '-boot-load-size',
      '4',
      '-boot-info-table',
      '--grub2-boot-info',
    ],
    ...['--grub2-mbr', tools.path('usr/lib/grub/i386-pc/boot_hybrid.img'), '--protective-msdos-label'],
    ...['-eltorito-alt-boot', '-e', 'boot/efi.img', '-no-emul-boot', '-isohybrid-gpt-basdat'],
    ...['-graft-points', ...Object.entries(files).map(([name, path]) => `${name}=${path}`)],
  );
}
