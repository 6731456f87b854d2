// An animated GIF of a page: pictures at a steady pace, those that show nothing new left out.
import { writeFileSync } from "node:fs";
import gifenc from "gifenc";

const everyMs = 250;
/** GIFs are read at this width. */
const width = 960;
const colours = 127;

export class Film {
  #page;
  #size;
  /** Pictures as PNG, and for how many milliseconds each is shown. */
  #shots = [];
  #rolling = false;
  #loop = Promise.resolve();

  constructor(page, size) {
    this.#page = page;
    this.#size = size;
  }

  start() {
    this.#rolling = true;
    this.#loop = this.#roll();
  }

  stop() {
    this.#rolling = false;
  }

  /** Lets it run on for a while. */
  hold(ms) {
    return this.#page.waitForTimeout(ms);
  }

  /** Not on film. */
  async pause(act) {
    this.stop();
    await this.#loop;
    await act();
    this.start();
  }

  async write(path) {
    this.stop();
    await this.#loop;
    // Not in VS Code's own page, whose policy lets nothing be fetched.
    const blank = await this.#page.context().browser().newPage();
    const height = Math.round((width * this.#size.height) / this.#size.width);
    const frames = [];
    for (const { png } of this.#shots) frames.push(await decode(blank, png, height));
    // One palette for all, from a few of them; its last place stands for "as before", which packs to nearly nothing.
    const palette = gifenc.quantize(Buffer.concat(frames.filter((_, i) => i % 8 === 0)), colours);
    const asBefore = palette.push([0, 0, 0]) - 1;
    const gif = gifenc.GIFEncoder();
    let shown;
    frames.forEach((pixels, i) => {
      const now = gifenc.applyPalette(pixels, palette);
      const changed = shown ? now.map((colour, at) => (colour === shown[at] ? asBefore : colour)) : now;
      gif.writeFrame(changed, width, height, {
        delay: this.#shots[i].ms,
        ...(shown ? { transparent: true, transparentIndex: asBefore, dispose: 1 } : { palette }),
      });
      shown = now;
    });
    gif.finish();
    writeFileSync(path, gif.bytes());
  }

  async #roll() {
    while (this.#rolling) {
      const began = performance.now();
      const png = await this.#page.screenshot({ caret: "hide" });
      const last = this.#shots.at(-1);
      if (last?.png.equals(png)) last.ms += everyMs;
      else this.#shots.push({ png, ms: everyMs });
      await this.#page.waitForTimeout(Math.max(0, everyMs - (performance.now() - began)));
    }
  }
}

/** By the browser, which has a decoder and a good scaler. */
async function decode(page, png, height) {
  const text = await page.evaluate(
    async ({ png, width, height }) => {
      const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
      const context = new OffscreenCanvas(width, height).getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(image, 0, 0, width, height);
      const { data } = context.getImageData(0, 0, width, height);
      let text = "";
      for (let i = 0; i < data.length; i += 8192) text += String.fromCharCode(...data.subarray(i, i + 8192));
      return btoa(text);
    },
    { png: png.toString("base64"), width, height },
  );
  return Buffer.from(text, "base64");
}
