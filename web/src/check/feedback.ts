// What a hand in a glove and an eye on the road notice: two tones and two ways to shake.

import type { Settings } from "./phone";

let audio: AudioContext | null = null;

function tone(context: AudioContext, hertz: number, after: number, seconds: number): void {
  const [source, volume] = [context.createOscillator(), context.createGain()];
  source.frequency.value = hertz;
  volume.gain.value = 0.25;
  source.connect(volume);
  volume.connect(context.destination);
  source.start(context.currentTime + after);
  source.stop(context.currentTime + after + seconds);
}

/** Browsers let a page sound only after a touch, and take long to begin: called when scanning starts. */
export function prepareSound(settings: Settings): void {
  if (settings.sound && typeof AudioContext !== "undefined") audio ??= new AudioContext();
}

/** High and short when all is well; low and twice when a person must look. */
export function signal(isWell: boolean, settings: Settings): void {
  if (settings.vibration) navigator.vibrate?.(isWell ? 60 : [160, 80, 160]);
  if (!settings.sound) return;
  try {
    audio ??= new AudioContext();
    void audio.resume();
    if (isWell) tone(audio, 1_320, 0, 0.12);
    else [0, 0.22].forEach((after) => audio && tone(audio, 220, after, 0.16));
  } catch {
    // Without sound there are the words.
  }
}
