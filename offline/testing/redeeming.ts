/** For tests: a device of the controllers of the recorded redemptions, and the mappings and requests of these. */
import {
  cases,
  type RedemptionCase,
  redemptionKeys,
  redemptionProfile,
  redemptionTrust,
} from '../../fixtures/vectors/redemptions.ts';
import { bytesToHex, utf8 } from '../../shared/bytes.ts';
import { type Request, requestText } from '../../shared/request.ts';
import { Device, type Run } from './device.ts';

export const caseNamed = (name: string): RedemptionCase => {
  const found = cases.find(one => one.name === name);
  if (!found) throw new Error(`no recorded redemption is called ${name}`);
  return found;
};

export async function redeemingDevice(controller = 1): Promise<Device> {
  const device = new Device();
  device.storage.put('/media/privkey.dat', utf8(`${bytesToHex(redemptionKeys[controller - 1]!)}\n`));
  device.storage.put('/media/trust.json', utf8(redemptionProfile));
  for (const words of [
    ['import', '/media/privkey.dat'],
    ['trust', '/media/trust.json', '--confirm', redemptionTrust.reviewCode],
  ]) {
    const { exit, err } = await device.run(...words);
    if (exit !== 0) throw new Error(err);
  }
  return device;
}

/** Shows a request, when it was made; the screen is what goes to stderr beside `--json`. */
export async function inspect(device: Device, request: Request): Promise<Run> {
  device.now = Number(request.time) * 1000;
  device.storage.put('/media/request.json', utf8(requestText(request)));
  return await device.run('inspect', '/media/request.json', '--json');
}
