/** The lab `fusion` in Simplified Chinese. @type {import("../translate.js").Catalogue} */
export default {};
