// The camera: looks for codes until told to stop.

import { decoder } from "./decoder";
import { say } from "./say";

const LONGEST_SIDE_PX = 800;
const PAUSE_MS = 60;
/** A code must have left the picture for so long before the same one counts again. */
const GONE_MS = 1_500;

interface TorchCapabilities extends MediaTrackCapabilities {
  torch?: boolean;
}

export class Camera {
  private stream: MediaStream | null = null;
  private run = 0;
  private last: { text: string; at: number } = { text: "", at: 0 };

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly found: (text: string) => void,
  ) {}

  get isOn(): boolean {
    return this.stream !== null;
  }

  /** Starts looking. Throws in words why it cannot. */
  async start(camera: string): Promise<void> {
    this.stop();
    const run = (this.run += 1);
    const reader = await decoder();
    if (!reader) throw new Error(say("no-decoder"));
    const which = camera ? { deviceId: { exact: camera } } : { facingMode: "environment" };
    const video = { ...which, width: { ideal: 1280 }, height: { ideal: 720 } };
    const stream = await this.ask(video);
    if (run !== this.run) return stream.getTracks().forEach((track) => track.stop());
    this.stream = stream;
    this.video.srcObject = stream;
    await this.video.play();
    void this.look(run, (picture) => reader.read(picture));
  }

  private async ask(video: MediaTrackConstraints): Promise<MediaStream> {
    try {
      return await navigator.mediaDevices.getUserMedia({ video });
    } catch (error) {
      throw new Error(say("no-camera", { n: error instanceof Error ? error.name : String(error) }));
    }
  }

  stop(): void {
    this.run += 1;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  private async look(run: number, read: (picture: ImageData) => Promise<string | null>): Promise<void> {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d", { willReadFrequently: true });
    while (context && run === this.run) {
      const { videoWidth, videoHeight } = this.video;
      const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(videoWidth, videoHeight, 1));
      [canvas.width, canvas.height] = [Math.round(videoWidth * scale), Math.round(videoHeight * scale)];
      if (canvas.width > 0 && canvas.height > 0) {
        context.drawImage(this.video, 0, 0, canvas.width, canvas.height);
        const text = await read(context.getImageData(0, 0, canvas.width, canvas.height)).catch(() => null);
        if (text && run === this.run) this.saw(text);
      }
      await new Promise((later) => setTimeout(later, PAUSE_MS));
    }
  }

  private saw(text: string): void {
    const now = performance.now();
    const isSame = text === this.last.text && now - this.last.at < GONE_MS;
    this.last = { text, at: now };
    if (!isSame) this.found(text);
  }

  private get track(): MediaStreamTrack | null {
    return this.stream?.getVideoTracks()[0] ?? null;
  }

  get hasTorch(): boolean {
    const capabilities: TorchCapabilities = this.track?.getCapabilities?.() ?? {};
    return capabilities.torch === true;
  }

  async torch(isOn: boolean): Promise<void> {
    await this.track?.applyConstraints({ advanced: [{ torch: isOn } as MediaTrackConstraintSet] });
  }
}
