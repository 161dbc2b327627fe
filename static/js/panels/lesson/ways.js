/** The ways between the gallery, its lessons and the tapes that were recorded of them. */

import { signal } from "../../../vendor/preact.js";
import * as client from "../../ui/client.js";
import { recall, remember } from "../../ui/remember.js";
import { reducedMotion } from "../../ui/theme.js";

/** @typedef {import("../../ui/model.js").Model} Model */
/** @typedef {import("../../ui/learning.js").Learning} Learning */
/** @typedef {ReturnType<typeof import("../../ui/place.js").readPlace>} Place */
/** @typedef {{source: string, id: string}} Recorded the program of a lesson and the tape it was recorded on */

/** What the page at `/` plays, for who has just come. */
const FIRST = "walkthrough";

/** Whether the gallery itself is shown. */
export const browsing = signal(false);
/** @type {import("../../../vendor/preact.js").Signal<client.Gallery>} */
export const gallery = signal({ chapters: [], lessons: [] });

/** @param {Model} model @param {Learning} learning @param {() => void} showGraph */
export function createWays(model, learning, showGraph) {
  const kept = () => recall("recorded", /** @type {Record<string, Recorded>} */ ({}));
  const drafts = () => recall("lesson tapes", /** @type {Record<string, string>} */ ({}));

  /** Records a program of the gallery, or plays what was recorded of the same text before, as long as the server has it. @param {string} slug @param {{source: string, title: string}} lesson @param {{autoplay: boolean, place?: Place}} options */
  async function play(slug, { source, title }, { autoplay, place }) {
    // A link that says where it stands shows just that; and nothing moves by itself for who asked for less motion.
    const starts = autoplay && place?.step == null && !reducedMotion();
    const before = kept()[slug];
    model.lesson.value = slug;
    model.title.value = title;
    if (before?.source === source && (await exists(before.id))) {
      await model.openTape(before.id, place ?? {});
      if (starts) model.play();
      return;
    }
    model.text.value = source;
    const onRecorded = (/** @type {string} */ id) => remember("recorded", { ...kept(), [slug]: { source, id } });
    await model.run({ autoplay: starts, place, onRecorded, lesson: slug });
  }

  /** @param {string} id */
  const exists = async (id) => Boolean((await client.status(id).catch(() => null))?.header);

  /** Opens a lesson: an edited program of it, where one was left, else its own. @param {string} slug @param {Place} [place] */
  async function learn(slug, place) {
    browsing.value = false;
    const lesson = await learning.begin(slug);
    const draft = drafts()[slug];
    if (draft && (await exists(draft))) await model.openTape(draft, place ?? {});
    else await play(slug, lesson, { autoplay: false, place });
    // Another lesson may have been opened meanwhile.
    if (learning.lesson.value === lesson) learning.ready.value = true;
    const note = learning.notes.value.find(({ moment }) => moment.id === place?.note);
    if (note && note.step >= 0) model.deck({ type: "seek", step: note.step });
  }

  const ways = {
    learn,

    /** What `/` shows. @param {Place} place */
    first: async (place) => {
      learning.end();
      await play(FIRST, await client.lesson(FIRST), { autoplay: true, place });
    },

    /** @param {string} slug */
    openLesson: (slug) => {
      showGraph();
      history.pushState(null, "", `/learn/${slug}`);
      learn(slug);
    },

    openGallery: () => {
      history.pushState(null, "", "/learn");
      browsing.value = true;
    },

    /** The lesson's own program again, in the place of an edited one. */
    resetLesson: () => {
      const lesson = learning.lesson.value;
      if (!lesson) return;
      ways.leave(lesson.slug, null);
      play(lesson.slug, lesson, { autoplay: false });
    },

    /** Remembers the tape of an edited program of a lesson, for when the page is loaded again; null forgets it. @param {string} slug @param {string | null} id */
    leave: (slug, id) => {
      const others = Object.entries(drafts()).filter(([each]) => each !== slug);
      remember("lesson tapes", Object.fromEntries(id === null ? others : [...others, [slug, id]]));
    },
  };
  return ways;
}
