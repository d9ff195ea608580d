// What an answer sounds and feels like, for eyes that are elsewhere: rising for good, low and long for not, two alike for
// what cannot be told. Each can be muted. The desk, which does not judge, says by one short tone that a code was read.

const TONES = {
  good: [[660, 0, 0.12], [990, 0.13, 0.2]],
  old: [[660, 0, 0.12], [660, 0.16, 0.12], [990, 0.32, 0.2]],
  bad: [[196, 0, 0.5]],
  unsure: [[392, 0, 0.15], [392, 0.25, 0.15]],
  none: [[294, 0, 0.12]],
  sample: [[294, 0, 0.12], [392, 0.16, 0.12]],
  read: [[880, 0, 0.09]],
}; // hertz, start and length in seconds
const BUZZES = { good: [80], old: [80, 60, 80], bad: [400], unsure: [150, 100, 150], none: [50], sample: [50, 60, 50], read: [50] }; // milliseconds

let audio = null;

/** Sound and vibrate for one tone of answer, as far as the partner wants it and the device can. */
export function signal(tone, { sound, vibration }) {
  if (vibration && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(BUZZES[tone]);
  // A browser lets no page sound before somebody has touched it.
  if (sound && globalThis.AudioContext && navigator.userActivation?.hasBeenActive !== false) play(TONES[tone]);
}

function play(notes) {
  audio ??= new AudioContext();
  audio.resume().catch(() => {});
  for (const [frequency, start, length] of notes) {
    const [oscillator, volume] = [audio.createOscillator(), audio.createGain()];
    const begin = audio.currentTime + start;
    oscillator.frequency.value = frequency;
    volume.gain.setValueAtTime(0.25, begin);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + length);
    oscillator.connect(volume).connect(audio.destination);
    oscillator.start(begin);
    oscillator.stop(begin + length);
  }
}
