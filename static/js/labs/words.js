/** Choices of a lab that are one of a few words: in the address there may stand any. */

import { t } from "../language/index.js";

/** @param {Readonly<Record<string, readonly string[]>>} words what each field may say @param {Readonly<Record<string, string>>} choices @returns {{field: string, text: string}[]} a sentence for each that says something else */
export const oddWords = (words, choices) =>
  Object.entries(words).flatMap(([field, known]) =>
    known.includes(choices[field])
      ? []
      : [
          {
            field,
            text: t("The address says {field} = “{text}”, which this lab does not know: choose one of {words}.", {
              field,
              text: choices[field],
              words: known.join(", "),
            }),
          },
        ],
  );
