/** The lab `ad` in Simplified Chinese. @type {import("../translate.js").Catalogue} */
export default {};
