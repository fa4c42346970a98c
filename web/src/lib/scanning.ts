/** Reading QR codes with the camera, where the browser brings a reader; nothing is loaded for it. */

export interface Reader {
  detect(from: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

interface Detector {
  new (options: { formats: string[] }): Reader;
  getSupportedFormats(): Promise<string[]>;
}

const FORMAT = 'qr_code';

/** The browser's reader; undefined where it has none, or no camera may be asked for. */
export async function qrReader(): Promise<Reader | undefined> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: Detector };
  if (!BarcodeDetector || !navigator.mediaDevices?.getUserMedia) return undefined;
  const formats: string[] = await BarcodeDetector.getSupportedFormats().catch(() => []);
  return formats.includes(FORMAT) ? new BarcodeDetector({ formats: [FORMAT] }) : undefined;
}
