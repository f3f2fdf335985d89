// Reads QR codes from pictures: the decoder we ship, or the browser's own where ours cannot run. Loaded when first needed.

export interface Decoder {
  read(picture: ImageData): Promise<string | null>;
}

interface NativeDetector {
  detect(picture: ImageData): Promise<{ rawValue: string }[]>;
}

type NativeClass = new (options: { formats: string[] }) => NativeDetector;

async function ours(address: string): Promise<Decoder> {
  // The decoder's code asks for a name that browsers before 2019 do not have.
  (window as unknown as { globalThis: Window }).globalThis ??= window;
  const { prepareZXingModule, readBarcodes } = await import("zxing-wasm/reader");
  await prepareZXingModule({ overrides: { locateFile: () => address }, fireImmediately: true });
  return {
    read: async (picture) => {
      const [found] = await readBarcodes(picture, { formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: true });
      return found?.text ?? null;
    },
  };
}

function native(): Decoder | null {
  const { BarcodeDetector } = window as unknown as { BarcodeDetector?: NativeClass };
  if (!BarcodeDetector) return null;
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return { read: async (picture) => (await detector.detect(picture))[0]?.rawValue ?? null };
}

let loading: Promise<Decoder | null> | null = null;

/** The decoder; nothing when this browser can run none. */
export function decoder(): Promise<Decoder | null> {
  loading ??= ours(document.body.dataset["decoder"] ?? "").catch(native);
  return loading;
}
