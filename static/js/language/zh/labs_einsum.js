/** The lab `einsum` in Simplified Chinese. @type {import("../translate.js").Catalogue} */
export default {};
