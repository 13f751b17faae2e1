/** What to do with a picture that cannot be read. */

export const AGAIN = 'Copy the picture again from its source, or take it again.';
export const SMALLER = 'Crop the picture to the codes, or save it with fewer pixels.';
/** The next step for a rare kind of JPEG, which the reader does not support. */
export const PLAIN = 'Save the picture as an ordinary JPEG or as PNG.';

export const EXPORT = 'Open the picture in a picture viewer, and save it as PNG or JPEG.';
export const PHONE = `${EXPORT} An iPhone saves JPEG with this setting: Settings, Camera, Formats, Most Compatible.`;
export const MOVING =
  'Save the pictures of this file as PNG files, for example with ffmpeg -i FILE frame-%04d.png, and give all PNG files. Or play the file in front of the camera of the courier page.';
export const DRAWN = 'Open the file, take a screenshot of the codes, and give the screenshot.';
export const RAW =
  'Export the picture as JPEG with a program for this camera. Or give the JPEG that the camera saved beside the raw file.';
export const OTHER = 'Give a PNG or JPEG picture.';
