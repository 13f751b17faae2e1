/** Contents of the laptop's image: Debian packages, excluded files of these packages, and kernel modules. */

/** Packages of the system. Their dependencies are added, except those in {@link LEFT_OUT}. */
export const SYSTEM = [
  // Packages that start the machine: kernel, boot loader with Secure Boot, devices.
  ...['linux-image-amd64', 'shim-signed', 'grub-efi-amd64-signed', 'udev', 'kmod', 'busybox-static'],
  // The shell, and the programs that the launcher of signer and qr uses.
  ...[
    'bash',
    'dash',
    'coreutils',
    'util-linux',
    'mount',
    'mawk',
    'sed',
    'grep',
    'opendoas',
    'libpam-modules',
  ],
  // Packages of the console: fonts and keyboards.
  ...['kbd', 'console-setup-linux', 'console-data', 'ncurses-base'],
  // Packages for the key stick and the stick for files.
  ...['cryptsetup-bin', 'e2fsprogs', 'dosfstools'],
  // Packages for the courier page.
  ...['firefox-esr', 'xserver-xorg-core', 'xserver-xorg-video-fbdev', 'xserver-xorg-input-libinput', 'xinit'],
  ...['x11-xkb-utils', 'matchbox-window-manager', 'fonts-dejavu-core'],
  // Xorg loads these libraries, although no program draws in three dimensions.
  ...['libgl1', 'libegl1'],
];

/**
 * Packages of the programs that build the image. The programs run from a folder with the versions of the
 * list. They are not installed.
 */
export const TOOLS = ['grub-common', 'grub-pc-bin', 'xorriso', 'mtools', 'zstd'];

/**
 * Dependencies that are left out, because nothing in the image uses them: installers, drawing in three
 * dimensions, printing, sound, themes.
 */
export const LEFT_OUT = [
  ...[
    'adduser',
    'passwd',
    'dpkg',
    'tar',
    'perl-base',
    'debconf',
    'install-info',
    'sysvinit-utils',
    'lsb-base',
  ],
  ...[
    'init-system-helpers',
    'sensible-utils',
    'procps',
    'login',
    'gpgv',
    'logsave',
    'psmisc',
    'ucf',
    'debianutils',
  ],
  ...[
    'linux-base',
    'initramfs-tools',
    'initramfs-tools-core',
    'klibc-utils',
    'libklibc',
    'cpio',
    'bsdextrautils',
  ],
  ...[
    'grub-common',
    'grub2-common',
    'grub-efi-amd64-bin',
    'mokutil',
    'shim-helpers-amd64-signed',
    'shim-unsigned',
  ],
  ...['shim-signed-common', 'os-prober', 'efibootmgr', 'libefiboot1', 'libefivar1', 'liblocale-gettext-perl'],
  ...['console-setup', 'keyboard-configuration', 'xkbset', 'x11-common', 'libdb5.3', 'libpam-runtime'],
  ...[
    'libllvm15',
    'libz3-4',
    'libgl1-mesa-dri',
    'libedit2',
    'libdrm-amdgpu1',
    'libdrm-intel1',
    'libdrm-nouveau2',
  ],
  ...[
    'libdrm-radeon1',
    'libsensors5',
    'libsensors-config',
    'libelf1',
    'libicu72',
    'libxml2',
    'libasound2-data',
  ],
  ...[
    'systemd',
    'systemd-sysv',
    'libpam-systemd',
    'usrmerge',
    'base-files',
    'gettext-base',
    'dmsetup',
    'libip4tc2',
  ],
  ...[
    'dbus',
    'dbus-bin',
    'dbus-daemon',
    'dbus-session-bus-common',
    'dbus-system-bus-common',
    'dbus-user-session',
  ],
  ...['perl', 'perl-modules-5.36', 'libperl5.36', 'libfile-find-rule-perl', 'libnumber-compare-perl'],
  ...[
    'libtext-glob-perl',
    'libgdbm6',
    'libgdbm-compat4',
    'libaudit-common',
    'libsemanage-common',
    'libsemanage2',
  ],
  ...[
    'libpam-modules-bin',
    'linux-image-amd64',
    'xauth',
    'util-linux-extra',
    'at-spi2-common',
    'libsystemd-shared',
  ],
  ...[
    'shared-mime-info',
    'adwaita-icon-theme',
    'gtk-update-icon-cache',
    'hicolor-icon-theme',
    'dconf-service',
    'dconf-gsettings-backend',
  ],
];

/**
 * Excluded paths of packages, such as documentation, translations, services, and the network rules of udev.
 */
export const UNUSED_PATHS = [
  /^usr\/share\/(doc|doc-base|man|info|lintian|bug|locale|zoneinfo|help|pixmaps|applications|metainfo|bash-completion|zsh|initramfs-tools|apport|reportbug|menu|gdb|polkit-1)\//,
  /^usr\/lib\/(systemd\/(?!systemd-udevd$)|modprobe\.d\/|x86_64-linux-gnu\/(gconv|perl|security)\/(?!pam_permit\.so))/,
  /^usr\/lib\/udev\/(hwdb\.d\/|rules\.d\/(75-net|80-net|73-usb-net|78-sound))/,
  /^usr\/lib\/(sysctl\.d|tmpfiles\.d|sysusers\.d|environment\.d|init|os-release)/,
  /^etc\/(init\.d|cron|logrotate|default|pam\.d|apparmor|update-motd|initramfs|kernel|X11\/Xsession)/,
  /^usr\/lib\/firefox-esr\/(crashreporter|crashhelper|gmp-clearkey|pingsender|updater)/,
  /^usr\/lib\/grub\//,
  /^usr\/lib\/shim\//,
  /^boot\//,
  /^var\//,
  /^usr\/share\/(consolefonts\/(?!Uni2-Terminus(16|28|32x16)\.)|consoletrans|console-setup)/,
];

/** Excluded programs. Nobody on the laptop needs them, and some of them could raise rights. */
export const UNUSED_PROGRAMS = [
  ...[
    'su',
    'newgrp',
    'chfn',
    'chsh',
    'gpasswd',
    'wall',
    'write',
    'agetty',
    'getty',
    'swapon',
    'swapoff',
    'mkswap',
  ],
  ...['integritysetup', 'veritysetup', 'debugfs', 'firefox'],
];

/**
 * Beginnings of the paths of the permitted kernel modules. The image has these modules, the modules that they
 * need, and no other module.
 */
export const MODULES = [
  // Modules for keyboards, mice and touchpads.
  'drivers/hid/hid.ko',
  'drivers/hid/hid-generic.ko',
  'drivers/hid/hid-multitouch.ko',
  'drivers/hid/hid-apple.ko',
  'drivers/hid/hid-magicmouse.ko',
  'drivers/hid/hid-logitech.ko',
  'drivers/hid/hid-logitech-dj.ko',
  'drivers/hid/hid-logitech-hidpp.ko',
  'drivers/hid/hid-microsoft.ko',
  'drivers/hid/hid-lenovo.ko',
  'drivers/hid/hid-cherry.ko',
  'drivers/hid/hid-chicony.ko',
  'drivers/hid/hid-elan.ko',
  'drivers/hid/hid-alps.ko',
  'drivers/hid/hid-rmi.ko',
  'drivers/hid/hid-ite.ko',
  'drivers/hid/hid-vivaldi.ko',
  'drivers/hid/hid-holtek-kbd.ko',
  'drivers/hid/hid-sunplus.ko',
  'drivers/hid/hid-cypress.ko',
  'drivers/hid/hid-a4tech.ko',
  'drivers/hid/hid-kensington.ko',
  'drivers/hid/hid-belkin.ko',
  'drivers/hid/hid-primax.ko',
  'drivers/hid/hid-ezkey.ko',
  'drivers/hid/hid-monterey.ko',
  'drivers/hid/hid-keytouch.ko',
  'drivers/hid/hid-topseed.ko',
  'drivers/hid/usbhid/',
  'drivers/hid/i2c-hid/',
  'drivers/hid/surface-hid/',
  'drivers/input/evdev',
  'drivers/input/mouse/',
  'drivers/input/rmi4/',
  'drivers/input/keyboard/applespi',
  'drivers/i2c/busses/i2c-designware',
  'drivers/i2c/busses/i2c-i801',
  'drivers/i2c/busses/i2c-piix4',
  'drivers/mfd/intel-lpss',
  'drivers/pinctrl/',
  'drivers/spi/spi-pxa2xx',
  'drivers/platform/surface/surface_aggregator_registry',
  // Modules for USB, sticks and disks.
  'drivers/usb/host/ehci-pci',
  'drivers/usb/host/ohci-pci',
  'drivers/usb/host/uhci-hcd',
  'drivers/usb/host/xhci-pci',
  'drivers/usb/core/usbcore',
  'drivers/usb/storage/uas',
  'drivers/usb/storage/usb-storage',
  'drivers/scsi/sd_mod',
  'drivers/scsi/sr_mod',
  'drivers/ata/ahci',
  'drivers/ata/ata_piix',
  'drivers/ata/ata_generic',
  'drivers/nvme/host/nvme.ko',
  'drivers/mmc/core/mmc_block',
  'drivers/mmc/host/sdhci-pci',
  'drivers/mmc/host/sdhci-acpi',
  'drivers/mmc/host/rtsx_pci_sdmmc',
  'drivers/mmc/host/rtsx_usb_sdmmc',
  // Modules for file systems and encryption.
  'fs/fat/vfat',
  'fs/ext4/ext4',
  'fs/isofs/',
  'fs/nls/nls_ascii',
  'fs/nls/nls_cp437',
  'fs/nls/nls_iso8859-1.ko',
  'fs/nls/nls_utf8',
  'drivers/md/dm-crypt',
  'crypto/xts',
  'crypto/ecb',
  'crypto/essiv',
  'crypto/crc32c_generic',
  'arch/x86/crypto/aesni-intel',
  'arch/x86/crypto/sha256-ssse3',
  'arch/x86/crypto/crc32c-intel',
  // Modules for the camera.
  'drivers/media/usb/uvc/',
  // Modules for power, lid and temperature.
  'drivers/acpi/ac.ko',
  'drivers/acpi/battery',
  'drivers/acpi/button',
  'drivers/acpi/fan',
  'drivers/thermal/intel/x86_pkg_temp_thermal',
];

/**
 * Paths of forbidden modules: drivers of networks, of radio, and of buses to which a network can be
 * connected.
 */
export const FORBIDDEN_MODULES =
  /^(drivers\/(net|bluetooth|infiniband|isdn|staging|firewire|thunderbolt|nfc|atm|ieee802154|vhost|target|usb\/(gadget|atm|class|serial|usbip|misc|image)|media(?!\/(usb\/uvc|mc|v4l2-core|common\/(videobuf2|uvc))\/))|net|sound|fs\/(nfs|cifs|ceph|9p|afs|smb|fuse|overlayfs|nfsd|lockd))\//;
